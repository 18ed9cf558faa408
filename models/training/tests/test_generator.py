from __future__ import annotations

import numpy as np
import pytest
import torch

from deep_aspects_training.atlas_volumes import anatomy_of, load_atlas, tissue_of
from deep_aspects_training.generator.acquisition import beam_hardening
from deep_aspects_training.generator.frames import middle_direction, rotation, sample_frames, slab_planes
from deep_aspects_training.generator.head_scan import ScanSettings, sample_subject, simulate
from deep_aspects_training.generator.heads import sample_heads
from deep_aspects_training.generator.lesions import DEEP_REGIONS, DEEP_WEIGHTS, LesionShares, draw_seeds, sample_lesions
from deep_aspects_training.generator.randomness import Draw, SeriesDraw
from deep_aspects_training.generator.slices import SliceGenerator, SliceSettings
from deep_aspects_training.generator.stream import SliceStream
from deep_aspects_training.labels import TISSUE


def draw(batch: int, seed: int = 1) -> Draw:
    return Draw(batch, "cpu", torch.Generator().manual_seed(seed))


def test_the_same_seed_gives_the_same_slices_and_another_seed_gives_others(toy_atlas):
    settings = SliceSettings(size=64)
    first, again, other = (SliceGenerator(toy_atlas, settings, seed).batch(3) for seed in (5, 5, 6))
    assert torch.equal(first.slabs, again.slabs) and torch.equal(first.infarct, again.infarct)
    assert not torch.equal(first.slabs, other.slabs)


def test_infarcts_lie_in_the_brain_and_are_darker_than_it(toy_atlas):
    slices = SliceGenerator(toy_atlas, SliceSettings(size=96, lesions=LesionShares(infarct=1.0)), 3).render(24)
    hit = slices.infarct > 0
    assert hit.sum() > 300
    assert (slices.anatomy[hit] > 0).float().mean() > 0.98
    brain = (slices.anatomy > 0) & ~hit
    assert slices.slabs[:, 0][hit].mean() < slices.slabs[:, 0][brain].mean() - 3


def test_no_infarct_is_drawn_when_none_is_asked_for(toy_atlas):
    slices = SliceGenerator(toy_atlas, SliceSettings(size=64, lesions=LesionShares(infarct=0.0)), 3).render(8)
    assert int(slices.infarct.sum()) == 0
    assert set(slices.anatomy.unique().tolist()) <= set(range(12)) and len(slices.anatomy.unique()) > 5


def test_infarcts_of_one_deep_region_alone_come_as_often_as_asked_for_and_leave_the_others_as_they_were(toy_atlas):
    deep = SliceGenerator(toy_atlas, SliceSettings(size=96, lesions=LesionShares(infarct=0.0, deep=1.0)), 8).render(64)
    for anatomy, infarct in zip(deep.anatomy, deep.infarct > 0):
        regions = anatomy[infarct]
        # Slices without a deep region have no infarct; at a region's irregular edge a neighbour may be touched.
        assert len(regions) == 0 or torch.bincount(regions.long(), minlength=12)[1:5].max() >= 0.5 * len(regions)
    # Where no more than a sliver of the region shows, so little is struck that it may be no pixel.
    shown = ((deep.anatomy >= 1) & (deep.anatomy <= 4)).sum((1, 2)) > 40
    assert shown.sum() >= 10 and (deep.infarct > 0).any(-1).any(-1)[shown].float().mean() >= 0.5
    none = SliceGenerator(toy_atlas, SliceSettings(size=96, lesions=LesionShares(infarct=0.0)), 8).render(32)
    assert int(none.infarct.sum()) == 0


def test_isolated_deep_infarcts_prefer_what_is_hard_to_find_however_small_it_is():
    tissues = ("caudate", "putamen", "internal_capsule", "insular_cortex")
    counts = (40, 400, 20, 60)
    packed = torch.cat(
        [torch.full((n,), TISSUE[t] | (k << 5)) for k, (t, n) in enumerate(zip(tissues, counts), start=1)]
    ).expand(3000, -1)
    position = torch.zeros(3000, 3, packed.shape[1])
    seeds, _, _ = draw_seeds(draw(3000), packed, position, torch.ones(3000, dtype=torch.bool))
    share = torch.bincount(anatomy_of(seeds).flatten().long(), minlength=12) / seeds.numel()
    expected = torch.tensor(DEEP_WEIGHTS) / sum(DEEP_WEIGHTS)
    assert torch.allclose(share[1:DEEP_REGIONS], expected, atol=0.03)


