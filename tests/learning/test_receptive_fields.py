"""Receptive fields: every unit of a sheet sees a window of the sheet below, around its own place."""

import jax
import numpy as np
import pytest

from attractorbind import learning
from attractorbind.learning import receptive_field_mask

CASES = [(9, 4, 2), (16, 16, 3), (36, 9, 3), (4, 25, 1), (25, 4, 5), (49, 16, 2), (1, 4, 1)]


def seen(below: int, above: int, width: int) -> np.ndarray:
    """By loops over the places of both sheets."""
    side_below, side_above = int(below**0.5), int(above**0.5)
    mask = np.zeros((below, above))
    for row in range(side_above):
        for column in range(side_above):
            starts = []
            for place in (row, column):
                middle = (place + 0.5) * side_below / side_above
                starts.append(min(max(round(middle - width / 2), 0), side_below - width))
            for down in range(width):
                for along in range(width):
                    source = (starts[0] + down) * side_below + starts[1] + along
                    mask[source, row * side_above + column] = 1
    return mask


@pytest.mark.parametrize(("below", "above", "width"), CASES)
def test_a_mask_is_what_loops_over_both_sheets_give(below, above, width):
    mask = receptive_field_mask(below, above, width)
    np.testing.assert_array_equal(mask, seen(below, above, width))
    assert (mask.sum(axis=0) == width**2).all()


def test_the_whole_sheet_is_a_window_too():
    assert receptive_field_mask(9, 16, 3).all()


def test_first_weights_are_as_large_as_the_number_of_units_that_are_seen_asks_for():
    eyes = learning.Hierarchy(
        "eyes", sizes=[400, 100], target="focus", rule=learning.Backpropagation(), receptive_fields=[4, None]
    )
    drawn = eyes.drawn(36, key=jax.random.key(0))
    weights, mask = np.asarray(drawn.layers.layers[0].weights), np.asarray(drawn.layers.masks[0])
    assert (weights[mask == 0] == 0).all()
    assert weights[mask == 1].std() == pytest.approx(1 / 4, rel=0.1)
    assert drawn.layers.masks[1] is None
    assert np.asarray(drawn.layers.layers[1].weights).std() == pytest.approx(1 / 10, rel=0.1)
