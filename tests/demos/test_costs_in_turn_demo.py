"""The demo of costs in turn: what it compares, and a small run of it."""

import importlib
import json
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
costs_in_turn, turn_phases, digit_pictures = map(
    importlib.import_module, ("costs_in_turn", "turn_phases", "digit_pictures")
)


def test_nothing_that_is_tested_on_is_learned_from():
    pictures = digit_pictures.read_pictures(None)
    numbered = digit_pictures.Pictures(np.arange(len(pictures.labels))[:, None], *list(vars(pictures).values())[1:])
    train, test = costs_in_turn.divided(numbered, 1)
    chosen_on = costs_in_turn.divided(train, 1)
    assert not set(test.images[:, 0]) & set(train.images[:, 0])
    assert set(chosen_on.train.images[:, 0]) | set(chosen_on.test.images[:, 0]) == set(train.images[:, 0])
    for labelled in costs_in_turn.few(train, 3, 2, seed=0):
        assert set(labelled.images[:, 0]) <= set(train.images[:, 0])
        assert np.bincount(labelled.labels).tolist() == [3] * 10


def test_layers_below_the_output_take_a_part_of_each_step():
    moves = [turn_phases.Fewer(0.1, 10, np.float32(below)).transformation() for below in (1.0, 0.25)]
    layers = (np.ones(2, np.float32), np.ones(3, np.float32))
    whole, part = (each.update((layers, ()), each.init((layers, ())), (layers, ()))[0][0] for each in moves)
    np.testing.assert_allclose(part[0], 0.25 * whole[0], rtol=1e-6)
    np.testing.assert_array_equal(part[1], whole[1])
    assert (np.asarray(jax.tree.leaves(whole)[0]) < 0).all()


@pytest.mark.slow
def test_it_runs_and_tells(tmp_path, capsys):
    figures = tmp_path / "figures.json"
    assert costs_in_turn.main(["--labels", "3", "--epochs", "20", "--draws", "1", "--json", str(figures)]) == 0
    rows = json.loads(figures.read_text())["rows"]
    assert rows["end to end - targets alone"]["3"][0] > 0
    assert rows["local - targets alone"]["3"][0] > 0
    assert "PCA and logistic regression" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--seeds", "0"], "seeds"), (["--labels", "1000"], "1000"), (["--json", "nowhere/a.json"], "nowhere")],
)
def test_what_cannot_be_is_told_in_a_sentence(arguments, told, capsys):
    assert costs_in_turn.main(arguments) == 2
    assert told in capsys.readouterr().err