def test_an_isolated_deep_infarct_is_solid_sharp_and_dark_in_white_matter_too():
    packed = torch.full((400, 60), TISSUE["internal_capsule"] | (3 << 5))
    position = torch.zeros(400, 3, 60)

    def first(**shares):
        lesions = sample_lesions(draw(400), packed, position, LesionShares(**shares), torch.zeros(400))
        assert lesions.present[:, 0].all()
        return {name: getattr(lesions, name)[:, 0] for name in ("white_share", "softness", "patchy")}

    isolated, any_infarct = first(infarct=0.0, deep=1.0), first(infarct=1.0)
    assert isolated["white_share"].min() >= 0.7 and isolated["softness"].max() <= 1.2 and isolated["patchy"].max() == 0
    assert (
        any_infarct["white_share"].min() < 0.4
        and any_infarct["softness"].max() > 1.2
        and any_infarct["patchy"].max() > 0
    )


def test_infarcts_of_a_whole_territory_come_as_often_as_asked_for(toy_atlas):
    def sizes(**shares):
        slices = SliceGenerator(
            toy_atlas, SliceSettings(size=64, lesions=LesionShares(infarct=0.0, **shares)), 8
        ).render(32)
        return [
            int(infarct.sum()) / int((anatomy > 0).sum())
            for anatomy, infarct in zip(slices.anatomy, slices.infarct)
            if (anatomy > 0).sum() > 200
        ]

    whole = sizes(territory=1.0)
    # The toy's one territory is the brain of each side.
    assert min(whole) > 0 and np.median(whole) > 0.3
    assert max(sizes(territory=0.0)) == 0
    halved = sizes(territory=0.5)
    assert 0.25 < np.mean([size > 0 for size in halved]) < 0.75


def test_slices_near_the_vertex_come_as_often_as_asked_for(toy_atlas):
    vertex = SliceGenerator(
        toy_atlas, SliceSettings(size=64, lesions=LesionShares(infarct=0.0), vertex_share=1.0), 8
    ).render(16)
    brain = vertex.anatomy > 0
    assert (vertex.anatomy == 11).any() and (vertex.anatomy[brain] < 8).float().mean() < 0.01


def test_heads_roll_as_much_as_asked_for(toy_atlas):
    def roll_deg(spread):
        one = draw(400)
        frames = sample_frames(one, sample_heads(one, toy_atlas), torch.zeros(400), spread)
        return float(torch.rad2deg(torch.asin(frames.right[:, 2])).std())

    assert roll_deg(12.0) > 1.8 * roll_deg(4.0) > 4


def sides_hu(skull_px: int, shading: float, brightening: float = 0.0) -> tuple[torch.Tensor, torch.Tensor]:
    """HU that 64 scans add to the left and the right half [64] of a round head of brain with a skull of that
    many pixels."""
    y, x = np.mgrid[:112, :112] - 55.5
    radius = torch.tensor(np.hypot(x, y))
    head = torch.full((112, 112), -1000.0)
    head[radius < 45 + skull_px / 2] = 1000.0
    head[radius < 45 - skull_px / 2] = 35.0
    scans = beam_hardening(draw(64, 2), head.expand(64, 1, 112, 112), 2.0, shading, brightening)[:, 0]
    brain = radius < 30
    left, right = (scans[:, brain & torch.tensor(side)].mean(1) for side in (x < -10, x > 10))
    return left, right


def sides_differ_hu(skull_px: int, shading: float) -> float:
    left, right = sides_hu(skull_px, shading)
    return float((left - right).std())


def test_shading_darkens_a_side_amid_much_bone_and_leaves_the_brain_within_the_calvaria():
    assert sides_differ_hu(24, 5.0) > 2 * sides_differ_hu(24, 0.0)
    assert sides_differ_hu(3, 5.0) < 1.5 * sides_differ_hu(3, 0.0)


def test_brightening_leaves_brain_brighter_amid_much_bone_alone_and_both_sides_alike():
    def gain(skull_px):
        pairs = zip(sides_hu(skull_px, 0.0, 150.0), sides_hu(skull_px, 0.0))
        return [float((bright - plain).mean()) for bright, plain in pairs]

    (left, right), thin = gain(24), gain(3)
    assert 2 < left < 20 and abs(left - right) < 0.2 * left
    assert max(thin) < 1


