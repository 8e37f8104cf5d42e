"""Proportions: counts of what was right, with their intervals."""

import math

import numpy as np
import pytest

import attractorbind as ab


@pytest.mark.parametrize(("right", "trials"), [(0, 7), (7, 7), (3, 7), (45, 50), (1, 1000)])
def test_intervals_are_wilsons(right, trials):
    # The ends are where the true share would be 1.96 standard errors away.
    z, share = 1.959963984540054, right / trials
    middle, reach = share + z**2 / (2 * trials), z * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    expected = [(middle + sign * reach) / (1 + z**2 / trials) for sign in (-1, 1)]
    found = ab.Proportion(np.array([[right]]), trials)
    assert found.fraction == share
    np.testing.assert_allclose([end.item() for end in found.interval], np.clip(expected, 0, 1), atol=1e-12)


def test_proportions_of_several_cells():
    found = ab.Proportion(np.array([[5, 4], [5, 5]]), 5)
    low, high = found.interval
    assert low.shape == high.shape == (2, 2)
    assert (low <= found.fraction).all()
    assert (found.fraction <= high).all()
    assert not found.all_right
    assert found[1].all_right
    assert str(found) == "19 of 20 right in 4 cells"
    assert str(found[0, 1]) == "0.800 [0.376, 0.964]"


@pytest.mark.parametrize(("right", "trials"), [(np.array([4]), 3), (np.array([-1]), 3), (np.array([0]), 0)])
def test_proportions_are_of_counts(right, trials):
    with pytest.raises(ab.ArgumentError, match=r"right is|trials is"):
        ab.Proportion(right, trials)
