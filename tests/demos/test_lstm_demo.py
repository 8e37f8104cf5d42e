"""LSTM networks learn small tasks, by answers and by rewards."""

import importlib
import math
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from attractorbind import tasks

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
lstm = importlib.import_module("lstm")

SETTING = lstm.Setting(hidden=16, rate=0.02, batch=10, window=4)


@pytest.mark.parametrize("teaching", ["answers", "reward"])
def test_it_learns_whether_two_items_match(teaching: str) -> None:
    learned = [tasks.delayed_match(2, 0)] * 2
    found = lstm.train(learned, teaching=teaching, epochs=60, setting=SETTING, key=jax.random.key(0))
    assert None not in found.epochs
    assert found.trials == [100 * epoch for epoch in found.epochs]
    assert found.accuracy == [1.0, 1.0]
    assert all(map(math.isnan, found.held_out))
    assert str(found).startswith("2 of 2 seeds; epochs: median")


def test_what_is_held_out_is_asked_for_after_training() -> None:
    task = tasks.role_filler("novel_fillers", fillers=4, sentences=8, key=jax.random.key(0))
    found = lstm.train([task], teaching="answers", epochs=10, setting=SETTING, key=jax.random.key(0))
    # A word that was never an answer is not guessed.
    assert found.held_out[0] < 0.1 < found.accuracy[0]


def test_state_is_kept_from_window_to_window_and_padding_teaches_nothing() -> None:
    """A whole episode in one window, and the same one cut into windows, are answered alike at a rate of almost 0."""
    task = tasks.one_two_ax(4)
    runs = [
        lstm.train(
            [task],
            teaching="answers",
            epochs=2,
            setting=SETTING._replace(rate=1e-9, window=window),
            key=jax.random.key(0),
            block=2,
        )
        for window in (4, 64)
    ]
    assert runs[0].accuracy == runs[1].accuracy


def test_a_network_is_the_equations_of_its_units() -> None:
    network = lstm.Recurrent(3, 4, 2, key=jax.random.key(0))
    shown = np.eye(3, dtype=np.float32)[[0, 2, 1]]
    _, logits, _ = network((jnp.zeros(4), jnp.zeros(4)), jnp.asarray(shown))
    hidden = memory = np.zeros(4)
    for seen in shown:
        cell = network.cell
        sums = np.asarray(cell.weight_ih) @ seen + np.asarray(cell.weight_hh) @ hidden + np.asarray(cell.bias)
        into, keep, new, out = np.split(sums, 4)
        memory = memory / (1 + np.exp(-keep)) + np.tanh(new) / (1 + np.exp(-into))
        hidden = np.tanh(memory) / (1 + np.exp(-out))
    expected = np.asarray(network.answers.weight) @ hidden + np.asarray(network.answers.bias)
    np.testing.assert_allclose(logits[-1], expected, rtol=1e-5)


def test_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--task", "1-2-AX", "--teaching", "reward", "--seeds", "1", "--epochs", "1", "--hidden", "4"]
    assert lstm.main(arguments) == 0
    assert "1-2-AX, taught by reward: 0 of 1 seeds" in capsys.readouterr().out