def test_a_repeated_slice_is_acquired_anew(toy_atlas):
    stream = SliceStream(SliceGenerator(toy_atlas, SliceSettings(size=64), 4), batch=4, reuse=2)
    fresh, repeated = stream.next(), stream.next()
    assert len(stream.kept) == 1
    assert not torch.equal(fresh.slabs, repeated.slabs)
    present = {tuple(map(tuple, a.tolist())) for a in torch.cat([fresh.anatomy, fresh.anatomy.flip(-1)])}
    assert all(tuple(map(tuple, a.tolist())) in present for a in repeated.anatomy)


def test_slabs_of_thick_slices_repeat_the_slice_and_stay_within_its_reach():
    heights = slab_planes(draw(400), (0.0, -5.0, 5.0), (4, 2, 2), 5.0)
    middle, below, above = heights[:, :4].mean(1), heights[:, 4:6].mean(1), heights[:, 6:].mean(1)
    assert middle.abs().max() < 2.5
    assert (below.mean() + 5).abs() < 0.5 and (above.mean() - 5).abs() < 0.5


def test_the_middle_moves_along_the_normal_of_an_upright_head_and_stays_on_the_midline_of_a_rolled_one():
    upright = middle_direction(rotation(torch.zeros(1), torch.zeros(1), torch.zeros(1)), torch.ones(1, 3))
    assert torch.allclose(upright, torch.tensor([[0.0, 0.0, 1.0]]), atol=1e-5)
    axes = rotation(torch.tensor([4.0]), torch.tensor([7.0]), torch.tensor([15.0]))
    rolled = middle_direction(axes, torch.ones(1, 3))
    assert abs(float(rolled[0, 0])) < 1e-5
    assert float((rolled * axes[:, :, 2]).sum()) == pytest.approx(1.0, abs=1e-5)


def test_slices_of_a_series_share_parameters_but_not_noise():
    series = SeriesDraw(4, "cpu", torch.Generator().manual_seed(1))
    assert len(series.normal(0.0, 1.0).unique()) == 1
    assert len(series.normal(0.0, 1.0, 5).unique()) == 20


def test_a_whole_scan_knows_its_side_volume_and_geometry(toy_atlas):
    settings = ScanSettings(matrix=96, pixel_mm=2.4, tilt_deg=15.0, yaw_deg=3.0)
    one = draw(1, 8)
    subject = sample_subject(one, toy_atlas, LesionShares(infarct=1.0), bleeding=0.0)
    subject.lesions.fluid[:] = 0.0
    subject.heads.scale[:, 0] = subject.heads.scale[:, 0].abs()
    lesions = subject.lesions
    lesions.present[:] = torch.tensor([[True, False]])
    lesions.allowed_anatomy[:, 0] = 0
    lesions.allowed_anatomy[:, 0, 6] = 1  # M2
    lesions.allowed_territory[:], lesions.allowed_side[:, 0] = 1, torch.tensor([0.0, 1.0])
    lesions.radius[:], lesions.cosine[:], lesions.patchy[:] = 300.0, -2.0, 0.0
    scan = simulate(one, toy_atlas, subject, settings)
    assert "M2" in scan.truth["hemispheres"]["right"]["affected"] and scan.truth["hemispheres"]["left"]["score"] == 10
    assert scan.truth["score"] == scan.truth["hemispheres"]["right"]["score"] < 10
    assert scan.truth["affectedSide"] == "right"
    expected = scan.infarct.sum() * 2.4**2 * 5 / 1000
    assert scan.truth["infarctMl"] == pytest.approx(expected, abs=0.01)
    rows, columns = np.nonzero(scan.infarct.sum(0))
    assert columns.mean() < 48  # columns begin at the patient's right
    normal = np.cross(scan.affine[:3, 0], scan.affine[:3, 1])
    assert abs(normal @ scan.affine[:3, 2]) / np.linalg.norm(normal) == pytest.approx(5.0, abs=1e-3)
    assert scan.affine[1, 2] == pytest.approx(0.0, abs=1e-5) and scan.affine[2, 1] != 0


def test_an_atlas_says_what_is_missing(toy_atlas_file):
    with pytest.raises(ValueError, match="holds the anatomies"):
        load_atlas(toy_atlas_file, [3])


def test_the_packed_atlas_keeps_its_tissues(toy_atlas):
    tissues = tissue_of(toy_atlas.packed)
    assert int((tissues == TISSUE["caudate"]).sum()) > 1000
    assert int(tissues.max()) < 25
