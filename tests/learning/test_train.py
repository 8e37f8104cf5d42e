"""Training inside a network: its history, its checkpoints, and what it says when something goes wrong."""

import builtins
import os
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import learners
import numpy as np
import pytest
from files import is_refused, unsealed, wrongly_kept
from learners import SYMBOLS, assert_same, hierarchy, images

import attractorbind as ab
from attractorbind import _checkpoint, _on_disk, learning
from attractorbind._sealed import write_sealed

LESSON = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + ab.learn("eyes")
EXAMPLES, BATCH = 10, 4
NAMES = [SYMBOLS[number % 4] for number in range(EXAMPLES)]


@pytest.fixture(scope="module")
def network() -> ab.Network:
    # A rule that draws, and an optimiser that counts: both must go on after a break.
    eyes = hierarchy(learning.NodePerturbation(draws=8), optimiser=learning.Adam(0.02, updates=20))
    return learners.network(eyes)


def train(network: ab.Network, epochs: int = 2, **changes: Any) -> ab.Trained:
    usual: dict[str, Any] = {
        "stimuli": images(EXAMPLES),
        "args": {"name": NAMES},
        "batch": BATCH,
        "key": jax.random.key(1),
        "progress": False,
    }
    return ab.train(network, LESSON, epochs=epochs, **{**usual, **changes})


def assert_same_training(found: ab.Trained, expected: ab.Trained) -> None:
    assert_same(found.state, expected.state)
    for own, other in zip(found.history, expected.history, strict=True):
        np.testing.assert_array_equal(own, other)


# What it gives.


def test_its_history_has_a_row_for_every_batch_and_every_epoch(network):
    trained = train(network, 3)
    # Two examples of ten fill no batch.
    assert trained.history.loss.shape == trained.history.accuracy.shape == (6,)
    assert trained.history.cosine.shape == (3, 2)
    assert np.abs(trained.history.cosine).max() <= 1
    assert ((trained.history.accuracy * BATCH) % 1 == 0).all()
    assert trained.state.trials == 1
    assert trained.state["eyes"].learned.value.updates == 6
    assert not np.asarray(trained.state["focus"]).any()


def test_the_first_loss_is_that_of_the_first_batch_before_anything_is_learned(network):
    trained = train(network, 1, batch=EXAMPLES)
    layers = network.silent()["eyes"].learned.value.layers
    targets = jnp.asarray(network.codes("focus"), jnp.float32)[np.arange(EXAMPLES) % 4]
    outputs = np.asarray(layers.forward(jnp.asarray(images(EXAMPLES))).rates[-1], float)
    loss = -np.sum(np.where(np.asarray(targets) > 0, np.log(outputs), np.log(1 - outputs)), axis=1)
    np.testing.assert_allclose(trained.history.loss, [loss.mean()], rtol=1e-5)


def test_it_learns_what_the_program_teaches():
    built = learners.network(hierarchy(learning.Backpropagation(), optimiser=learning.Adam(0.03)))
    trained = train(built, 60)
    assert trained.history.loss[-4:].mean() < 0.2 * trained.history.loss[:4].mean()
    assert (trained.history.accuracy[-4:] == 1).all()
    assert trained.history.cosine == pytest.approx(1, abs=1e-5)
    seen = ab.run(built, ab.see("eyes"), trained.state, stimuli={"eyes": images(EXAMPLES)})
    assert seen.decode()["focus"] == NAMES


def test_the_same_call_gives_the_same_and_another_key_something_else(network):
    first = train(network)
    assert_same_training(train(network), first)
    assert not np.array_equal(train(network, key=jax.random.key(2)).history.loss, first.history.loss)


def test_it_goes_on_from_a_state(network):
    start = train(network).state
    trained = train(network, state=start)
    assert trained.state["eyes"].learned.value.updates == 8
    assert trained.history.loss.mean() < train(network).history.loss.mean()


def test_an_augmentation_shows_other_stimuli(network):
    def negative(shown: Any, key: Any) -> Any:
        return -shown

    augmented = train(network, augment=negative)
    assert_same_training(augmented, train(network, stimuli=-images(EXAMPLES)))


RETURNED = {
    "too few": (lambda shown, key: shown[:1], r"an array of shape \(1, 6\) for inputs of shape \(4, 6\)"),
    "nothing": (lambda shown, key: None, r"augment returned None for inputs of shape \(4, 6\); return as many"),
}


@pytest.mark.parametrize("returned", list(RETURNED))
def test_an_augmentation_that_returns_something_else_is_an_error(network, returned):
    augment, message = RETURNED[returned]
    with pytest.raises(ab.ArgumentError, match=message):
        train(network, augment=augment)
    eyes = hierarchy(learning.Backpropagation())
    with pytest.raises(ab.ArgumentError, match=message):
        learning.fit(eyes, images(), np.eye(4), epochs=1, batch=4, key=jax.random.key(0), augment=augment)


