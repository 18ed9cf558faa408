"""Losses. Logits and targets: anatomy [B, 12, H, W] and [B, H, W] class ids; infarct [B, 1, H, W] and [B, H, W] 0/1."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from .generator.real_slices import UNKNOWN

#: Signed distances are measured up to here, pixels.
DISTANCE_PIXELS = 16
#: Most that a small infarct's pixels count more than those of a large one.
SMALL_AT_MOST = 4.0


@dataclass(frozen=True)
class LossSettings:
    """Weights of the terms. `paper` of the configuration files is focal 3, boundary 1, dice 1.

    sample_dice: of the Dice of single slices; slices without infarct are left out of it, so that false infarct on
    them costs next to nothing. small_below: part of the slice's pixels; above 0 the cross-entropy of infarct pixels
    grows with the square root of how much smaller than this the slice's infarct is, up to SMALL_AT_MOST times: a
    caudate has a twentieth of the pixels of a territory and would not be learnt. class_weights: of the classes of a
    network that sees the stack; confusion_weight: how much more a pixel of one class counts against the others.
    """

    cross_entropy: float = 1.0
    dice: float = 1.0
    focal: float = 0.0
    boundary: float = 0.0
    sample_dice: float = 0.0
    positive_weight: float = 1.0
    small_below: float = 0.0
    class_weights: tuple[float, ...] = (1.0, 0.5, 0.5)
    confusion_weight: float = 1.0


def probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Foreground probabilities: all classes for several outputs, the single one for one output."""
    return logits.sigmoid() if logits.shape[1] == 1 else logits.softmax(1)


def one_hot(target: torch.Tensor, classes: int) -> torch.Tensor:
    if classes == 1:
        return target[:, None].float()
    return F.one_hot(target.long(), classes).movedim(-1, 1).float()


def dice_loss(probability: torch.Tensor, truth: torch.Tensor, per_sample: bool = False) -> torch.Tensor:
    """1 - soft Dice over the batch, a class at a time, of the classes that occur; background of several
    classes left out."""
    if truth.shape[1] > 1:
        probability, truth = probability[:, 1:], truth[:, 1:]
    axes = (2, 3) if per_sample else (0, 2, 3)
    overlap = (probability * truth).sum(axes)
    total = probability.sum(axes) + truth.sum(axes)
    occurs = (truth.sum(axes) > 0).float()
    loss = 1 - (2 * overlap + 1) / (total + 1)
    return (loss * occurs).sum() / occurs.sum().clamp(min=1)


def focal_loss(logits: torch.Tensor, target: torch.Tensor, gamma: float = 2.0) -> torch.Tensor:
    if logits.shape[1] == 1:
        entropy = F.binary_cross_entropy_with_logits(logits[:, 0], target.float(), reduction="none")
    else:
        entropy = F.cross_entropy(logits, target.long(), reduction="none")
    return ((1 - torch.exp(-entropy)) ** gamma * entropy).mean()


def infarct_entropy(
    logits: torch.Tensor, target: torch.Tensor, positive_weight: float, small_below: float
) -> torch.Tensor:
    """Cross-entropy of one output, with the weights of infarct pixels that `LossSettings` describes."""
    truth = target.float()
    weight = torch.full((len(truth), 1, 1), positive_weight, device=logits.device)
    if small_below:
        share = truth.mean((1, 2), keepdim=True).clamp(min=1e-6)
        weight = weight * (small_below / share).sqrt().clamp(1.0, SMALL_AT_MOST)
    return F.binary_cross_entropy_with_logits(logits[:, 0], truth, pos_weight=weight)


def signed_distance(truth: torch.Tensor) -> torch.Tensor:
    """Distance [B, C, H, W] in pixels to each mask's border, negative inside, up to DISTANCE_PIXELS (by
    repeated dilation)."""

    def outside(mask: torch.Tensor) -> torch.Tensor:
        distance = torch.zeros_like(mask)
        reached = mask
        for _ in range(DISTANCE_PIXELS):
            distance = distance + (1 - reached)
            reached = F.max_pool2d(reached, 3, 1, 1)
        return distance

    return outside(truth) - outside(1 - truth)


def boundary_loss(probability: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Kervadec's boundary loss, scaled to the range of the distances."""
    if truth.shape[1] > 1:
        probability, truth = probability[:, 1:], truth[:, 1:]
    return (probability * signed_distance(truth)).mean() / DISTANCE_PIXELS


def total_loss(logits: torch.Tensor, target: torch.Tensor, settings: LossSettings) -> torch.Tensor:
    probability = probabilities(logits)
    truth = one_hot(target, logits.shape[1])
    loss = logits.new_zeros(())
    if settings.cross_entropy:
        if logits.shape[1] == 1:
            entropy = infarct_entropy(logits, target, settings.positive_weight, settings.small_below)
        else:
            entropy = F.cross_entropy(logits, target.long())
        loss = loss + settings.cross_entropy * entropy
    if settings.dice:
        loss = loss + settings.dice * dice_loss(probability, truth)
    if settings.sample_dice:
        loss = loss + settings.sample_dice * dice_loss(probability, truth, per_sample=True)
    if settings.focal:
        loss = loss + settings.focal * focal_loss(logits, target)
    if settings.boundary:
        loss = loss + settings.boundary * boundary_loss(probability, truth)
    return loss


def stack_loss(logits: torch.Tensor, truth: torch.Tensor, settings: LossSettings) -> torch.Tensor:
    """Logits [B, S, classes, H, W] of independent classes and truth [B, S, H, W] (0 none, class k's pixels k + 1,
    UNKNOWN nothing is learnt from): cross-entropy and pooled Dice of each class. A class' pixels weigh more where the
    stack shows little of it, as `LossSettings` says of slices."""
    weights = torch.tensor(settings.class_weights, device=logits.device)
    known = (truth != UNKNOWN)[:, :, None]
    target = (
        F.one_hot(torch.where(truth == UNKNOWN, 0, truth).long(), logits.shape[2] + 1)[..., 1:].movedim(-1, 2).float()
    )
    share = target.mean((1, 3, 4), keepdim=True).clamp(min=1e-6)
    positive = torch.full_like(share, settings.positive_weight)
    if settings.small_below:
        positive = positive * (settings.small_below / share).sqrt().clamp(1.0, SMALL_AT_MOST)
    others = target.sum(2, keepdim=True) - target
    counted = known * (1 + (settings.confusion_weight - 1) * others)
    entropy = F.binary_cross_entropy_with_logits(logits, target, counted, pos_weight=positive, reduction="none")
    entropy = entropy.mean((0, 1, 3, 4))
    probability = logits.sigmoid() * known
    overlap, total = (probability * target).sum((0, 1, 3, 4)), (probability + target).sum((0, 1, 3, 4))
    occurs = target.amax((0, 1, 3, 4))
    dice = (1 - (2 * overlap + 1) / (total + 1)) * occurs
    return (weights * (settings.cross_entropy * entropy + settings.dice * dice)).sum()
