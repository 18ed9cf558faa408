"""Stacks for training: geometry of slabs, classes, real shapes, look-alikes."""

from __future__ import annotations

import dataclasses
import json
import os

import nibabel
import numpy as np
import pytest
import torch

from deep_aspects_training.atlas_volumes import load_atlas_once
from deep_aspects_training.generator.attenuation import _deep_white
from deep_aspects_training.generator.bleeding import sample_bleeding, without_bleeding
from deep_aspects_training.generator.heads import sample_heads, to_atlas
from deep_aspects_training.generator.lesions import LesionShares
from deep_aspects_training.generator.randomness import Draw, SeriesDraw
from deep_aspects_training.generator.shapes import Shapes, load_shapes
from deep_aspects_training.generator.slices import SliceGenerator, SliceSettings
from deep_aspects_training.generator.stacks import StackGenerator, StackSettings, slab_shares
from deep_aspects_training.labels import TISSUE
from deep_aspects_training.simulate_cases import KINDS, simulate_case, write_case
from deep_aspects_training.stack_source import StackStream

NONE = LesionShares(infarct=0.0)


@pytest.fixture(scope="module")
def shapes(shapes_file) -> Shapes:
    return load_shapes(shapes_file, "train")


def generator(atlas, seed=3, shapes=None, **settings) -> StackGenerator:
    return StackGenerator(atlas, StackSettings(size=64, slices=4, planes=2, **settings), seed, shapes)


def test_slabs_are_means_of_native_slices_by_the_space_they_fill():
    shares = slab_shares(torch.tensor([5.0, 4.0, 10.0]), 4, 5.0)
    own, below, above = shares.unbind(2)
    assert torch.allclose(own[0], torch.tensor([[0.0, 1, 0, 0], [0, 0, 1, 0]])) and torch.allclose(
        below[0, 0], torch.tensor([1.0, 0, 0, 0])
    )
    # Slices of 4 mm: a slab of 5 takes half a millimetre of either neighbour; the one 5 mm above reaches
    # from 2.5 to 7.5.
    assert torch.allclose(own[1, 0], torch.tensor([0.1, 0.8, 0.1, 0])) and torch.allclose(
        above[1, 0], torch.tensor([0.0, 0, 0.7, 0.3])
    )
    # Slices of 10 mm: the neighbouring slab lies half in the slice itself.
    assert torch.allclose(below[2, 1], torch.tensor([0.0, 0.5, 0.5, 0]))
    assert torch.allclose(shares.sum(-1), torch.ones_like(shares[..., 0]))


def test_the_same_seed_gives_the_same_stacks(toy_atlas):
    first, again, other = (generator(toy_atlas, seed).render(2) for seed in (5, 5, 6))
    assert torch.equal(first.native, again.native) and torch.equal(first.truth, again.truth)
    assert not torch.equal(first.native, other.native)
    assert first.native.shape[:2] == (2, 6) and first.truth.shape[:2] == (2, 4) and first.slabs().shape[:3] == (2, 4, 3)


def test_some_stacks_show_one_slice_all_the_way(toy_atlas):
    made = generator(toy_atlas, lesions=LesionShares(infarct=0.0, territory=1.0), repeated_share=0.5)
    stacks = made.acquire(made.render(8))
    alike = (stacks.native == stacks.native[:, :1]).all(dim=(1, 2, 3))
    assert 0 < int(alike.sum()) < 8
    assert (stacks.truth[alike] == stacks.truth[alike][:, :1]).all() and stacks.truth[alike].any()
    slabs = stacks.slabs()
    assert torch.allclose(slabs[alike], slabs[alike][:, :1, :1].expand_as(slabs[alike]), atol=1e-3)
    assert not torch.allclose(slabs[~alike][:, 0], slabs[~alike][:, 1], atol=1e-3)


def test_white_matter_is_darkest_where_it_is_deep_alike_on_both_sides():
    tissue = torch.full((1, 100, 100), TISSUE["cortex"])
    tissue[:, 20:80, 10:40] = tissue[:, 20:80, 60:90] = TISSUE["white_matter"]
    depth = _deep_white(tissue)
    assert torch.equal(depth, depth.flip(-1)) and torch.equal(
        depth > 0, (depth > 0) & (tissue == TISSUE["white_matter"])
    )
    assert float(depth[0, 50, 25]) == pytest.approx(1.0) and float(depth[0, 21, 11]) == 0.0


