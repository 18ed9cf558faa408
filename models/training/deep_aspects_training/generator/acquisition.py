"""What the scanner does to a slab: surroundings, beam hardening, streaks, kernel, noise, field of view."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F

from .randomness import Draw

OUTSIDE_HU = -1000.0
#: Bone, blurred over 2 cm, above which a place counts as shaded by it: the brain's middle has 0.05, its border 0.1,
#: the skull base up to 0.2.
MUCH_BONE = 0.07
#: Bone beyond that counts up to here: whole skull bases have more than shade and brightening were measured with.
BONE_BEYOND = 0.12


def gaussian_blur(
    images: torch.Tensor, sigma: torch.Tensor, reach: int, aspect: tuple[float, float] = (1.0, 1.0)
) -> torch.Tensor:
    """Blur images [B, C, H, W] with sigma [B] pixels, scaled by `aspect` along rows and columns."""
    b, channels, height, width = images.shape
    taps = torch.arange(-reach, reach + 1, device=images.device, dtype=torch.float32)
    flat = images.reshape(1, b * channels, height, width)
    for axis, scale in enumerate(aspect):
        spread = (sigma * scale).clamp(min=0.05).repeat_interleave(channels)[:, None]
        kernel = torch.exp(-0.5 * (taps / spread) ** 2)
        kernel = kernel / kernel.sum(1, keepdim=True)
        shape = (-1, 1, taps.numel(), 1) if axis == 0 else (-1, 1, 1, taps.numel())
        padding = (reach, 0) if axis == 0 else (0, reach)
        flat = F.conv2d(flat, kernel.reshape(shape), padding=padding, groups=b * channels)
    return flat.reshape(b, channels, height, width)


def _resized_blur(
    images: torch.Tensor, sigma_px: torch.Tensor, aspect: tuple[float, float] = (1.0, 1.0)
) -> torch.Tensor:
    """A wide blur at a quarter of the resolution."""
    small = F.avg_pool2d(images, 4)
    small = gaussian_blur(small, sigma_px / 4, 8, aspect)
    return F.interpolate(small, size=images.shape[-2:], mode="bilinear", align_corners=False)


def add_surroundings(draw: Draw, slabs: torch.Tensor, pixel_mm: float) -> torch.Tensor:
    """Head rest, table and straps in the air around the head."""
    b, _, height, width = slabs.shape
    x = (torch.arange(width, device=slabs.device) - (width - 1) / 2) * pixel_mm
    y = (torch.arange(height, device=slabs.device) - (height - 1) / 2) * pixel_mm
    x, y = x[None, None, :], y[None, :, None]

    def per(value: torch.Tensor) -> torch.Tensor:
        return value[:, None, None]

    centre_x, centre_y = per(draw.normal(0.0, 8.0)), per(draw.normal(-5.0, 8.0))
    rim = torch.sqrt(
        ((x - centre_x) / per(draw.uniform(88, 110))) ** 2 + ((y - centre_y) / per(draw.uniform(100, 122))) ** 2
    )
    thickness = per(draw.uniform(0.012, 0.05))
    shell = (rim - 1).abs() < thickness
    below = y > per(draw.uniform(-10.0, 70.0))
    rest = per(draw.chance(0.75)) & below & shell
    foam = (
        per(draw.chance(0.5)) & (y > per(draw.uniform(10.0, 60.0))) & (rim < 1) & (rim > per(draw.uniform(0.75, 0.95)))
    )
    strap = per(draw.chance(0.2)) & ((rim - 0.95).abs() < 0.015) & (y < per(draw.uniform(-60.0, 0.0)))
    added = torch.full((b, height, width), OUTSIDE_HU, device=slabs.device)
    added = torch.where(foam, per(draw.uniform(-980.0, -850.0)), added)
    added = torch.where(strap, per(draw.uniform(-400.0, 50.0)), added)
    added = torch.where(rest, per(draw.uniform(-300.0, 160.0)), added)
    air = slabs < -700
    near = _resized_blur((slabs > -500).float(), torch.full((b,), 4.0, device=slabs.device)) > 0.02
    return torch.where(air & ~near, torch.maximum(slabs, added[:, None]), slabs)


def beam_hardening(
    draw: Draw, slabs: torch.Tensor, pixel_mm: float, shading: float, brightening: float = 0.0
) -> torch.Tensor:
    """HU to add: a rim under the skull, a dark or bright middle, dark bands and patches by dense bone, slow drifts.
    The rest: see `acquire`."""
    b, channels, height, width = slabs.shape
    bone = ((slabs - 250.0) / 600.0).clamp(0, 1.6)
    near = _resized_blur(bone, draw.uniform(3.0, 10.0) / pixel_mm)
    wide = _resized_blur(bone, draw.uniform(14.0, 26.0) / pixel_mm)
    cupping = (
        draw.uniform(-4.0, 16.0)[:, None, None, None] * near - draw.uniform(-4.0, 14.0)[:, None, None, None] * wide
    )
    # Bands between bones at the same height of the image: strongest between the petrous bones.
    across = _resized_blur(bone, draw.uniform(2.0, 5.0) / pixel_mm, (0.6, 8.0))
    bands = draw.field(1, max(4, height // 6), 3)
    bands = F.interpolate(bands, size=(height, width), mode="bilinear", align_corners=False)
    streaks = torch.where(draw.chance(0.6), draw.uniform(5.0, 40.0), torch.zeros(b, device=slabs.device))
    streak = -streaks[:, None, None, None] * (across - 0.12).clamp(min=0) * (0.7 + bands)
    # Next to much bone one place is darker than its mirror image: the temporal poles look infarcted so.
    patches = F.interpolate(draw.field(1, 6, 6), size=(height, width), mode="bilinear", align_corners=False).clamp(
        min=0
    )
    depth = torch.where(draw.chance(0.5), draw.uniform(0.0, 16.0), torch.zeros(b, device=slabs.device))
    beyond = (wide - MUCH_BONE).clamp(0.0, BONE_BEYOND)
    amid_bone = draw.uniform(0.0, shading)[:, None, None, None] * beyond if shading else 0.0
    patch = -depth[:, None, None, None] * (wide + amid_bone) * patches
    if shading:
        patch = patch + amid_bone * _one_sided(draw, slabs)
    if brightening:
        patch = patch + draw.uniform(0.0, brightening)[:, None, None, None] * beyond
    drift = F.interpolate(draw.field(1, 4, 4), size=(height, width), mode="bicubic", align_corners=False)
    return cupping + streak + patch + draw.uniform(0.0, 1.6)[:, None, None, None] * drift


def _one_sided(draw: Draw, slabs: torch.Tensor) -> torch.Tensor:
    """A slope [B, 1, H, W] over the soft tissue of a slice, HU for each unit of bone: where the head lies askew, more
    bone stands on one side."""
    b, _, height, width = slabs.shape
    soft = ((slabs[:, 0] > 10) & (slabs[:, 0] < 60)).float()
    slope = torch.zeros(b, height, width, device=slabs.device)
    for axis, length, spread in ((2, width, 20.0), (1, height, 8.0)):
        at = torch.arange(length, device=slabs.device, dtype=torch.float32)
        weight = soft.sum(3 - axis)
        weight = weight / weight.sum(1, keepdim=True).clamp(min=1)
        middle = (weight * at).sum(1, keepdim=True)
        # Of tissue that is spread evenly, 1 is where it ends.
        half = (3 * (weight * (at - middle) ** 2).sum(1, keepdim=True)).sqrt().clamp(min=10)
        share = ((at - middle) / half).clamp(-1.5, 1.5) * draw.normal(0.0, spread)[:, None]
        slope = slope + (share[:, None, :] if axis == 2 else share[:, :, None])
    return slope[:, None]


def kernel(draw: Draw, slabs: torch.Tensor, pixel_mm: float) -> torch.Tensor:
    """Point spread from smooth to edge-enhancing."""
    soft = gaussian_blur(slabs, draw.uniform(0.3, 1.0) / pixel_mm, 3)
    base = gaussian_blur(soft, draw.uniform(0.9, 2.0) / pixel_mm, 5)
    sharpen = torch.where(draw.chance(0.4), draw.uniform(0.0, 1.1), torch.zeros(draw.batch, device=slabs.device))
    return soft + sharpen[:, None, None, None] * (soft - base).clamp(-250, 250)


def sample_noise_hu(draw: Draw) -> torch.Tensor:
    """Standard deviation of the image noise [B], HU at 1 mm pixels: mostly 1.5-5, at times up to 9."""
    return torch.where(draw.chance(0.85), draw.uniform(1.0, 5.0), draw.uniform(4.0, 9.0))


def noise(draw: Draw, slabs: torch.Tensor, sd: torch.Tensor, pixel_mm: float) -> torch.Tensor:
    """Correlated noise, stronger in the middle of the head; neighbouring slabs share a part of it."""
    b, channels, height, width = slabs.shape
    own = draw.normal(0.0, 1.0, channels, height, width, clip=4.0)
    shared = draw.uniform(0.0, 0.35)[:, None, None, None]
    own = (1 - shared).sqrt() * own + shared.sqrt() * own[:, :1]
    grain = draw.uniform(0.25, 1.1) / pixel_mm
    fine = gaussian_blur(own, grain, 3)
    fine = fine - draw.uniform(0.0, 0.9)[:, None, None, None] * gaussian_blur(fine, grain * 3 + 0.5, 7)
    fine = fine / fine.std(dim=(1, 2, 3), keepdim=True)
    y = torch.linspace(-1, 1, height, device=slabs.device)[:, None]
    x = torch.linspace(-1, 1, width, device=slabs.device)[None, :]
    profile = 1.15 - 0.35 * (x**2 + y**2)
    # At wider pixels more of the noise averages out.
    return fine * profile * (sd / math.sqrt(max(1.0, pixel_mm)))[:, None, None, None]


def field_of_view(draw: Draw, slabs: torch.Tensor, pixel_mm: float) -> torch.Tensor:
    """Outside the reconstructed circle there is nothing."""
    _, _, height, width = slabs.shape
    x = (torch.arange(width, device=slabs.device) - (width - 1) / 2) * pixel_mm
    y = (torch.arange(height, device=slabs.device) - (height - 1) / 2) * pixel_mm
    dx = x[None, None, None, :] - draw.normal(0.0, 6.0)[:, None, None, None]
    dy = y[None, None, :, None] - draw.normal(0.0, 8.0)[:, None, None, None]
    radius = draw.uniform(108.0, 160.0)[:, None, None, None]
    return torch.where(dx**2 + dy**2 > radius**2, OUTSIDE_HU, slabs)


def acquire(
    draw: Draw,
    slabs: torch.Tensor,
    noise_hu: torch.Tensor,
    pixel_mm: float,
    shading: float = 0.0,
    brightening: float = 0.0,
) -> torch.Tensor:
    """Ideal slabs [B, C, H, W] HU -> slabs as a scanner and the resampling would give them.

    shading: strength of further shade where there is much bone around, at the skull base and under the vertex: darker
    patches, and one side darker than the other. Not next to the calvaria, where a dark cortex is an infarct.
    brightening: HU at most for each unit of bone in the same places, all of them alike: scanners leave brain amid
    bone brighter, so that each slice towards the vertex is brighter than the last.
    """
    scanned = add_surroundings(draw, slabs, pixel_mm)
    scanned = scanned + beam_hardening(draw, scanned, pixel_mm, shading, brightening)
    scanned = kernel(draw, scanned, pixel_mm)
    scanned = scanned + noise(draw, scanned, noise_hu, pixel_mm)
    scanned = scanned * draw.normal(1.0, 0.02)[:, None, None, None] + draw.normal(0.0, 2.5)[:, None, None, None]
    return field_of_view(draw, scanned, pixel_mm).clamp(-1024, 3071)
