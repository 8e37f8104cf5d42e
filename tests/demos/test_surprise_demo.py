"""The demo of surprise as a boundary: its streams, its scores, and the mechanism on a small stream."""

import importlib
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import learning

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
object_streams, surprise = map(importlib.import_module, ("object_streams", "surprise"))
SIDE = 4
IMAGES = np.random.default_rng(0).random((6, SIDE, SIDE)).astype(np.float32)


def test_a_pose_of_nothing_shows_the_image_and_a_shift_moves_it():
    np.testing.assert_allclose(object_streams.posed(IMAGES, np.zeros((6, 4)), 1.0).reshape(6, SIDE, SIDE), IMAGES)
    down = object_streams.posed(IMAGES, np.tile([0.0, 0.0, 1.0, 0.0], (6, 1)), 1.0).reshape(6, SIDE, SIDE)
    np.testing.assert_allclose(down[:, :-1], IMAGES[:, 1:], atol=1e-6)
    assert not down[:, -1].any()


@pytest.mark.parametrize("drift", [False, True])
def test_a_stream_shows_an_object_for_five_to_fifteen_views(drift):
    rng = np.random.default_rng(1)
    views, image, first = object_streams.streams_of(IMAGES, 3, 200, shift=0.5, drift=drift, rng=rng)
    assert views.shape == (3, 200, SIDE * SIDE)
    for own, starts in zip(image, first, strict=True):
        begins = np.flatnonzero(starts)
        assert begins[0] == 0
        assert set(np.diff(begins)) <= set(range(5, 16))
        for start, end in zip(begins, [*begins[1:], 200], strict=True):
            assert len(set(own[start:end])) == 1


def test_scores():
    true = np.array([0, 1, 0, 1, 0, 0], bool)
    assert surprise.f1(np.array([0, 1, 1, 0, 0, 0], bool), true) == 0.5
    assert surprise.f1(true, true) == 1
    surprising = np.array([0.2, 1.6, 1.1, 1.3, 0.0, 0.4])
    assert 1.1 <= surprise.best_threshold(surprising, true) < 1.3


def test_surprise_clamps_a_new_target_where_another_thing_is_seen():
    eyes = learning.Hierarchy("eyes", sizes=[8], target="name", rule=learning.Backpropagation())
    names = [f"target {number}" for number in range(8)]
    network = ab.build(
        ab.Vocabulary(names),
        buffers={"target": 64, "name": 64},
        relays=[],
        areas=[eyes, ab.Predictor("cerebellum", reads=[(eyes, 0)], normalised=True)],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    rng, views = np.random.default_rng(0), 90
    starts = np.arange(0, views, 6)
    things = np.eye(8)[:3]
    shown = things[np.repeat(np.arange(len(starts)) % 3, 6)] + 0.1 * rng.random((views, 8))
    see, clamp = ab.see("eyes", write=False), ab.when(ab.surprised("cerebellum"), ab.read("target"))
    begin = see + ab.predict("cerebellum") + ab.read("target")
    program = begin + ab.repeat(views - 1, see + ab.predict("cerebellum") + clamp)
    given = [names[number % len(names)] for number in range(views)]
    trace = ab.run(network, program, inputs=[given], stimuli={"eyes": shown[None]}, record="decoded")
    clamped = boundaries_of(trace)
    # At first it does not know what is usual.
    late = views // 3
    assert np.flatnonzero(clamped[late:]).tolist() == (starts[starts >= late] - late).tolist()
    assert trace.decode()["target"] == [given[int(clamped.sum())]]


def boundaries_of(trace):
    """At which views a new target was clamped, of the only trial."""
    own = trace.forecasts["cerebellum"]
    return np.concatenate([[False], own.chosen[own.stepped[:, 0], 0, 0]])


def test_what_cannot_be_is_told_in_a_sentence(capsys):
    for arguments, told in (
        (["--seeds", "0"], "seeds"),
        (["--shift", "-1"], "shift"),
        (["nowhere.zip"], "nowhere.zip"),
    ):
        assert surprise.main(arguments) == 2
        assert told in capsys.readouterr().err
