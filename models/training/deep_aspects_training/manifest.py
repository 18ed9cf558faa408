"""`manifest.json` of a network: all that inference needs to know, after scoring/manifest/modelManifest.ts of
packages/aspects."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from torch import nn

from .architectures import INPUT_SIZE, describe, title_of
from .network import RECIPES, count_parameters
from .splits import anatomy_names

PRIVATE_SCHEME = "99DEEPASPECTS"


def _code(scheme: str, value: str, meaning: str) -> dict[str, str]:
    return {"scheme": scheme, "value": value, "meaning": meaning}


#: Coded concept of each region: the one file that the product's reports are made from too.
REGION_CODES: dict[str, dict[str, str]] = json.loads(
    (Path(__file__).parents[3] / "packages/aspects/src/scoring/aspects/regionCodes.json").read_text()
)
#: Name, region and coded concept of the anatomy classes in order of id.
ANATOMY: list[tuple[str, str | None, dict[str, str]]] = [
    ("Background", None, _code(PRIVATE_SCHEME, "BACKGROUND", "Background")),
    ("Caudate", "C", REGION_CODES["C"]),
    ("Lentiform nucleus", "L", REGION_CODES["L"]),
    ("Internal capsule", "IC", REGION_CODES["IC"]),
    ("Insula", "I", REGION_CODES["I"]),
    *[(f"M{n}", f"M{n}", REGION_CODES[f"M{n}"]) for n in range(1, 7)],
    ("Brain, other", None, _code(PRIVATE_SCHEME, "BRAIN-OTHER", "Brain outside the ASPECTS regions")),
]

#: Classes of an infarct network that sees the stack.
STACK_INFARCT: list[tuple[str, dict[str, str]]] = [
    ("Acute infarct", _code(PRIVATE_SCHEME, "INFARCT", "Ischaemic infarct")),
    ("Old infarct", _code(PRIVATE_SCHEME, "OLD_INFARCT", "Old infarct")),
    ("Haemorrhage (suspected)", _code(PRIVATE_SCHEME, "HAEMORRHAGE", "Haemorrhage, suspected")),
]


def _classes(task: str, stack: bool) -> list[dict[str, Any]]:
    if stack:
        return [{"id": index, "name": name, "code": code} for index, (name, code) in enumerate(STACK_INFARCT, start=1)]
    if task == "infarct":
        return [{"id": 1, "name": "Infarct", "code": _code(PRIVATE_SCHEME, "INFARCT", "Ischaemic infarct")}]
    classes = []
    for index, (name, region, code) in enumerate(ANATOMY):
        entry: dict[str, Any] = {"id": index, "name": name}
        if region:
            entry["region"] = region
        classes.append({**entry, "code": code})
    return classes


def _input(task: str) -> dict[str, Any]:
    recipe = RECIPES[task]
    return {
        "name": "input",
        "size": INPUT_SIZE,
        "pixelSpacingMm": 1.0,
        "slabThicknessMm": 5.0,
        "window": {"center": recipe.center, "width": recipe.width},
        "range": list(recipe.range),
        "channels": [{"offsetsMm": list(c.offsets_mm), "mirrored": c.mirrored} for c in recipe.channels],
    }


#: Where infarct shapes, heads and real slices come from, which their licences ask to name.
SHAPE_SOURCE = (
    "real infarct shapes from neurolabusc/StrokeOutcomeOptimizationProjectDemo (BSD-2; OpenNeuro ds004889, CC0)"
)
HEAD_SOURCE = "heads from the label maps of BBillot/SynthSeg (Apache-2.0)"
REAL_SLICE_SOURCE = "real slices of CPAISD (Zenodo 10892316, CC BY 4.0) as background without a truth of their own"


def _training_data(config: dict[str, Any]) -> str:
    simulated = "synthetic head CT simulated from labelled anatomy"
    if config.get("shapes"):
        real = REAL_SLICE_SOURCE if config.get("real_slices") else "no patient's CT"
        return f"{simulated}, {HEAD_SOURCE}, {SHAPE_SOURCE}; {real}"
    if not config.get("data"):
        return f"{simulated}; no patient data"
    mixed = f" mixed with {simulated}" if config.get("simulated_share") else ""
    return f"a site's own labelled CT{mixed}, from {config.get('start_from') or 'random weights'} on"


Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True)
class Trained(Generic[Network]):
    """A network with its averaged weights, in evaluation mode, the configuration it was trained by, and how long."""

    network: Network
    config: dict[str, Any]
    steps: int
    seconds: float

    @property
    def task(self) -> str:
        return self.config["task"]


def file_entry(path: Path) -> dict[str, Any]:
    """What a manifest says of a file: name, hash, size."""
    content = path.read_bytes()
    return {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "sizeBytes": len(content)}


def build_manifest(
    trained: Trained[Any],
    graph: Path,
    version: str,
    *,
    precision: str,
    threshold: float,
    stack: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A manifest as a plain dictionary. graph: the ONNX file; threshold: infarct probability from which a pixel
    counts; stack: `encoder` and `context` of a network that sees the stack."""
    config, task = trained.config, trained.task
    manifest: dict[str, Any] = {
        "schemaVersion": "1.1" if stack else "1.0",
        "task": task,
        "name": f"deep-aspects-{task}",
        "version": version,
        "architecture": describe(config["network"]),
        "architectureName": title_of(config["network"]),
        "parameters": count_parameters(trained.network),
        "license": "MIT",
        **file_entry(graph),
        "precision": precision,
        "input": _input(task),
        "output": {"name": "labels", "encoding": "labels"}
        if task == "anatomy"
        else {"name": "probability", "encoding": "probability", "threshold": threshold},
        **(stack or {}),
        "classes": _classes(task, stack is not None),
    }
    manifest["provenance"] = {
        "trainingData": _training_data(config),
        "generator": "models/training, deep_aspects_training",
        "anatomies": anatomy_names(config["anatomies"]) or "all of the atlas",
        "seed": config["seed"],
        "steps": trained.steps,
        "trainingSeconds": trained.seconds,
        "optimizer": config["optimizer"],
        "loss": {name: weight for name, weight in config["loss"].items() if weight},
        "use": "research only; not a medical device",
    }
    return manifest
