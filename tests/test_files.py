"""Networks in files: the same after as before, or an error that says what is wrong."""

import hashlib
import os
import pickle
from pathlib import Path

import jax
import numpy as np
import pytest
from examples import CONFIGURATIONS, MEMORIES, network
from files import assert_refused_or_same, assert_same, mutated

import attractorbind as ab
from attractorbind import _files


@pytest.mark.parametrize("configuration", [*CONFIGURATIONS, *MEMORIES])
def test_a_network_comes_back_bit_for_bit(configuration: str, tmp_path: Path):
    built = network(configuration)
    built.save(tmp_path / "it")
    assert_same(built, ab.Network.load(tmp_path / "it"))
    # Whatever was there is replaced, and nothing else is left behind.
    network("all, direct").save(str(tmp_path / "it"))
    assert_same(network("all, direct"), ab.Network.load(str(tmp_path / "it")))
    assert os.listdir(tmp_path) == ["it"]


def test_it_runs_and_learns_on(tmp_path: Path):
    built = network("memory")
    built.save(tmp_path / "it")
    loaded = ab.Network.load(tmp_path / "it")
    program = ab.load("a", "s1") + ab.copy("a", "b") + ab.store("m", ["a", "b"])
    state = ab.run(built, program).state
    again = ab.run(loaded, program.compile(built)).state
    assert jax.tree.all(jax.tree.map(lambda one, other: bool((one == other).all()), state, again))
    assert_same(ab.imprint(built, ["new"]), ab.imprint(loaded, ["new"]))


class Own(ab.Hebbian):
    """A rule of the user's own."""


def test_a_rule_of_ones_own_is_given_again(tmp_path: Path):
    built = ab.build(
        ab.Vocabulary(["dog", "cat"]), buffers={"a": 64}, activity=0.1, rule=Own(), key=jax.random.key(0), free=1
    )
    built.save(tmp_path / "it")
    with pytest.raises(ab.FileError, match=r"learning rule 'Own'.*give it as rule=Own"):
        ab.Network.load(tmp_path / "it")
    with pytest.raises(ab.FileError, match="learning rule 'Own'"):
        ab.Network.load(tmp_path / "it", rule=ab.Hebbian())
    assert_same(built, ab.Network.load(tmp_path / "it", rule=Own()))


def resealed(payload: bytes) -> bytes:
    """An envelope with the right checksum around whatever payload."""
    return b"ATTRBIND" + len(payload).to_bytes(8, "little") + hashlib.sha256(payload).digest() + payload


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path):
    path = tmp_path / "it"
    network("memory").save(path)
    whole = path.read_bytes()
    head = 48

    def told(content: bytes) -> str:
        path.write_bytes(content)
        with pytest.raises(ab.FileError) as caught:
            ab.Network.load(path)
        assert repr(str(path)) in str(caught.value)
        return str(caught.value)

    for foreign in (b"", b"hello", b"PK\x03\x04" * 20, pickle.dumps({"a": 1}), b"\x93NUMPY", whole[1:]):
        assert "is no network of attractorbind's" in told(foreign)
    for length in (4, 12, 40, head, len(whole) // 2, len(whole) - 1):
        assert "truncated" in told(whole[:length])
    for place in (20, head, head + 20, len(whole) // 2, len(whole) - 1):
        assert "altered" in told(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert "altered" in told(whole + b"x")
    payload = whole[head:]
    assert "newer: its format is version 3" in told(resealed(payload.replace(b'"version": 2', b'"version": 3')))
    # Sealed anew around nonsense, by whoever that was.
    for nonsense in (
        b"",
        payload[:200],
        payload.replace(b'"units": 40', b'"units": 41'),
        payload.replace(b'"vocabulary"', b'"vocabulari"'),
        payload.replace(b"NUMPY", b"NUMPI"),
        payload.replace(b"'|b1'", b"'|O1'"),
        payload[:-300],
    ):
        assert "no network that makes sense" in told(resealed(nonsense))


def test_paths(tmp_path: Path):
    built = network("all, direct")
    with pytest.raises(ab.FileError, match=r"cannot read .*No such file"):
        ab.Network.load(tmp_path / "none")
    with pytest.raises(ab.FileError, match=r"cannot read .*directory"):
        ab.Network.load(tmp_path)
    with pytest.raises(ab.FileError, match=r"cannot write .*No such file"):
        built.save(tmp_path / "none" / "it")
    with pytest.raises(ab.FileError, match="cannot write"):
        built.save(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_write_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "it"
    network("all, direct").save(path)

    def interrupted(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_files.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        network("memory").save(path)
    monkeypatch.undo()
    assert_same(network("all, direct"), ab.Network.load(path))
    assert os.listdir(tmp_path) == ["it"]


def test_mutated_files_are_refused_or_the_same(tmp_path: Path):
    path = tmp_path / "it"
    built = network("all, direct")
    built.save(path)
    whole = path.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(200):
        assert_refused_or_same(built, whole, mutated(whole, generator), path)
