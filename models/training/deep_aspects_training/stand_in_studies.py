"""`python -m deep_aspects_training.stand_in_studies --atlas ATLAS --out DIR`: two simulated studies that the
product is tested on.

tilted-head: what is hardest in a real scanner's head CT, in one study. Gantry tilt; two stacks of slices of different
thickness in one series, the upper beginning within the lower's last slice; acquisitions of one slice and of two;
signed pixels with padding around the field of view; a head rest; no date and no series description; a localizer and
captures of the screen with it. An infarct of the patient's right. plastic-head: a head phantom of plastic with
localizer and captures: it has the size and the attenuation of a brain, and nothing of its structure.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from pydicom.dataset import FileDataset
from pydicom.uid import SecondaryCaptureImageStorage
from scipy.interpolate import griddata

from .atlas_volumes import AtlasVolumes, load_atlas
from .demo_studies import calm, infarct_of_regions
from .dicom_writer import StudyDescription, header, make_uid, patient_axes, place, save
from .generator.head_scan import HeadScan, ScanSettings, sample_subject, simulate
from .generator.lesions import LesionShares
from .generator.randomness import Draw

#: Person whose anatomy it is: one of those that networks learn from, for this study measures no network.
ANATOMY = "head-03"
SEED = 5
SIDE, REGIONS = "right", ("L", "I", "M2", "M5")
SETTINGS = ScanSettings(
    tilt_deg=18.5, yaw_deg=10.0, roll_deg=2.0, pitch_deg=-8.0, matrix=512, pixel_mm=0.4882812, noise_hu=2.2
)
PADDING, AIR_HU = -1500, -1000
FIELD_OF_VIEW_MM = 250.0
#: Head rest: a shell about this point of the scanner (x left, y posterior) from this radius on, with its thickness, mm.
REST_CENTRE, REST_RADIUS_MM, REST_THICKNESS_MM, REST_HU = (0.0, 8.0), 108.0, 2.5, 140
LOCALIZER_SHAPE, LOCALIZER_PIXEL_MM = (224, 256), 1.0


@dataclass(frozen=True)
class Stack:
    """Slices of one thickness: table positions of the first one and from one to the next, mm; slices that one
    acquisition gives."""

    count: int
    first_mm: float
    step_mm: float
    thickness_mm: float
    at_once: int


LOWER = Stack(14, -70.0, 4.22, 4.0, 1)
STACKS = (LOWER, Stack(14, LOWER.first_mm + 13 * LOWER.step_mm + 1.14, 7.38, 7.0, 2))


@dataclass(frozen=True)
class Plane:
    """One slice to be written: hu int16 [rows, columns], LPS position of its first pixel, mm."""

    hu: np.ndarray
    position: np.ndarray
    thickness_mm: float
    acquisition: int


def scan_stacks(atlas: AtlasVolumes) -> list[HeadScan]:
    """The same head by the same scanner, a scan for each of STACKS."""
    scans = []
    for stack in STACKS:
        draw = Draw(1, "cpu", torch.Generator().manual_seed(SEED))
        subject = sample_subject(draw, atlas, LesionShares(infarct=0.0), (0.35, 0.5))
        calm(subject, 0.2)
        infarct_of_regions(subject, REGIONS, SIDE, drop=9.0)
        table = stack.first_mm + stack.step_mm * torch.arange(stack.count)
        scans.append(
            simulate(
                draw,
                atlas,
                subject,
                replace(SETTINGS, thickness_mm=stack.thickness_mm, spacing_mm=stack.step_mm),
                table=table,
            )
        )
    return scans


def planes_of(scans: list[HeadScan]) -> list[Plane]:
    """Slices of all stacks, caudal first, in the head rest and within the field of view."""
    planes, acquisition = [], 0
    for stack, scan in zip(STACKS, scans):
        row, column, positions = patient_axes(scan)
        for index, position in enumerate(positions):
            acquisition += index % stack.at_once == 0
            hu = _field_of_view(_with_head_rest(scan.hu[index], row, column, position))
            planes.append(Plane(hu, position, stack.thickness_mm, acquisition))
    return planes


def _with_head_rest(hu: np.ndarray, row: np.ndarray, column: np.ndarray, position: np.ndarray) -> np.ndarray:
    lines, columns = np.indices(hu.shape)
    x, y = (
        position[axis] + SETTINGS.pixel_mm * (columns * row[axis] + lines * column[axis]) - REST_CENTRE[axis]
        for axis in (0, 1)
    )
    depth = np.hypot(x, y) - REST_RADIUS_MM
    shell = (depth >= 0) & (depth < REST_THICKNESS_MM) & (y > 0.4 * np.abs(x)) & (hu <= AIR_HU)
    return np.where(shell, REST_HU, hu).astype(np.int16)


def _field_of_view(hu: np.ndarray) -> np.ndarray:
    lines, columns = np.indices(hu.shape) - (np.array(hu.shape)[:, None, None] - 1) / 2
    return np.where(np.hypot(lines, columns) * SETTINGS.pixel_mm <= FIELD_OF_VIEW_MM / 2, hu, PADDING).astype(np.int16)


def _plastic_planes() -> list[Plane]:
    """An ellipsoid's shell as dense as bone, filled with plastic as dense as brain; 28 slices of 5 mm."""
    noise, pixel_mm, size = np.random.default_rng(SEED), 0.9, 256
    lines, columns = (np.indices((size, size)) - (size - 1) / 2) * pixel_mm
    planes = []
    for number in range(28):
        z = -60.0 + 5.0 * number
        radius = np.sqrt((columns / 72) ** 2 + (lines / 92) ** 2 + (z / 86) ** 2)
        filled = np.where(radius <= 1.0, np.where(radius > 0.93, 900, 34), AIR_HU)
        hu = filled + np.where(radius <= 1.0, np.round(noise.normal(0, 1.5, radius.shape)), 0)
        planes.append(Plane(hu.astype(np.int16), np.array([columns[0, 0], lines[0, 0], z]), 5.0, 1))
    return planes