def test_a_hierarchy_may_be_named_where_there_are_several():
    eyes = learning.Hierarchy("ears", sizes=[6], target="agent", rule=learning.Backpropagation())
    built = learners.network(hierarchy(learning.Backpropagation()), eyes)
    named = train(built, hierarchy="eyes")
    assert named.history.cosine.shape == (2, 2)
    assert named.state["ears"].learned.value.updates == 0
    with pytest.raises(ab.ArgumentError, match="several hierarchies; name one of 'eyes', 'ears' by hierarchy="):
        train(built)


# Checkpoints.


def test_after_a_break_it_comes_to_the_same_bit_for_bit(network, tmp_path):
    whole, file = train(network, 4), tmp_path / "checkpoint"
    part = train(network, 2, checkpoint=file)
    np.testing.assert_array_equal(part.history.loss, whole.history.loss[:4])
    assert_same_training(train(network, 4, checkpoint=file), whole)
    # There is nothing left to do.
    before = file.read_bytes()
    assert_same_training(train(network, 4, checkpoint=str(file)), whole)
    assert file.read_bytes() == before


OTHERS: dict[str, dict[str, Any]] = {
    "stimuli": {"stimuli": -images(EXAMPLES)},
    "symbols": {"args": {"name": NAMES[::-1]}},
    "batch": {"batch": 5},
    "key": {"key": jax.random.key(7)},
}


@pytest.fixture
def checkpoint(network, tmp_path) -> Path:
    train(network, 1, checkpoint=tmp_path / "checkpoint")
    return tmp_path / "checkpoint"


@pytest.mark.parametrize("other", list(OTHERS))
def test_a_checkpoint_of_other_training_is_an_error(network, checkpoint, other):
    before = checkpoint.read_bytes()
    with pytest.raises(ab.FileError, match="of another network, program, start, data set"):
        train(network, 2, checkpoint=checkpoint, **OTHERS[other])
    assert checkpoint.read_bytes() == before


def test_a_checkpoint_of_another_rate_is_an_error(checkpoint):
    eyes = hierarchy(learning.NodePerturbation(draws=8), optimiser=learning.Adam(0.03, updates=20))
    with pytest.raises(ab.FileError, match="other training"):
        train(learners.network(eyes), checkpoint=checkpoint)


def test_fewer_epochs_than_a_checkpoint_has_come_to_are_an_error(network, tmp_path):
    train(network, 2, checkpoint=tmp_path / "checkpoint")
    with pytest.raises(ab.ArgumentError, match="epochs is 1, and the checkpoint has come to 2; give as many at least"):
        train(network, 1, checkpoint=tmp_path / "checkpoint")


DAMAGED = {
    "empty": (lambda whole: b"", "is no checkpoint of attractorbind's"),
    "another file": (lambda whole: b"something else", "is no checkpoint of attractorbind's"),
    "truncated": (lambda whole: whole[:-7], "is truncated"),
    "hardly begun": (lambda whole: whole[:30], "is no checkpoint of attractorbind's"),
    "altered": (lambda whole: whole[:200] + bytes([whole[200] ^ 1]) + whole[201:], "was altered"),
    "longer": (lambda whole: whole + b"more", "was altered"),
}


@pytest.mark.parametrize("damage", list(DAMAGED))
def test_a_damaged_checkpoint_is_an_error(network, checkpoint, damage):
    damaged, message = DAMAGED[damage]
    checkpoint.write_bytes(damaged(checkpoint.read_bytes()))
    with pytest.raises(ab.FileError, match=message):
        train(network, 2, checkpoint=checkpoint)


def test_arrays_of_a_checkpoint_that_do_not_fit_are_refused_behind_a_right_checksum(network, checkpoint):
    description, arrays = unsealed(checkpoint, _checkpoint._FORMAT)
    reached = {name: array for name, array in arrays.items() if name.startswith("reached")}
    history = {name: array for name, array in arrays.items() if name not in reached}
    taken = []
    for change, changed in list(wrongly_kept(reached))[::5]:
        write_sealed(checkpoint, _checkpoint._FORMAT, description, history | changed)
        if not is_refused(lambda: train(network, 2, checkpoint=checkpoint), checkpoint):
            taken.append(change)
    assert taken == []


HISTORIES = {
    "missing": lambda arrays: {name: array for name, array in arrays.items() if name != "history[2]"},
    "complex": lambda arrays: arrays | {"history[0]": arrays["history[0]"].astype(np.complex64)},
    "another length": lambda arrays: arrays | {"history[0]": np.repeat(arrays["history[0]"], 2, axis=0)},
    "one number": lambda arrays: arrays | {"history[0]": np.float32([1])},
}


