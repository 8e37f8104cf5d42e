"""Networks in files: altered files, and whether what comes back is the network that was saved."""

import copy
import functools
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

import attractorbind as ab
from attractorbind import _files, _sealed, gating, learning
from attractorbind._sealed import Format

NETWORK = _files._FORMAT


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


def unsealed(path: Path, form: Format = NETWORK) -> tuple[Any, dict[str, np.ndarray]]:
    """What a file says, as JSON has it, and its arrays."""
    description, arrays = _sealed.read_sealed(path, form)
    return json.loads(json.dumps(description)), arrays


def forged(path: Path, header: bytes, numbers: bytes, form: Format = NETWORK, **claimed: int) -> None:
    """Write a file with any header behind the checksum, which is right; `claimed` are other lengths than the true."""
    opening = '{{"__metadata__":{{"attractorbind":"{} {}","bytes":"{:016d}","sha256":"'
    length = len(opening.format(form.kind, form.version, 0)) + 64 + len(header)
    opening = opening.format(form.kind, form.version, claimed.get("total", 8 + length + len(numbers)))
    head = claimed.get("length", length).to_bytes(8, "little") + opening.encode()
    checksum = hashlib.sha256(head + header + numbers).hexdigest().encode()
    path.write_bytes(head + checksum + header + numbers)


# What each value of a description is replaced by, in turn.
WRONG: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 7, 10**6, 2**70, 0.5, 1e30, float("nan"), float("inf")),
    *("", "x", "a\0", "1" * 500, [], {}, [[]], {"x": 1}),
)


def wrongly_described(description: Any) -> Iterator[tuple[str, Any]]:
    """Every description with one value replaced by a wrong one, left out, or there twice, and what was done."""
    for place in _places(description):
        for wrong in WRONG:
            yield (
                f"{place} = {wrong!r}",
                _changed(description, place, lambda holder, key, new=wrong: _put(holder, key, new)),
            )
        if place:
            yield f"{place} left out", _changed(description, place, lambda holder, key: holder.pop(key))
            yield f"{place} twice", _changed(description, place, _doubled)


def _places(tree: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    if isinstance(tree, dict | list):
        for key in tree if isinstance(tree, dict) else range(len(tree)):
            yield from _places(tree[key], (*place, key))


def _changed(tree: Any, place: tuple[Any, ...], change: Callable[[Any, Any], Any]) -> Any:
    holder = whole = [copy.deepcopy(tree)]
    key: Any = 0
    for following in place:
        holder, key = holder[key], following
    change(holder, key)
    return whole[0]


def _put(holder: Any, key: Any, new: Any) -> None:
    holder[key] = copy.deepcopy(new)


def _doubled(holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    else:
        holder[f"{key}x"] = holder[key]


def wrongly_kept(arrays: dict[str, np.ndarray]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """The arrays with one of another type or shape, with a number that is none, or missing; and with one too many."""
    for name, array in arrays.items():
        # What every other type makes of it; a type of its own changes nothing.
        for dtype in {np.dtype(each) for each in ("?", "i4", "f2", "c8")} - {array.dtype}:
            with np.errstate(over="ignore"):
                yield f"{name} as {dtype}", arrays | {name: array.real.astype(dtype)}
        for told, other in (("longer", [array, array]), ("one more axis", array[None]), ("empty", array[None][:0])):
            changed = np.concatenate([np.atleast_1d(each) for each in other]) if told == "longer" else other
            yield f"{name} {told}", arrays | {name: changed}
        if array.dtype.kind == "f" and array.size:
            for wrong in (np.nan, np.inf, -np.inf):
                changed = array.copy()
                changed.reshape(-1)[-1] = wrong
                yield f"{name} with {wrong}", arrays | {name: changed}
        yield f"{name} missing", {other: kept for other, kept in arrays.items() if other != name}


KINDS = ("memory", "nuclei", "hierarchy", "basal ganglia", "ensembles", "factors", "lesion")


@functools.cache
def kinds_of_networks() -> dict[str, ab.Network]:
    """Networks with all that files may hold: every area, rules of single relays, factors, and synapses of all forms."""
    names, options = ["s0", "s1", "s2"], {"activity": 0.15, "rule": ab.PseudoInverse(), "key": jax.random.key(0)}
    small = {"buffers": {"a": 40, "b": 40}, **options}
    eyes = learning.Hierarchy("eyes", sizes=[4, 6], target="a", rule=learning.FeedbackAlignment())
    reads = ["a", gating.Conjunction("a", "b", units=8)]
    built = {
        "memory": ab.build(ab.Vocabulary(names), areas=[ab.SnapshotMemory("m", units=64, capacity=4)], free=2, **small),
        "nuclei": ab.build(ab.Vocabulary(names), relay="nucleus", latch="loop", **small),
        "hierarchy": ab.build(ab.Vocabulary(names), areas=[eyes], relays=[("a", "b")], **small),
        "basal ganglia": ab.build(
            ab.Vocabulary(names), areas=[gating.BasalGanglia("g", reads=reads, gates=["x"])], **small
        ),
        "ensembles": ab.build(
            ab.Vocabulary(names, spare=2), areas=[ab.Ensembles("e")], rules={"a->b": ab.Hebbian()}, **small
        ),
        "factors": ab.build(ab.Vocabulary(names), **options | {"buffers": {"a": 256, "b": 256}}),
    }
    lost = ab.lesion(built["nuclei"], synapses=0.1, units=0.1, key=jax.random.key(1))
    return built | {"lesion": lost}


def assert_works(built: ab.Network) -> None:
    """It runs, tells of itself, and can be saved again; a few words, and no numbers that are none."""
    first, second = list(built.buffers)[:2]
    program = ab.load(first, built.vocabulary.names[0]) + ab.gates(open=[f"{first}->{second}"]) + ab.hold(1)
    trace = ab.run(built, program, throw=False)
    for leaf in jax.tree.leaves(trace.state):
        assert not np.issubdtype(leaf.dtype, np.inexact) or np.isfinite(np.asarray(leaf)).all()
    assert built.report().projections
    assert built.graph.number_of_nodes()
    assert built._repr_html_()


def is_refused(call: Callable[[], Any], path: Path) -> bool:
    """Whether a call refuses the file, in a sentence that names it."""
    try:
        call()
    except ab.FileError as error:
        text = str(error)
    else:
        return False
    assert repr(str(path)) in text
    assert len(text) <= 300
    return True


def assert_refused_or_works(built: ab.Network, path: Path) -> None:
    """A file is refused in a sentence, or makes a network that works; `built` is what was saved before it changed."""
    loaded: list[ab.Network] = []
    if not is_refused(lambda: loaded.append(ab.Network.load(path)), path) and not eqx.tree_equal(loaded[0], built):
        assert_works(loaded[0])
        loaded[0].save(path)