def test_acute_infarct_is_darker_old_is_like_fluid_and_blood_is_bright(toy_atlas):
    shares = LesionShares(infarct=1.0, territory=0.3, old=0.7)
    hu: dict[int, list[float]] = {1: [], 2: [], 3: []}
    for seed in range(4):
        stacks = generator(toy_atlas, seed, lesions=shares, bleeding=5.0).render(6)
        own = stacks.native[:, 1:-1]
        for label in hu:
            hu[label].append(own[stacks.truth == label])
    acute, old, blood = (torch.cat(hu[label]).median() for label in (1, 2, 3))
    assert old < 22 < acute < 36 < 48 < blood


def test_no_lesion_is_drawn_where_none_is_asked_for_and_a_shape_needs_shapes(toy_atlas):
    assert int((generator(toy_atlas, lesions=NONE, bleeding=0.0).render(6).truth > 0).sum()) == 0
    with pytest.raises(ValueError, match="shapes"):
        generator(toy_atlas, lesions=LesionShares(shape=1.0)).render(2)


def test_a_shape_is_read_at_its_own_place_and_split(shapes, shapes_file):
    assert len(shapes) == len(load_shapes(shapes_file, "validation")) == 1
    with pytest.raises(ValueError, match="test"):
        load_shapes(shapes_file, "test")
    points = torch.tensor([[-42.0, 42.0, -42.0], [-18.0, -18.0, 40.0], [12.0, 12.0, 12.0]])[:, None]
    assert shapes.sample(torch.tensor([0]), points[None]).tolist() == [[[1.0, 0.0, 0.0]]]
    one = torch.tensor([0])
    places = shapes.places_mm(one.expand(int(shapes.counts(one))), torch.arange(int(shapes.counts(one))))
    assert places.mean(0).tolist() == pytest.approx([-43, -19, 11], abs=1)


def test_a_slice_for_the_anatomy_network_goes_to_where_its_real_shape_is(toy_atlas, shapes):
    settings = SliceSettings(size=64, lesions=LesionShares(infarct=0.0, shape=1.0))
    slices = SliceGenerator(toy_atlas, settings, 7, shapes).render(24)
    # The shape is 2 cm high and a slice passes up to 15 mm from its middle; at any level it shows less often.
    assert (slices.infarct > 0).flatten(1).any(1).float().mean() >= 0.5
    with pytest.raises(ValueError, match="shapes"):
        SliceGenerator(toy_atlas, settings, 7).render(2)


def test_real_shapes_come_into_the_stack_of_either_side(toy_atlas, shapes):
    stacks = StackGenerator(
        toy_atlas, StackSettings(size=64, slices=4, planes=2, lesions=LesionShares(infarct=0.0, shape=1.0)), 7, shapes
    ).render(24)
    # Of a shape 2 cm high the stack shows something, though a random level of the head often would not.
    assert (stacks.truth > 0).flatten(1).any(1).float().mean() > 0.85
    columns = [np.nonzero(truth.numpy().any((0, 1)))[0].mean() for truth in stacks.truth > 0 if truth.any()]
    left = [column > 32 for column in columns]
    assert 4 < sum(left) < len(left) - 4


def test_an_asymmetric_head_has_one_wide_ventricle(toy_atlas):
    draw = Draw(2, "cpu", torch.Generator().manual_seed(1))
    heads = sample_heads(draw, toy_atlas)
    heads.scale[:] = 1.0
    heads.warp[:], heads.ventricle_mm[:], heads.asymmetry[:] = (
        0.0,
        2.0,
        torch.tensor([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0]]),
    )
    # 8 mm lateral to the midline's ventricle wall, on both sides: head frame about (0, -18, 8).
    x = torch.tensor([-18.0, 18.0])
    points = torch.stack([x, torch.full((2,), 12.0), torch.full((2,), 8.0)], -1).expand(2, 2, 3)
    read = to_atlas(heads, toy_atlas, points)[0][..., 0].abs()
    assert read[0, 0] == pytest.approx(float(read[0, 1]), abs=0.3)
    # The right side reads deeper inside, where the ventricle is; the left one farther outside.
    assert read[1, 1] < read[0, 1] - 0.5 and read[1, 0] > read[0, 0] + 0.3


