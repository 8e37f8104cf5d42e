"""Pictures of maps, autocorrelograms and scores show what they are given."""

import matplotlib.pyplot as plt
import numpy as np

from attractorbind import spatial
from attractorbind.plotting import plot_autocorrelograms, plot_maps, plot_scores

MAPS = np.random.default_rng(0).random((5, 8, 8))


def test_each_map_is_shown_with_its_score_above():
    axes = plot_maps(MAPS, scores=np.arange(5) / 4, columns=3)
    assert [text.get_text() for text in axes.texts] == ["0.00", "0.25", "0.50", "0.75", "1.00"]
    for image, one in zip(axes.images, MAPS, strict=True):
        # The first coordinate goes to the right, the second one up.
        np.testing.assert_allclose(image.get_array(), one.T, rtol=1e-6)
    corners = [image.get_extent()[::2] for image in axes.images]
    assert corners[3][0] == corners[0][0]
    assert corners[3][1] < corners[0][1]
    # All of them are within the axes.
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    for image in axes.images:
        own = image.get_extent()
        assert left <= own[0] < own[1] <= right
        assert low <= own[2] < own[3] <= high


def test_autocorrelograms_have_one_scale():
    own = plt.subplots()[1]
    axes = plot_autocorrelograms(MAPS, axes=own)
    assert axes is own
    assert {image.get_clim() for image in axes.images} == {(-1.0, 1.0)}
    np.testing.assert_allclose(axes.images[4].get_array(), spatial.autocorrelogram(MAPS[4]).T)


def test_scores_are_shown_as_the_share_that_scores_as_much():
    axes = plot_scores({"a": [0.3, -0.1, 0.5, 0.1], "b": [0.2]}, thresholds={"a": [0.2, 0.4, 0.3]})
    line, bound, _ = axes.lines
    assert np.allclose(line.get_xdata(), [-0.1, 0.1, 0.3, 0.5])
    assert np.allclose(line.get_ydata(), [1.0, 0.75, 0.5, 0.25])
    assert np.allclose(bound.get_xdata(), 0.3)