@pytest.mark.parametrize("history", list(HISTORIES))
def test_a_history_that_is_none_is_an_error(network, checkpoint, history):
    description, arrays = unsealed(checkpoint, _checkpoint._FORMAT)
    write_sealed(checkpoint, _checkpoint._FORMAT, description, HISTORIES[history](arrays))
    with pytest.raises(ab.FileError, match="holds no checkpoint that makes sense"):
        train(network, 2, checkpoint=checkpoint)


@pytest.mark.parametrize(
    "described", [None, [], {}, {"training": None}, {"training": [1]}, "x", {"training": "0" * 64}]
)
def test_a_description_of_other_training_is_an_error(network, checkpoint, described):
    _, arrays = unsealed(checkpoint, _checkpoint._FORMAT)
    write_sealed(checkpoint, _checkpoint._FORMAT, described, arrays)
    with pytest.raises(ab.FileError, match=r"checkpoint that makes sense|of other training") as caught:
        train(network, 2, checkpoint=checkpoint)
    assert len(str(caught.value)) <= 300


def test_a_checkpoint_of_an_older_version_is_an_error(network, checkpoint):
    checkpoint.write_bytes(b"attractorbind training\n" + bytes(100))
    with pytest.raises(ab.FileError, match=r"of an older version, .*; delete it to begin training anew"):
        train(network, 2, checkpoint=checkpoint)


def test_what_is_no_file_is_refused_before_anything_is_trained(network, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "round").symlink_to("round")
    for path, told in (
        (tmp_path, "a directory"),
        (tmp_path / "pipe", "a pipe"),
        (tmp_path / "round", "cannot read"),
        (f"{tmp_path}/new/", "the name of a folder"),
        ("a\0b", "that no file's name can have"),
    ):
        with pytest.raises(ab.FileError, match=told):
            train(network, 2, checkpoint=path)


def test_an_interrupted_write_leaves_the_old_file(network, checkpoint, monkeypatch):
    before = checkpoint.read_bytes()

    def interrupted(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_on_disk.os, "fsync", interrupted)
    with pytest.raises(ab.FileError, match=r"cannot write .*checkpoint.*: No space left on device"):
        train(network, 2, checkpoint=checkpoint)
    monkeypatch.undo()
    assert checkpoint.read_bytes() == before
    assert os.listdir(checkpoint.parent) == ["checkpoint"]
    assert_same_training(train(network, 2, checkpoint=checkpoint), train(network, 2))


@pytest.mark.parametrize("wrong", ["", 3, b""])
def test_what_is_no_name_of_a_file_is_an_error(network, wrong):
    with pytest.raises(ab.FileError, match="give the name of a file"):
        train(network, checkpoint=wrong)


def test_a_checkpoint_in_a_folder_that_is_not_there_is_an_error(network, tmp_path):
    with pytest.raises(ab.FileError, match=r"cannot write .*No such file or directory"):
        train(network, checkpoint=tmp_path / "nowhere" / "checkpoint")


# What goes wrong meanwhile, and what is shown.


def test_a_rate_at_which_it_diverges_is_an_error():
    eyes = hierarchy(learning.Backpropagation(), optimiser=learning.Descent(1e30))
    with pytest.raises(ab.RunError, match=r"numbers that are not finite .* or take a lower rate of the optimiser"):
        train(learners.network(eyes), 3)


def test_an_only_update_that_diverges_is_an_error():
    # It is followed by no loss that would tell.
    eyes = hierarchy(learning.Backpropagation(), activation="tanh", optimiser=learning.Descent(3e38))
    huge = 100 * images(EXAMPLES)
    with pytest.raises(ab.RunError, match="numbers that are not finite"):
        train(learners.network(eyes), 1, batch=EXAMPLES, stimuli=huge)


def test_a_bar_shows_how_it_goes(network, capsys):
    trained = train(network, 2, progress=True)
    assert_same_training(trained, train(network, 2))
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert f"loss={trained.history.loss[2:].mean():.3g}" in shown


def missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """As if a package were not installed."""
    real = builtins.__import__

    def import_(wanted: str, *arguments: Any, **named: Any) -> Any:
        if wanted.partition(".")[0] == name:
            raise ImportError(f"No module named {name!r}")
        return real(wanted, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", import_)


def test_without_tqdm_only_the_bar_is_missing(network, monkeypatch):
    missing(monkeypatch, "tqdm")
    with pytest.raises(ImportError, match=r"pip install 'attractorbind\[learn\]', or progress=False"):
        train(network, progress=True)
    train(network, progress=False)


@pytest.mark.parametrize("optimiser", [learning.Adam, learning.Descent])
def test_without_optax_an_optimiser_says_what_to_install(optimiser, monkeypatch):
    missing(monkeypatch, "optax")
    with pytest.raises(ImportError, match=r"attractorbind.learning needs optax; pip install 'attractorbind\[learn\]'"):
        optimiser()
