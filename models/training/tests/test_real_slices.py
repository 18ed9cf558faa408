"""Real single slices in training: read upright, nothing learnt from what a reader outlined, infarcts laid
into the rest."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import ndimage

from deep_aspects_training.architectures.stack_unet import context_weights
from deep_aspects_training.generator.randomness import Draw
from deep_aspects_training.generator.real_slices import UNKNOWN, RealSlices, load_real_slices
from deep_aspects_training.generator.shapes import Shapes, shapes_of
from deep_aspects_training.generator.stacks import StackGenerator, StackSettings
from deep_aspects_training.losses import LossSettings, stack_loss
from deep_aspects_training.real_slices import MARGIN_MM, read_folder
from deep_aspects_training.stack_source import StackStream

SIZE = 224
BRAIN_HU, DENSE_HU = 32, 58


def head(size: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """A head 220 pixels long, HU, with something dense in the image's left half and, within the right one, what a
    reader outlined."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    radius = np.hypot(x / 85, y / 110)
    hu = np.where(radius < 0.95, BRAIN_HU, np.where(radius < 1, 255, 0)).astype(np.uint8)
    hu[np.hypot(x + 40, y) < 10] = DENSE_HU
    return hu, np.hypot(x - 40, y - 20) < 16


@pytest.fixture
def folder(tmp_path):
    """Two slices: one upright, one turned by 14 degrees and shifted."""
    for number, turn in enumerate((0.0, 14.0)):
        hu, outlined = (
            ndimage.shift(ndimage.rotate(a.astype(float), turn, reshape=False, order=0), (0, 9 * number), order=0)
            for a in head()
        )
        for name, pixels in (("images", hu), ("masks", np.stack([255 * outlined, 0 * outlined, 0 * outlined], -1))):
            (tmp_path / name).mkdir(exist_ok=True)
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / name / f"{number}.png")
    return tmp_path


def middle(mask: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    return float(rows.mean()), float(columns.mean())


def test_slices_are_read_upright_at_one_millimetre_and_not_mirrored(folder):
    arrays = read_folder(folder)
    assert arrays["hu"].shape == (2, SIZE, SIZE) and list(arrays["names"]) == ["0", "1"]
    # 220 pixels are taken to be 178 mm: what lay 40 pixels from the midline lies 32 mm from it, on the same
    # side of the image.
    for hu, unknown in zip(arrays["hu"], arrays["unknown"]):
        dense = middle((hu > 50) & (hu < 70) & (arrays["brain"][0] > 0))
        assert dense == pytest.approx((111.5, 111.5 - 32.4), abs=4)
        assert middle(unknown) == pytest.approx((111.5 + 16.2, 111.5 + 32.4), abs=4)
        assert np.sqrt(unknown.sum() / np.pi) == pytest.approx(16 * 178 / 220 + MARGIN_MM, abs=2)
    assert arrays["hu"][0][111, 111] == BRAIN_HU and not arrays["brain"][:, 111, 190].any()


def test_the_first_slices_alone_can_be_taken(folder):
    assert list(read_folder(folder, 1)["names"]) == ["0"]


def test_a_folder_without_slices_or_a_slice_without_a_head_is_an_error(folder):
    with pytest.raises(FileNotFoundError, match="no images"):
        read_folder(folder / "masks")
    Image.fromarray(np.zeros((300, 300), np.uint8)).save(folder / "images" / "0.png")
    with pytest.raises(ValueError, match="no head"):
        read_folder(folder)


@pytest.fixture
def real(folder, tmp_path) -> RealSlices:
    np.savez(tmp_path / "real.npz", **read_folder(folder))
    return load_real_slices(tmp_path / "real.npz")


@pytest.fixture
def shapes() -> Shapes:
    """One infarct, 40 mm wide, in the lateral left hemisphere."""
    grid, origin = (79, 95, 69), (-78.0, -112.0, -50.0)
    mask = np.zeros(grid, np.uint8)
    mask[8:28, 40:60, 25:40] = 1
    return shapes_of(mask[None], origin, 2.0)


def draw(slices: int, seed: int = 5) -> Draw:
    return Draw(slices, "cpu", torch.Generator().manual_seed(seed))


def test_infarcts_lie_in_known_brain_and_are_darker_than_it(real, shapes):
    slabs, truth, _ = (part.flatten(0, 1) for part in real.stacks(draw(24), 8, 112, shapes))
    assert slabs.shape == (24, 3, 112, 112) and set(truth.unique().tolist()) == {0, 1, UNKNOWN}
    assert all((one == UNKNOWN).any() for one in truth)
    with_infarct = [k for k in range(24) if (truth[k] == 1).any()]
    assert 8 < len(with_infarct) < 24
    falls = []
    for k in with_infarct:
        image, infarct = slabs[k, 0], truth[k] == 1
        brain = (truth[k] == 0) & (image > 15) & (image < 50)
        falls.append(float(image[brain].median() - image[infarct].median()))
        assert image[infarct].median() > 5
    assert np.mean(falls) > 2.5 and min(falls) > -1.5


def test_no_slice_of_such_a_stack_sees_another(real, shapes):
    _, _, positions = real.stacks(draw(12), 6, 112, shapes)
    own = torch.eye(6)[None, :, None]
    assert positions.shape == (2, 6) and (context_weights(positions) * own).sum(-1).min() > 0.98


def test_nothing_is_learnt_from_unknown_pixels():
    torch.manual_seed(0)
    truth = torch.zeros(1, 2, 8, 8, dtype=torch.uint8)
    truth[..., :4], truth[..., 6:] = 1, UNKNOWN
    logits = torch.randn(1, 2, 3, 8, 8, requires_grad=True)
    stack_loss(logits, truth, LossSettings(cross_entropy=1, dice=1)).backward()
    assert logits.grad[..., 6:].abs().max() == 0 and logits.grad[..., :6].abs().min() > 0


def test_as_many_stacks_are_real_as_the_run_says(toy_atlas, real, shapes):
    def unknown(share: float) -> int:
        made = StackGenerator(toy_atlas, StackSettings(size=64, slices=4, planes=2, real_share=share), 3, shapes)
        batch = StackStream(made, 4, 1, real).next()
        assert batch.inputs.shape == (4, 4, 3, 64, 64) and float(batch.inputs.abs().max()) <= 1
        return int((batch.truth == UNKNOWN).flatten(1).any(1).sum())

    assert unknown(0.0) == 0 and unknown(1.0) == 4