def lateral_projection(
    planes: list[Plane], row: np.ndarray, column: np.ndarray, pixel_mm: float
) -> tuple[np.ndarray, np.ndarray]:
    """The head from its side: mean along each line of a slice, hu int16 LOCALIZER_SHAPE, and the LPS position of its
    first pixel."""
    depths = np.arange(planes[0].hu.shape[0]) * pixel_mm
    points = np.concatenate([(plane.position + depths[:, None] * column)[:, 1:] for plane in planes])
    values = np.concatenate([np.maximum(plane.hu, AIR_HU).mean(axis=1) for plane in planes])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    height, width = LOCALIZER_SHAPE
    y0, z0 = middle[0] - (width - 1) / 2 * LOCALIZER_PIXEL_MM, middle[1] + (height - 1) / 2 * LOCALIZER_PIXEL_MM
    z, y = np.meshgrid(
        z0 - np.arange(height) * LOCALIZER_PIXEL_MM, y0 + np.arange(width) * LOCALIZER_PIXEL_MM, indexing="ij"
    )
    projected = griddata(points, values, (y, z), method="linear", fill_value=AIR_HU)
    return projected.round().astype(np.int16), np.array([0.0, y0, z0])


def _lines_of_slices(
    image: np.ndarray, corner: np.ndarray, planes: list[Plane], column: np.ndarray, length_mm: float
) -> np.ndarray:
    """The localizer with a line where each slice is, as scanners keep it."""
    picture = Image.fromarray(image.astype(np.int32), mode="I")
    pen = ImageDraw.Draw(picture)
    for plane in planes:
        ends = [plane.position + depth * column for depth in (0.0, length_mm)]
        pen.line(
            [((end[1] - corner[1]) / LOCALIZER_PIXEL_MM, (corner[2] - end[2]) / LOCALIZER_PIXEL_MM) for end in ends],
            fill=900,
        )
    return np.asarray(picture).astype(np.int16)


def _page(lines: tuple[str, ...]) -> np.ndarray:
    picture = Image.new("I", LOCALIZER_SHAPE[::-1], AIR_HU)
    for number, text in enumerate(lines):
        ImageDraw.Draw(picture).text((12, 16 + 18 * number), text, fill=900)
    return np.asarray(picture).astype(np.int16)


def _as_scanners_leave_it(
    dataset: FileDataset, study: StudyDescription, series: str, number: int, instance: int
) -> None:
    dataset.SeriesInstanceUID, dataset.SeriesNumber = make_uid(study.name, series), number
    dataset.SOPInstanceUID, dataset.InstanceNumber = make_uid(study.name, series, instance), instance


