"""`python -m deep_aspects_training.demo_studies --atlas ATLAS --out DIR`: three simulated studies as DICOM,
with their truth.

left-mca: several regions of the left middle cerebral artery; right-small: the right lentiform nucleus and insula with
white-matter disease, with a tilted gantry; normal-old: an old brain without an infarct.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from .atlas_volumes import AtlasVolumes, load_atlas
from .dicom_writer import StudyDescription, write_series
from .generator.bleeding import without_bleeding
from .generator.head_scan import ScanSettings, Subject, sample_subject, simulate
from .generator.lesions import LesionShares
from .generator.randomness import Draw
from .labels import REGIONS


@dataclass(frozen=True)
class Demo:
    description: StudyDescription
    settings: ScanSettings
    seed: int
    ages: tuple[float, float]
    regions: tuple[str, ...]
    side: str
    prepare: Callable[[Subject], None]


def infarct_of_regions(subject: Subject, regions: tuple[str, ...], side: str, drop: float) -> None:
    """Replace the subject's infarcts by one in the shape of whole regions of one side (the patient's)."""
    lesions = subject.lesions
    lesions.present[:] = False
    if not regions:
        return
    lesions.present[:, 0] = True
    lesions.allowed_anatomy[:, 0] = 0
    for region in regions:
        lesions.allowed_anatomy[:, 0, 1 + REGIONS.index(region)] = 1
    lesions.allowed_territory[:, 0] = 1
    on_right_of_atlas = (side == "right") != bool(subject.heads.scale[0, 0] < 0)
    lesions.allowed_side[:, 0] = torch.tensor([0.0, 1.0] if on_right_of_atlas else [1.0, 0.0])
    lesions.radius[:, 0], lesions.cosine[:, 0] = 300.0, -2.0
    lesions.drop[:, 0], lesions.fluid[:, 0], lesions.patchy[:, 0] = drop, 0.0, 0.0
    lesions.swelling[:, 0], lesions.softness[:, 0], lesions.roughness[:, 0] = 0.25, 1.2, 1.2
    lesions.white_share[:, 0] = 0.7


def calm(subject: Subject, disease: float) -> None:
    """No blood, no calcium spots, no mass effect; white-matter disease of a given severity."""
    subject.attenuation.bleeding = without_bleeding(subject.attenuation.bleeding)
    subject.attenuation.white_disease[:] = disease
    subject.heads.push[:] = 0


def _demos() -> list[Demo]:
    def description(name: str, patient: str, number: int, sex: str, age: int, text: str) -> StudyDescription:
        return StudyDescription(name, f"SYNTHETIC^{patient}", f"SYNTHETIC-{number:03d}", sex, age, f"SYNTHETIC {text}")

    return [
        Demo(
            description("left-mca", "Left MCA", 1, "F", 68, "head 5 mm"),
            ScanSettings(noise_hu=3.0, yaw_deg=4.0, roll_deg=-2.0, pitch_deg=3.0),
            11,
            (0.35, 0.5),
            ("L", "I", "M2", "M5"),
            "left",
            lambda subject: calm(subject, 0.1),
        ),
        Demo(
            description("right-small", "Right small", 2, "M", 74, "head 5 mm tilted"),
            ScanSettings(
                noise_hu=3.2, tilt_deg=15.0, yaw_deg=-5.0, roll_deg=3.0, pitch_deg=-12.0, shift_mm=(4.0, -3.0)
            ),
            23,
            (0.55, 0.7),
            ("L", "I"),
            "right",
            lambda subject: calm(subject, 0.75),
        ),
        Demo(
            description("normal-old", "Normal old", 3, "F", 83, "head 5 mm"),
            ScanSettings(noise_hu=3.4, yaw_deg=-3.0, pitch_deg=-6.0),
            37,
            (0.8, 0.9),
            (),
            "left",
            lambda subject: calm(subject, 0.5),
        ),
    ]


def make_demo(demo: Demo, atlas: AtlasVolumes, out: Path) -> None:
    draw = Draw(1, "cpu", torch.Generator().manual_seed(demo.seed))
    subject = sample_subject(draw, atlas, LesionShares(infarct=0.0), demo.ages)
    demo.prepare(subject)
    infarct_of_regions(subject, demo.regions, demo.side, drop=8.0)
    scan = simulate(draw, atlas, subject, demo.settings)
    folder = out / demo.description.name
    for old in folder.glob("*.dcm"):
        old.unlink()
    paths = write_series(scan, demo.description, folder)
    truth = {
        "data": "synthetic head CT",
        "study": asdict(demo.description),
        "settings": asdict(demo.settings),
        **scan.truth,
    }
    (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")
    megabytes = sum(path.stat().st_size for path in paths) / 1e6
    print(
        f"{folder.name}: {len(paths)} slices, {megabytes:.1f} MB, "
        f"ASPECTS {scan.truth['score']}, {scan.truth['infarctMl']:.0f} ml",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the three demo studies.")
    parser.add_argument("--atlas", required=True, type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument(
        "--anatomies", nargs="*", default=(), help="anatomies of the atlas to choose from (default: all)"
    )
    parser.add_argument("--only", choices=[demo.description.name for demo in _demos()])
    args = parser.parse_args()
    atlas = load_atlas(args.atlas, args.anatomies)
    for demo in _demos():
        if args.only in (None, demo.description.name):
            make_demo(demo, atlas, args.out)


if __name__ == "__main__":
    main()
