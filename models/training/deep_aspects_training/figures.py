"""Figures with 95 % bootstrap intervals over scans, as entries of a manifest's `accuracy` and as Markdown tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from .labels import REGION_GROUPS, REGIONS
from .measure import SEGMENT_NAMES, ScoredScan, aspects
from .scan_sets import VOLUME_CLASSES

#: The paper's figures on its own real scans, only to stand beside these; they are not comparable.
PAPER = {
    "anatomy": 0.64, "C": 0.70, "L": 0.60, "IC": 0.59, "I": 0.52, "M1, M4": 0.72, "M2, M5": 0.77, "M3, M6": 0.54,
    "infarct": 0.72, "<3 ml": 0.45, "3-16 ml": 0.72, "16-66 ml": 0.78, ">66 ml": 0.91, "sensitivity": 0.77, "specificity": 0.99,
}
#: What was aimed at: metric -> (least or greatest value).
AIMS: dict[str, tuple[str, float]] = {
    "Dice, all regions": (">=", 0.80), "Dice, pooled": (">=", 0.75),
    "false infarct on normal scans, median ml": ("<", 1.0), "the same with white-matter disease, median ml": ("<", 1.0),
    "the same at the skull base, median ml": ("<", 1.0),
    "isolated deep infarct of 6 HU and more found": (">=", 0.80), "normal scans scored 10": (">=", 0.85), "score within 2 points": (">=", 0.85),
}
DISEASED_FROM = 0.4
Scans = list[ScoredScan]
Statistic = Callable[[Scans], float]


def dice(overlap: float, found: float, truth: float) -> float:
    return 2 * overlap / (found + truth) if found + truth else float("nan")


def interval(scans: Scans, statistic: Statistic, seed: int = 0, rounds: int = 300) -> list[float]:
    """95 % bootstrap interval of a statistic over scans."""
    random = np.random.default_rng(seed)
    draws = [statistic([scans[i] for i in random.integers(len(scans), size=len(scans))]) for _ in range(rounds)]
    known = [value for value in draws if value == value]
    low, high = np.percentile(known, [2.5, 97.5]) if known else (float("nan"), float("nan"))
    return [round(float(low), 3), round(float(high), 3)]


def entry(metric: str, scans: Scans, statistic: Statistic, dataset: str, paper: float | None = None) -> dict[str, Any]:
    """One figure; value and interval are None where there is no scan to make it from."""
    made: dict[str, Any] = {"dataset": dataset, "metric": metric, "value": None, "ci95": None, "scans": len(scans)}
    if scans:
        made["value"], made["ci95"] = round(float(statistic(scans)), 3), interval(scans, statistic)
    if paper is not None:
        made["paperOnItsRealScans"] = paper
    return made


def group_dice(scans: Scans, regions: tuple[str, ...]) -> float:
    """Dice of a group of regions over all pixels of all scans."""
    chosen = [REGIONS.index(region) for region in regions]
    return dice(*(sum(float(getattr(s.scan, name)[chosen].sum()) for s in scans) for name in ("overlap", "found", "truth")))


def infarct_dice(scans: Scans) -> float:
    return dice(*(sum(s.infarct[i] for s in scans) for i in range(3)))


def mean_infarct_dice(scans: Scans) -> float:
    return float(np.mean([dice(*s.infarct) for s in scans]))


def pixel_sensitivity(scans: Scans) -> float:
    return sum(s.infarct[0] for s in scans) / max(1, sum(s.infarct[2] for s in scans))


def pixel_specificity(scans: Scans) -> float:
    negatives = sum(s.scan.brain - s.infarct[2] for s in scans)
    return 1 - sum(s.infarct[1] - s.infarct[0] for s in scans) / max(1, negatives)


def region_sensitivity(scans: Scans, regions: tuple[str, ...] = REGIONS) -> float:
    """Of all truly affected regions, the part that was called affected."""
    names = {f"{region}-{side}" for region in regions for side in ("left", "right")}
    true = sum(len(s.scan.affected & names) for s in scans)
    return sum(len(s.scan.affected & s.affected & names) for s in scans) / true if true else float("nan")


def region_specificity(scans: Scans, regions: tuple[str, ...] = REGIONS) -> float:
    """Of all regions that are not affected, the part that was not called so."""
    names = {name for name in SEGMENT_NAMES if name.rsplit("-", 1)[0] in regions}
    clean = sum(len(names - s.scan.affected) for s in scans)
    return sum(len(names - s.scan.affected - s.affected) for s in scans) / clean if clean else float("nan")


def deep_found(scans: Scans) -> float:
    """Part of the scans in which every truly affected region was called affected."""
    return float(np.mean([s.scan.affected <= s.affected for s in scans]))


def scored_ten(scans: Scans) -> float:
    return float(np.mean([aspects(s.affected) == 10 for s in scans]))


def median_false_ml(scans: Scans) -> float:
    return float(np.median([s.false_ml for s in scans]))


def median_base_ml(scans: Scans) -> float:
    return float(np.median([s.skull_base_ml for s in scans]))


def agreement(scans: Scans, within: int) -> float:
    return float(np.mean([abs(aspects(s.scan.affected) - aspects(s.affected)) <= within for s in scans]))


def mean_score_difference(scans: Scans) -> float:
    return float(np.mean([aspects(s.affected) - aspects(s.scan.affected) for s in scans]))


def split(scans: Scans) -> tuple[Scans, Scans, Scans, Scans]:
    """(ill, normal with the diseased, diseased alone, isolated deep)."""
    ill = [s for s in scans if s.kind == "ill"]
    well = [s for s in scans if s.kind in ("normal", "diseased")]
    deep = [s for s in scans if s.kind == "deep" and s.scan.affected]
    return ill, well, [s for s in well if s.scan.about["white_disease"] > DISEASED_FROM], deep


def summarise(scans: Scans, dataset: str) -> dict[str, list[dict[str, Any]]]:
    """Figures of each network, of both together and of each region."""
    ill, well, diseased, deep = split(scans)
    whole = ill + well
    shaded = [s for s in scans if s.kind == "shaded"]

    def figure(metric: str, chosen: Scans, statistic: Statistic, paper: str | None = None) -> dict[str, Any]:
        return entry(metric, chosen, statistic, dataset, PAPER[paper] if paper else None)

    anatomy = [figure("Dice, all regions", whole, lambda x: group_dice(x, REGIONS), "anatomy")]
    anatomy += [figure(f"Dice, {name}", whole, partial(group_dice, regions=group), name) for name, group in REGION_GROUPS.items()]
    infarct = [figure("Dice, pooled", ill, infarct_dice, "infarct")]
    for name, low, high in VOLUME_CLASSES:
        infarct.append(figure(f"Dice, mean of scans, {name}", [s for s in ill if low <= s.scan.infarct_ml < high and s.scan.infarct_ml > 0], mean_infarct_dice, name))
    infarct += [
        figure("sensitivity, pixels", ill, pixel_sensitivity, "sensitivity"),
        figure("specificity, brain pixels", whole, pixel_specificity, "specificity"),
        figure("false infarct on normal scans, median ml", well, median_false_ml),
        figure("the same with white-matter disease, median ml", diseased, median_false_ml),
        figure("the same at the skull base, median ml", well, median_base_ml),
        figure("the same in strong shade amid bone, median ml", shaded, median_false_ml),
    ]
    both = [
        figure("isolated deep infarct of 6 HU and more found", deep, deep_found),
        figure("normal scans scored 10", well, scored_ten),
        figure("the same in strong shade amid bone", shaded, scored_ten),
        figure("score equal", whole, lambda x: agreement(x, 0)),
        figure("score within 2 points", whole, lambda x: agreement(x, 2)),
        figure("score, mean difference from the truth", whole, mean_score_difference),
        figure("affected regions, sensitivity", whole, region_sensitivity),
        figure("affected regions, specificity", whole, region_specificity),
    ]
    regions = []
    for region in REGIONS:
        regions.append(figure(f"{region}, sensitivity", whole + deep, partial(region_sensitivity, regions=(region,))))
        regions.append(figure(f"{region}, specificity", whole, partial(region_specificity, regions=(region,))))
    return {"anatomy": anatomy, "infarct": infarct, "both": both, "regions": regions}


def shortfall(figure: dict[str, Any]) -> str:
    """`yes`, or by how much a figure misses what was aimed at; empty where nothing was."""
    metric, value = figure["metric"], figure["value"]
    kind, aim = AIMS.get(metric, ("", 0.0))
    if not kind and metric.startswith("Dice") and figure.get("paperOnItsRealScans") is not None:
        kind, aim = ">", figure["paperOnItsRealScans"]
    if not kind or value is None:
        return ""
    met = value >= aim if kind == ">=" else value > aim if kind == ">" else value < aim
    return f"{kind} {aim:g}: " + ("yes" if met else f"no, by {abs(value - aim):.2f}")


def markdown(summary: dict[str, list[dict[str, Any]]]) -> str:
    """The figures as Markdown tables."""
    lines = []
    for name, figures in summary.items():
        lines += [
            f"**{name}**", "", "| figure | synthetic scans (95 % interval) | scans | paper, its real scans | aim, met |",
            "| --- | --- | --- | --- | --- |",
        ]
        for figure in figures:
            value = "-" if figure["value"] is None else f"{figure['value']} ({figure['ci95'][0]} to {figure['ci95'][1]})"
            lines.append(f"| {figure['metric']} | {value} | {figure['scans']} | {figure.get('paperOnItsRealScans', '')} | {shortfall(figure)} |")
        lines.append("")
    return "\n".join(lines)
