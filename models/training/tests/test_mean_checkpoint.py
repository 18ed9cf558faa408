from __future__ import annotations

import pytest
import torch

from deep_aspects_training.mean_checkpoint import mean_checkpoint


def saved(path, value, size=2):
    torch.save(
        {"average": {"w": torch.full((size,), value), "seen": torch.tensor(7)}, "config": f"{value}", "total_steps": 5},
        path,
    )
    return path


def test_the_mean_weighs_each_checkpoint_by_its_share_and_is_the_first_one_else(tmp_path):
    first, second = saved(tmp_path / "a.pt", 1.0), saved(tmp_path / "b.pt", 5.0)
    mean = mean_checkpoint([(first, 3.0), (second, 1.0)])
    assert mean["average"]["w"].tolist() == [2.0, 2.0] and mean["average"]["seen"] == 7
    assert mean["config"] == "1.0" and mean["total_steps"] == 5


def test_networks_that_differ_and_shares_of_nothing_are_refused(tmp_path):
    first, other = saved(tmp_path / "a.pt", 1.0), saved(tmp_path / "b.pt", 5.0, size=3)
    with pytest.raises(ValueError, match="different networks"):
        mean_checkpoint([(first, 1.0), (other, 1.0)])
    with pytest.raises(ValueError, match="more than 0"):
        mean_checkpoint([(first, 0.0)])
