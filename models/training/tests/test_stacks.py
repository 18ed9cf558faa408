"""Stacks for training: geometry of slabs, classes, real shapes, look-alikes."""

from __future__ import annotations

import dataclasses
import json
import os

import nibabel
import numpy as np
import pytest
import torch

from deep_aspects_training import shallow
from deep_aspects_training.atlas_volumes import load_atlas_once
from deep_aspects_training.config import Stage, TrainConfig
from deep_aspects_training.export import load_stack
from deep_aspects_training.generator.attenuation import _deep_white
from deep_aspects_training.generator.bleeding import sample_bleeding, without_bleeding
from deep_aspects_training.generator.heads import sample_heads, to_atlas
from deep_aspects_training.generator.lesions import LesionShares
from deep_aspects_training.generator.randomness import Draw, SeriesDraw
from deep_aspects_training.generator.shapes import Shapes, load_shapes
from deep_aspects_training.generator.slices import SliceGenerator, SliceSettings
from deep_aspects_training.generator.stacks import StackGenerator, StackSettings, slab_shares
from deep_aspects_training.labels import TISSUE
from deep_aspects_training.network import NetworkSettings, build_network
from deep_aspects_training.simulate_cases import KINDS, simulate_case, write_case
from deep_aspects_training.stack_source import StackBatch, StackStream
from deep_aspects_training.stack_train import StackTrainer
from deep_aspects_training.stack_validation import COLUMNS, measure
from deep_aspects_training.train import run

NONE = LesionShares(infarct=0.0)


@pytest.fixture(scope="module")
def shapes_file(tmp_path_factory):
    """Two infarcts about 20 mm wide in the left hemisphere of the toy (x < 0), of the training and the
    validation split."""
    grid = (79, 95, 69)
    masks = np.zeros((2, *grid), np.uint8)
    for mask, x in zip(masks, (-42, -30)):
        ijk = (np.array([x, -18, 12]) - (-78, -112, -50)) // 2
        mask[ijk[0] - 5 : ijk[0] + 5, ijk[1] - 5 : ijk[1] + 5, ijk[2] - 5 : ijk[2] + 5] = 1
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = (-78, -112, -50)
    path = tmp_path_factory.mktemp("shapes") / "shapes.npz"
    bits = np.packbits(masks.reshape(2, -1), axis=1)
    np.savez(
        path,
        bits=bits,
        shape=np.array(grid),
        affine=affine,
        split=np.array([0, 1], np.uint8),
        volume_ml=np.array([8.0, 8.0], np.float32),
    )
    return path


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


@pytest.fixture(scope="module")
def trained(toy_atlas_file, shapes_file, tmp_path_factory):
    """A run of three steps whose generator is a process of its own."""
    config = TrainConfig(
        name="stack",
        task="infarct",
        atlas=str(toy_atlas_file),
        shapes=str(shapes_file),
        validation_anatomies=(0,),
        validate_every=2,
        generators=1,
        device="cpu",
        precision="fp32",
        threads=1,
        reuse=2,
        log_every=1,
        output=str(tmp_path_factory.mktemp("runs")),
        network=NetworkSettings(architecture="stack_unet", reduction=2),
        stacks=StackSettings(slices=3, planes=1, lesions=LesionShares(infarct=0.5, shape=0.5)),
        stages=(Stage(32, 3, 2, (1e-3, 1e-4)),),
    )
    run(config)
    return config


def test_a_run_learns_validates_resumes_and_is_exported(trained, tmp_path):
    log = (trained.folder / "log.csv").read_text().splitlines()
    validation = (trained.folder / "validation.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in log] == ["step", "1", "2", "3"] and [
        line.split(",")[0] for line in validation
    ] == ["step", "0", "2"]
    assert validation[0].split(",")[1:] == list(COLUMNS) and (trained.folder / "best.pt").exists()
    longer = StackTrainer(dataclasses.replace(trained, stages=(*trained.stages, Stage(32, 1, 2, (1e-3, 1e-4)))))
    assert (longer.stage, longer.step, longer.total_steps) == (1, 0, 3)
    loaded = load_stack(trained.folder / "checkpoint.pt")
    assert loaded.config["name"] == "stack" and loaded.steps == 3
    averaged = longer.average.module.state_dict()
    assert all(torch.equal(value, averaged[name]) for name, value in loaded.network.state_dict().items())


def test_a_run_starts_from_the_anatomy_network_but_for_the_last_layer_and_the_exchange(trained, tmp_path):
    anatomy = build_network("anatomy", NetworkSettings(reduction=2))
    settings = dataclasses.asdict(NetworkSettings(reduction=2))
    path = tmp_path / "anatomy.pt"
    torch.save({"average": anatomy.state_dict(), "config": json.dumps({"task": "anatomy", "network": settings})}, path)
    began = StackTrainer(dataclasses.replace(trained, name="from-anatomy", start_from=str(path))).network.state_dict()
    same = {
        name.removeprefix("core.network.")
        for name, value in anatomy.state_dict().items()
        if torch.equal(value, began.get(name.removeprefix("core.network."), torch.tensor(torch.nan)))
    }
    others = {name for name in began if name not in same}
    assert others and {name.split(".")[0] for name in others} == {"segmentation_head", "context", "bright"}


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