def test_blood_counts_from_one_millilitre_and_goes_when_told_to():
    draw = Draw(300, "cpu", torch.Generator().manual_seed(2))
    bleeding = sample_bleeding(draw, torch.zeros(300, 2, 3), 3.0)
    assert 0.2 < bleeding.labelled.float().mean() < 0.7
    small = dataclasses.replace(bleeding, radius=bleeding.radius.clamp(max=5.0))
    assert int((small.labelled & ~bleeding.labelled).sum()) == 0 and small.labelled.sum() < bleeding.labelled.sum()
    assert int(without_bleeding(bleeding).labelled.sum()) == 0


def test_series_share_parameters_each_and_fields_in_part():
    draw = SeriesDraw(8, "cpu", torch.Generator().manual_seed(1), slices=4)
    values = draw.normal(0.0, 1.0)
    assert len(values[:4].unique()) == len(values[4:].unique()) == 1 and values[0] != values[4]
    fields = torch.stack(
        [SeriesDraw(8, "cpu", torch.Generator().manual_seed(s), slices=4).field(1, 6, 6) for s in range(60)]
    ).flatten(2)
    within = (fields[:, 0] * fields[:, 1]).mean()
    across = (fields[:, 0] * fields[:, 4]).mean()
    assert within > 0.25 and abs(across) < 0.15 and fields.std() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_cases_hold_what_their_kind_says(toy_atlas, shapes, tmp_path, kind):
    scan = simulate_case(toy_atlas, shapes, 11, kind, matrix=64)
    write_case(scan, tmp_path, kind)
    masks = {
        name: np.asarray(nibabel.load(tmp_path / f"{name}.nii.gz").dataobj)
        for name in ("ct", "infarct", "anatomy", "old", "haemorrhage")
    }
    assert len({mask.shape for mask in masks.values()}) == 1
    assert masks["infarct"].any() == (kind in ("acute", "faint")) and masks["old"].any() == (kind == "old")
    reading = json.loads((tmp_path / "readers.json").read_text())["simulated"]
    assert reading["score"] == 10 - len(reading["regions"]) and (reading["side"] == "none") == (not reading["regions"])
    if kind in ("old", "lookalike"):
        assert reading["score"] == 10
    again = simulate_case(toy_atlas, shapes, 11, kind, matrix=64)
    assert (again.hu == scan.hu).all()


def test_the_stream_repeats_stacks_as_often_as_asked_for(toy_atlas):
    stream = StackStream(generator(toy_atlas, lesions=NONE, bleeding=0.0), batch=2, reuse=4)
    batches = [stream.next() for _ in range(8)]
    assert stream.made == 2 + 4 - 1 and len(batches[0].inputs) == 2
    assert batches[0].inputs.shape == (2, 4, 3, 64, 64) and batches[0].positions_mm.shape == (2, 4)
    assert not any(torch.equal(first.inputs, second.inputs) for first, second in zip(batches, batches[1:]))


def test_a_stream_that_renders_many_at_once_shows_each_of_them(toy_atlas):
    source = generator(toy_atlas, lesions=NONE, bleeding=0.0)
    stream, counts, render = StackStream(source, batch=2, reuse=1), [], source.render

    def counted(count):
        counts.append(count)
        return render(count)

    def as_shown(stacks):
        shown.extend(stacks.spacing_mm.tolist())
        return stacks

    shown: list[float] = []
    source.render, source.acquire, stream.at_once = counted, as_shown, 5
    for _ in range(5):
        stream.next()
    assert counts == [5, 5] and sorted(shown) == sorted(float(stacks.spacing_mm) for stacks in stream.kept)


def test_a_packed_atlas_is_kept_and_made_anew_when_its_file_changes(toy_atlas_file, toy_atlas, tmp_path):
    path = tmp_path / "toy.npz"
    path.write_bytes(toy_atlas_file.read_bytes())
    first, again = load_atlas_once(path), load_atlas_once(path)
    assert (
        torch.equal(first.packed, toy_atlas.packed)
        and torch.equal(again.fields, toy_atlas.fields)
        and again.shape == toy_atlas.shape
    )
    assert len(list(tmp_path.glob("*.packed.pt"))) == 1
    os.utime(path, (1, 1))
    load_atlas_once(path)
    assert len(list(tmp_path.glob("*.packed.pt"))) == 2
