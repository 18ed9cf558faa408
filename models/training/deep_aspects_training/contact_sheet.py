"""`python -m deep_aspects_training.contact_sheet --ct DIR --seg SEG.dcm --out SHEET.png`: every slice of a real scan
with the product's result on it.

The SEG comes from `npx deep-aspects score DIR --seg SEG.dcm`: what is drawn is what a reader would see. Left in
the picture is the patient's right where the images have the usual directions. Do not put pictures of patients into
the repository.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pydicom

from .labels import REGIONS
from .pictures import brain_window, draw_anatomy, draw_outline, save_png, tile

INFARCT_SEGMENT = 2 * len(REGIONS) + 1


def read_slices(folder: Path, seg: pydicom.Dataset) -> list[tuple[str, np.ndarray]]:
    """(SOP Instance UID, HU) of the slices of the SEG's series, caudal to cranial."""
    series = seg.ReferencedSeriesSequence[0].SeriesInstanceUID
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        image = pydicom.dcmread(path, force=True)
        if getattr(image, "SeriesInstanceUID", "") == series and "PixelData" in image:
            directions = np.array(image.ImageOrientationPatient, float).reshape(2, 3)
            normal = np.cross(directions[0], directions[1])
            height = float(normal @ np.array(image.ImagePositionPatient, float)) * np.sign(normal[2] or 1)
            hu = image.pixel_array * float(image.get("RescaleSlope", 1)) + float(image.get("RescaleIntercept", 0))
            found.append((height, str(image.SOPInstanceUID), hu))
    if not found:
        raise FileNotFoundError(f"{folder} does not hold the series {series} that the SEG is about")
    return [(uid, hu) for _, uid, hu in sorted(found, key=lambda item: item[0])]


def read_masks(seg: pydicom.Dataset, uids: list[str], shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Class ids of the regions (both sides alike) and the infarct [N, rows, columns]."""
    frames = np.atleast_3d(seg.pixel_array) if seg.NumberOfFrames > 1 else seg.pixel_array[None]
    regions, infarct = np.zeros((len(uids), *shape), np.uint8), np.zeros((len(uids), *shape), bool)
    for frame, group in zip(frames, seg.PerFrameFunctionalGroupsSequence):
        number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        slice_uid = str(group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID)
        index = uids.index(slice_uid)
        if number == INFARCT_SEGMENT:
            infarct[index] |= frame > 0
        else:
            regions[index][frame > 0] = (number - 1) % len(REGIONS) + 1
    return regions, infarct


def _around_head(images: list[np.ndarray]) -> tuple[slice, slice]:
    """Rows and columns that hold the heads of all slices."""
    bone = np.any([hu > 150 for hu in images], axis=0)
    rows, columns = np.nonzero(bone.any(1))[0], np.nonzero(bone.any(0))[0]
    return slice(max(0, rows[0] - 8), rows[-1] + 9), slice(max(0, columns[0] - 8), columns[-1] + 9)


def draw_sheet(images: list[np.ndarray], regions: np.ndarray, infarct: np.ndarray, columns: int) -> np.ndarray:
    """Each slice with the regions in colour and the infarct outlined in red."""
    box = _around_head(images)
    panels = []
    for hu, labels, mask in zip(images, regions, infarct):
        panels.append(draw_outline(draw_anatomy(brain_window(hu[box]), labels[box], 0.2), mask[box], (255, 0, 0)))
    return tile(panels, columns)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw a scan's result on every slice.")
    parser.add_argument("--ct", required=True, type=Path, help="folder of the DICOM series")
    parser.add_argument("--seg", required=True, type=Path, help="what `deep-aspects score --seg` wrote")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--columns", type=int, default=5)
    parser.add_argument("--plain", action="store_true", help="next to each slice the slice without contours")
    args = parser.parse_args()
    seg = pydicom.dcmread(args.seg)
    slices = read_slices(args.ct, seg)
    images = [hu for _, hu in slices]
    regions, infarct = read_masks(seg, [uid for uid, _ in slices], images[0].shape)
    if args.plain:
        blank = np.zeros_like(regions)
        images = [hu for hu in images for _ in range(2)]
        regions = np.stack([labels for pair in zip(blank, regions) for labels in pair])
        infarct = np.stack([mask for pair in zip(blank > 0, infarct) for mask in pair])
    save_png(args.out, draw_sheet(images, regions, infarct, args.columns))


if __name__ == "__main__":
    main()
