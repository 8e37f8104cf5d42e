"""Networks in files: altered files, and whether what comes back is the network that was saved."""

from pathlib import Path

import jax
import numpy as np

import attractorbind as ab


def leaves(built: ab.Network) -> list[np.ndarray]:
    shown = (built.all_codes, built.area_parameters, built.synapses, built.drive, built.key_data)
    return [np.asarray(leaf) for leaf in jax.tree.leaves(shown)]


def assert_same(one: ab.Network, other: ab.Network) -> None:
    assert (one.vocabulary, one.wiring, repr(one.rule)) == (other.vocabulary, other.wiring, repr(other.rule))
    assert one.key_kind == other.key_kind
    for before, after in zip(leaves(one), leaves(other), strict=True):
        assert before.dtype == after.dtype
        np.testing.assert_array_equal(before, after)


def mutated(whole: bytes, generator: np.random.Generator) -> bytes:
    """The file with a bit turned, its end cut off, bytes put in or bytes left out."""
    changed = bytearray(whole)
    kind, place = generator.integers(4), int(generator.integers(len(whole)))
    if kind == 0:
        changed[place] ^= 1 << int(generator.integers(8))
    elif kind == 1:
        del changed[place:]
    elif kind == 2:
        changed[place:place] = generator.bytes(int(generator.integers(1, 9)))
    else:
        del changed[place : place + int(generator.integers(1, 99))]
    return bytes(changed)


def assert_refused_or_same(built: ab.Network, whole: bytes, changed: bytes, path: Path) -> bool:
    """Whether it is refused; if it is not, it must be the network."""
    path.write_bytes(changed)
    try:
        loaded = ab.Network.load(path)
    except ab.FileError:
        return True
    assert changed == whole
    assert_same(built, loaded)
    return False