def write_study(
    study: StudyDescription,
    planes: list[Plane],
    row: np.ndarray,
    column: np.ndarray,
    pixel_mm: float,
    tilt_deg: float,
    out: Path,
) -> None:
    """Write the series brain, localizer and exam-summary of a study under `out`/its name."""
    folder = out / study.name
    for old in folder.glob("*/*.dcm"):
        old.unlink()
    for number, plane in enumerate(planes, start=1):
        dataset = header(study)
        _as_scanners_leave_it(dataset, study, "brain", 2, number)
        dataset.GantryDetectorTilt, dataset.SliceThickness, dataset.AcquisitionNumber = (
            tilt_deg,
            plane.thickness_mm,
            plane.acquisition,
        )
        dataset.DataCollectionDiameter = FIELD_OF_VIEW_MM
        place(dataset, row, column, plane.position, pixel_mm)
        save(dataset, plane.hu, folder / "brain" / f"{number:02d}.dcm", PADDING)
    scout, corner = lateral_projection(planes, row, column, pixel_mm)
    planned = _lines_of_slices(scout, corner, planes, column, planes[0].hu.shape[0] * pixel_mm)
    pages = [planned, _page(("SYNTHETIC", "exam summary", f"{len(planes)} images", "of no patient"))]
    for series, number, pictures, kind in (
        ("localizer", 1, [scout], "LOCALIZER"),
        ("exam-summary", 401, pages, "REF_SURVIEW"),
    ):
        for instance, picture in enumerate(pictures, start=1):
            dataset = header(study)
            _as_scanners_leave_it(dataset, study, series, number, instance)
            dataset.SeriesDescription = f"SYNTHETIC {series.replace('-', ' ')}"
            dataset.ImageType = ["DERIVED", "PRIMARY", kind]
            if series == "exam-summary":
                dataset.SOPClassUID, dataset.ConversionType, dataset.BurnedInAnnotation = (
                    SecondaryCaptureImageStorage,
                    "WSD",
                    "YES",
                )
                dataset.ImageType = ["DERIVED", "SECONDARY", kind]
            place(dataset, np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, -1.0]), corner, LOCALIZER_PIXEL_MM)
            save(dataset, picture, folder / series / f"{instance:02d}.dcm")
    megabytes = sum(path.stat().st_size for path in folder.glob("*/*.dcm")) / 1e6
    print(f"{folder.name}: {len(planes)} slices, {megabytes:.2f} MB", flush=True)


def _truth(scans: list[HeadScan]) -> dict:
    return {
        "data": "synthetic head CT",
        "anatomy": ANATOMY,
        "tiltDeg": SETTINGS.tilt_deg,
        "yawDeg": SETTINGS.yaw_deg,
        "side": SIDE,
        "regions": list(REGIONS),
        "infarctMl": round(sum(scan.truth["infarctMl"] for scan in scans), 1),
    }


def make_tilted_head(atlas: AtlasVolumes, out: Path) -> None:
    study = StudyDescription(
        "tilted-head", "SYNTHETIC^Tilted head", "SYNTHETIC-TILTED", "F", 66, "", study_date="", study_time=""
    )
    scans = scan_stacks(atlas)
    row, column, _ = patient_axes(scans[0])
    write_study(study, planes_of(scans), row, column, SETTINGS.pixel_mm, SETTINGS.tilt_deg, out)
    (out / study.name / "truth.json").write_text(json.dumps(_truth(scans), indent=2) + "\n")


def make_plastic_head(out: Path) -> None:
    study = StudyDescription(
        "plastic-head", "SYNTHETIC^Plastic head", "SYNTHETIC-PLASTIC", "O", 0, "SYNTHETIC STD BRAIN 5MM"
    )
    write_study(study, _plastic_planes(), np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]), 0.9, 0.0, out)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the two studies that stand in for a scanner's in the tests.")
    parser.add_argument("--atlas", required=True, type=Path, help="built with --heads")
    parser.add_argument("--out", required=True, type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    make_plastic_head(args.out)
    make_tilted_head(load_atlas(args.atlas, [ANATOMY]), args.out)


if __name__ == "__main__":
    main()
