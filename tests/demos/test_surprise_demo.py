"""The demo of surprise as a boundary: its streams, its scores, and the mechanism on a small stream."""

import importlib
import json
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind import learning

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
object_streams, surprise, boundary_gate, boundary_names = map(
    importlib.import_module, ("object_streams", "surprise", "boundary_gate", "boundary_names")
)
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


def test_questions_are_of_two_moments_of_one_object_and_of_two_that_follow_each_other():
    rng = np.random.default_rng(2)
    streams = object_streams.streams_of(IMAGES, 40, boundary_gate.LESSON, shift=0.5, drift=False, rng=rng)
    asked = boundary_gate.questions(streams, rng)
    number_of = {boundary_gate.moment(number): number for number in range(boundary_gate.LESSON)}
    objects = np.cumsum(streams.first, axis=1)
    for question in range(boundary_gate.QUESTIONS):
        one, other = (
            np.array([objects[row, number_of[name]] for row, name in enumerate(asked[f"{which} {question}"])])
            for which in ("one", "other")
        )
        assert (other - one == (0 if question < boundary_gate.OF_ONE else 1)).all()
        assert asked[f"one {question}"] != asked[f"other {question}"]


def test_a_target_stands_until_the_next_is_clamped():
    new = np.array([[1, 0, 1, 1, 0], [1, 0, 0, 0, 0]], bool)
    assert boundary_names.targets_of(new) == [
        ["target 1.1", "target 1.1", "target 1.2", "target 1.3", "target 1.3"],
        ["target 2.1"] * 5,
    ]
    streams = object_streams.Streams(np.zeros((2, 5, 1)), np.zeros((2, 5), int), new)
    assert boundary_names.after_every(2, streams).tolist() == [[True, False, True, False, True]] * 2


@pytest.mark.slow
def test_the_demo_runs_and_writes_its_figures(tmp_path, capsys):
    few = {"seen": 12, "foreseen": 24, "tested": 16, "lessons": 1, "replayed": 1}
    options = [word for name, value in few.items() for word in (f"--{name}", str(value))]
    assert surprise.main([*options, "--seeds", "2", "--json", str(tmp_path / "figures.json")]) == 0
    assert "called right, the gate" in capsys.readouterr().out
    rows = json.loads((tmp_path / "figures.json").read_text())["rows"]
    for way in ("surprise", "the gate", "true boundaries", "a cut every 10 views"):
        assert all(0 <= value <= 1 for value in rows[f"called right, {way}"]["values"])
    for way in ("surprise", "the gate"):
        assert all(0 <= value <= 1 for value in rows[f"F1 by {way}"]["values"])


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
        (["--lessons", "-1"], "lessons"),
        (["nowhere.zip"], "nowhere.zip"),
    ):
        assert surprise.main(arguments) == 2
        assert told in capsys.readouterr().err