def test_figures_count_what_is_found_and_what_is_taken_for_acute():
    class Says(torch.nn.Module):
        def forward(self, stacks, positions):
            logits = torch.full((len(stacks), 2, 3, 8, 8), -9.0)
            logits[:, :, 0, :4] = 9.0  # acute infarct in the upper half
            return logits

    truth = torch.zeros(3, 2, 8, 8, dtype=torch.uint8)
    truth[0, :, :2], truth[1, :, 3:5] = 1, 2
    batch = StackBatch(torch.zeros(3, 2, 3, 8, 8), truth, torch.tensor([[0.0, 5.0]]).expand(3, 2))
    figures = measure(Says(), [batch], torch.device("cpu"), field_mm=80.0)
    pixel_ml = 10 * 10 * 5 / 1000
    assert figures["dice"] == pytest.approx(2 * 32 / (3 * 64 + 32), abs=1e-4) and figures["sensitivity"] == 1
    assert figures["false_ml"] == pytest.approx(64 * pixel_ml, abs=1e-3) and figures[
        "old_as_acute_ml"
    ] == pytest.approx(16 * pixel_ml, abs=1e-3)
    assert figures["old_dice"] == figures["haemorrhage_dice"] == 0


def test_a_recipe_refuses_another_start_than_it_means(tmp_path, trained):
    (tmp_path / "start.onnx").write_bytes(b"another")
    with pytest.raises(ValueError, match="starts from"):
        StackTrainer(
            dataclasses.replace(trained, name="other", start_from=str(tmp_path / "start.onnx"), start_sha256="0" * 64)
        )


def with_dead_block(config, folder):
    """A run's checkpoint, its decoder's deepest block made as one that has died: below zero before the ReLU."""
    saved = torch.load(config.folder / "checkpoint.pt", weights_only=True)
    for name in ("weight", "bias"):
        saved["average"][f"decoder.blocks.0.convs.conv_1.adn.N.{name}"].fill_(0.0 if name == "weight" else -0.1)
    torch.save(saved, folder / "dead.pt")
    return dataclasses.replace(config, name="next", start_from=str(folder / "dead.pt"))


def test_a_network_whose_deepest_block_has_died_is_refused(trained, tmp_path):
    trainer = StackTrainer(with_dead_block(trained, tmp_path))
    with pytest.raises(RuntimeError, match=r"^decoder\.blocks\.0: zero"):
        trainer._validate()
    assert not (trainer.config.folder / "validation.csv").exists()


def test_a_dead_block_starts_anew_and_all_else_goes_on(trained, tmp_path):
    config = dataclasses.replace(with_dead_block(trained, tmp_path), name="revived", fresh=("decoder.blocks.0.",))
    trainer = StackTrainer(config)
    trainer._validate()
    before = torch.load(tmp_path / "dead.pt", weights_only=True)["average"]
    changed = {name for name, value in trainer.network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed and all(name.startswith("decoder.blocks.0.") for name in changed)


def test_a_checkpoint_goes_without_its_dead_block_but_not_without_a_living_one(trained, tmp_path, monkeypatch):
    def run_shallow(checkpoint):
        given = [
            "--checkpoint",
            checkpoint,
            "--stacks",
            trained.folder / "validation.npz",
            "--out",
            tmp_path / "new.pt",
        ]
        monkeypatch.setattr("sys.argv", ["shallow", *map(str, given)])
        shallow.main()

    with_dead_block(trained, tmp_path)
    run_shallow(tmp_path / "dead.pt")
    made = load_stack(tmp_path / "new.pt")
    assert made.network.exchanged == (2,) and len(made.network.decoder.blocks) == 4
    saved = torch.load(tmp_path / "dead.pt", weights_only=True)
    saved["average"]["decoder.blocks.0.convs.conv_1.adn.N.bias"].fill_(5.0)
    saved["average"]["decoder.blocks.1.upsample.preconv.weight"] *= 1000
    torch.save(saved, tmp_path / "alive.pt")
    with pytest.raises(SystemExit, match="alive"):
        run_shallow(tmp_path / "alive.pt")


def test_two_processes_share_a_run_of_stacks(trained):
    """One log and one network: the mean of the gradients of both, which neither makes alone."""
    shared = dataclasses.replace(
        trained,
        name="shared",
        processes=2,
        generators=0,
        validation_anatomies=(),
        stages=(Stage(32, 2, 1, (1e-3, 1e-4)),),
    )
    alone = dataclasses.replace(shared, name="alone", processes=1)
    run(shared)
    run(alone)
    logs = [(config.folder / "log.csv").read_text().splitlines() for config in (shared, alone)]
    assert [line.split(",")[0] for line in logs[0]] == ["step", "1", "2"]
    first, second = (
        torch.load(config.folder / "checkpoint.pt", weights_only=True)["network"] for config in (shared, alone)
    )
    assert any(not torch.equal(value, second[name]) for name, value in first.items())


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
