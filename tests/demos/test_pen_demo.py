"""The demos of drawing and of a pen that is felt late: their parts, and the mechanism with one pen."""

import importlib
import json
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
delayed_pen, drawn_images, drawing, pen = map(
    importlib.import_module, ("delayed_pen", "drawn_images", "drawing", "pen")
)
PEN = np.array([[1.0, 0.2], [-0.15, 0.9]])
PATH = delayed_pen.drawn_path(300, np.random.default_rng(1))


@pytest.fixture(scope="module")
def foresight():
    return delayed_pen.babbled(jnp.asarray(PEN, jnp.float32), 1000, jax.random.key(0))


def error(foresight, distance, velocity, *, delay, foresees):
    gains = delayed_pen.Gains(jnp.float32(distance), jnp.float32(velocity))
    given = jnp.asarray(PEN, jnp.float32), foresight, jnp.asarray(PATH, jnp.float32), gains, jax.random.key(2)
    return float(delayed_pen.followed(*given, delay=delay, foresees=foresees))


def in_loops(weights, distance, velocity, *, delay, foresees):
    """What `followed` does, with what the model has learned as maps: of what goes on, and of commands."""
    keys = jax.random.split(jax.random.key(2), len(PATH) - 1)
    places, commands, moving, squares = [PATH[0]] * (delay + 2), [np.zeros(2)] * delay, np.zeros(2), []
    for tick, key in enumerate(keys):
        felt, last = places[-1 - delay], places[-1 - delay] - places[-2 - delay]
        target = PATH[tick + 1]
        if foresees:
            for command in commands[len(commands) - delay :]:
                given = np.append(1.0, command)
                last = sum(own * (np.append(last, 1.0) @ each) for own, each in zip(given, weights, strict=True))
                felt = felt + last
        else:
            target = PATH[max(tick - delay, 0)]
        command = np.clip(distance * (target - felt) + velocity * (PATH[tick + 1] - PATH[tick]), -1.5, 1.5)
        moving = 0.5 * moving + 0.5 * command @ PEN
        places.append(places[-1] + moving + 0.005 * np.asarray(jax.random.normal(key, (2,))))
        commands.append(command)
        squares.append(np.sum((places[-1] - PATH[tick + 1]) ** 2))
    return np.sqrt(np.mean(squares[100:]))


def test_a_path_is_followed_as_in_loops(foresight):
    weights = np.asarray(foresight.weights[0], float)
    for foresees in (True, False):
        gains = (0.6, 0.3) if foresees else (0.2, 1.1)
        own = error(foresight, *gains, delay=3, foresees=foresees)
        np.testing.assert_allclose(own, in_loops(weights, *gains, delay=3, foresees=foresees), rtol=1e-2)


def test_it_learns_by_babbling_what_commands_do(foresight):
    right = np.zeros((3, 3, 2))
    right[0, :2] = 0.5 * np.eye(2)
    right[1:, 2] = 0.5 * PEN
    np.testing.assert_allclose(foresight.weights[0], right, atol=0.02)


def test_a_forward_model_keeps_a_pen_on_its_path_that_is_felt_late(foresight):
    with_it = min(error(foresight, own, 0.0, delay=5, foresees=True) for own in (0.55, 1.0, 1.3))
    without = [error(foresight, *own, delay=5, foresees=False) for own in ((0.1, 1.0), (0.2, 1.0), (0.2, 1.1))]
    assert with_it < 0.4 * min(without)
    # At the gains that are good with it, the pen swings ever further without it.
    assert error(foresight, 1.0, 0.0, delay=5, foresees=False) > 5 * min(without)


def test_images_to_be_drawn_are_none_that_are_learned_from():
    images = drawn_images.labelled(None, 8, 3, tuning=False)
    assert len(images.shown) + len(images.new) == 1797
    assert not {image.tobytes() for image in images.shown} & {image.tobytes() for image in images.new}
    assert set(images.new_as) == {str(digit) for digit in range(10)}
    chosen_by = drawn_images.labelled(None, 8, 3, tuning=True)
    assert not {image.tobytes() for image in chosen_by.new} & {image.tobytes() for image in images.new}
    assert drawn_images.labelled(None, 16, 3, tuning=False).new.shape == (360, 256)


@pytest.mark.parametrize(
    ("demo", "arguments"),
    [
        (drawing, ["--seeds", "0"]),
        (drawing, ["--json", "nowhere/a.json"]),
        (drawing, ["nowhere.zip"]),
        (pen, ["--delays", "-1"]),
        (pen, ["--json", "nowhere/a.json"]),
    ],
)
def test_wrong_arguments_are_told_in_a_line(demo, arguments, capsys):
    assert demo.main(arguments) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"{demo.__name__}: ")
    assert told.count("\n") == 1


@pytest.mark.slow
def test_a_hand_draws_digits_that_it_has_not_seen(tmp_path):
    figures = tmp_path / "figures.json"
    assert drawing.main(["--json", str(figures), "--picture", str(tmp_path / "picture.png")]) == 0
    rows = json.loads(figures.read_text())["rows"]
    assert rows["drawings less images"]["mean"] > -2
    assert rows["drawings nearer to the image"]["mean"] >= 95
    assert rows["written: named so by the eyes"]["mean"] >= 95
