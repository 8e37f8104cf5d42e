"""Networks in files: a fixed envelope with a checksum, a description in JSON, and arrays as plain numbers.

    magic (8 bytes) | length of the payload (8, little-endian) | SHA-256 of the payload (32) | payload

The payload is the length of the description (8), the description, and the arrays one after another, each as
`numpy.save` writes it. Nothing in a file is ever run: arrays are read without pickle, and names of rules are looked up
in a table.
"""

import dataclasses
import hashlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from attractorbind._area.base import AbstractArea
from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._errors import FileError
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.dual import MaximalStability, PseudoInverse
from attractorbind._rule.hebbian import Hebbian
from attractorbind._rule.perceptron import Perceptron
from attractorbind._rule.storkey import Storkey
from attractorbind._synapses.base import AbstractSynapses, Synapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import AreaWiring, Gate, Population, Projection, Wiring

_MAGIC = b"ATTRBIND"
_VERSION = 3
_NUMBER, _DIGEST = 8, hashlib.sha256().digest_size
_RULES = {rule.__name__: rule for rule in (Hebbian, Storkey, PseudoInverse, Perceptron, MaximalStability)}


def write_network(path: Path, fields: dict[str, Any]) -> None:
    """Write what a network is made of; either the whole file is there afterwards, or what was there before."""
    rule = fields["rule"]
    description = {
        "version": _VERSION,
        "vocabulary": fields["vocabulary"].names,
        "wiring": dataclasses.asdict(fields["wiring"]),
        "rule": type(rule).__name__,
        "settings": {field.name: getattr(rule, field.name) for field in dataclasses.fields(rule)}
        if type(rule) in _RULES.values()
        else {},
        "key": fields["key_kind"],
        "fingerprint": fields["fingerprint"],
        "altered": fields["altered"],
        "areas": [_told_of_area(path, area) for area in fields["areas"]],
        "factored": [isinstance(one, FactoredSynapses) for one in fields["synapses"]],
    }
    told = json.dumps(description).encode()
    payload = io.BytesIO()
    payload.write(len(told).to_bytes(_NUMBER, "little") + told)
    for array in _arrays(fields):
        np.save(payload, np.asarray(array), allow_pickle=False)
    written = payload.getvalue()
    envelope = _MAGIC + len(written).to_bytes(_NUMBER, "little") + hashlib.sha256(written).digest()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(envelope + written)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise FileError(f"cannot write {str(path)!r}: {error.strerror}") from error


def _arrays(fields: dict[str, Any]) -> list[Any]:
    """All arrays of a network in one order."""
    weights = [array for one in fields["synapses"] for array in _numbers(one)]
    parameters = jax.tree.leaves(fields["area_parameters"])
    return [*fields["all_codes"], *parameters, *weights, fields["drive"], fields["key_data"]]


def _numbers(synapses: AbstractSynapses) -> tuple[Any, ...]:
    """The arrays of one projection; the codes of factors are those of its source."""
    if isinstance(synapses, FactoredSynapses):
        return synapses.coefficients, synapses.shift, synapses.bias
    return synapses.weights, synapses.bias


def read_network(path: Path, rule: AbstractStorageRule | None) -> dict[str, Any]:
    """What the network in a file is made of."""
    payload = io.BytesIO(_payload(path))
    try:
        return _parsed(path, payload, rule)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, EOFError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{str(path)!r} holds no network that makes sense ({error}); save it again") from error


def _parsed(path: Path, payload: io.BytesIO, rule: AbstractStorageRule | None) -> dict[str, Any]:
    told = json.loads(payload.read(int.from_bytes(payload.read(_NUMBER), "little")))
    if told["version"] > _VERSION:
        raise FileError(
            f"{str(path)!r} is newer: its format is version {told['version']}, and this attractorbind reads up to "
            f"version {_VERSION}; update attractorbind"
        )
    wiring = _wiring(told["wiring"])
    populations, projections = wiring.populations, wiring.projections
    areas = tuple(_area(path, area) for area in told["areas"])

    def arrays(count: int) -> tuple[Any, ...]:
        return tuple(jnp.asarray(np.load(payload, allow_pickle=False)) for _ in range(count))

    all_codes = arrays(len(populations))
    shapes_of_parameters = [jax.eval_shape(area.parameters, jax.random.key(0)) for area in areas]
    parameters = arrays(len(jax.tree.leaves(shapes_of_parameters)))
    synapses = tuple(
        FactoredSynapses(all_codes[p.source].astype(jnp.float32), *arrays(3), recurrent=p.recurrent)
        if factored
        else Synapses(*arrays(2))
        for p, factored in zip(projections, told.get("factored", [False] * len(projections)), strict=True)
    )
    drive, key = arrays(2)
    jax.random.wrap_key_data(key, impl=told["key"])
    slots = len(all_codes[0])
    shapes = [codes.shape == (slots, p.units) for codes, p in zip(all_codes, populations, strict=True)]
    shapes += [
        array.shape == expected.shape and array.dtype == expected.dtype
        for array, expected in zip(parameters, jax.tree.leaves(shapes_of_parameters), strict=True)
    ]
    shapes += [
        one.shape == (populations[p.source].units, populations[p.target].units)
        and one.bias.shape == (populations[p.target].units,)
        and (not isinstance(one, FactoredSynapses) or len(one.coefficients) == slots)
        for one, p in zip(synapses, projections, strict=True)
    ]
    if not all(shapes) or slots < len(told["vocabulary"]):
        raise ValueError("its arrays do not fit its wiring")
    return {
        "vocabulary": Vocabulary(told["vocabulary"]),
        "wiring": wiring,
        "all_codes": all_codes,
        "areas": areas,
        "area_parameters": tuple(jax.tree.unflatten(jax.tree.structure(shapes_of_parameters), parameters)),
        "synapses": synapses,
        "drive": drive,
        "rule": _rule(path, told, rule),
        "key_data": key,
        "key_kind": told["key"],
        "fingerprint": str(told["fingerprint"]),
        "altered": bool(told.get("altered", False)),
    }


def _payload(path: Path) -> bytes:
    """What is in the envelope, once its checksum has been seen to be right."""
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise FileError(f"cannot read {str(path)!r}: {error.strerror}") from error
    head = len(_MAGIC) + _NUMBER + _DIGEST
    if whole[: len(_MAGIC)] != _MAGIC[: len(whole)] or not whole:
        raise FileError(f"{str(path)!r} is no network of attractorbind's; such files are written by network.save")
    length = int.from_bytes(whole[len(_MAGIC) : len(_MAGIC) + _NUMBER], "little")
    if len(whole) < head + length:
        raise FileError(
            f"{str(path)!r} is truncated: it has {len(whole)} bytes of {head + length}; copy or save it again"
        )
    payload = whole[head:]
    if len(payload) != length or hashlib.sha256(payload).digest() != whole[head - _DIGEST : head]:
        raise FileError(f"{str(path)!r} was altered: its checksum is not right; copy or save it again")
    return payload


def _wiring(told: dict[str, Any]) -> Wiring:
    def area(fields: dict[str, Any]) -> AreaWiring:
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
        return AreaWiring(**tuples)

    return Wiring(
        tuple(Population(**population) for population in told["populations"]),
        tuple(Projection(**projection) for projection in told["projections"]),
        tuple(Gate(**gate) for gate in told["gates"]),
        tuple(area(fields) for fields in told["areas"]),
    )


def _rule(path: Path, told: dict[str, Any], given: AbstractStorageRule | None) -> AbstractStorageRule:
    """The rule of that name, or the one that was given for a rule of the user's own."""
    if told["rule"] in _RULES:
        kind = _RULES[told["rule"]]
        usual = {field.name: field.default for field in dataclasses.fields(kind)}
        # Equinox shows a setting that equals its default, but is not the same object.
        return kind(**{name: value for name, value in told["settings"].items() if value != usual[name]})
    if given is None or type(given).__name__ != told["rule"]:
        raise FileError(
            f"the network in {str(path)!r} was built with the learning rule {told['rule']!r}, which is not one of "
            f"attractorbind's; give it as rule={told['rule']}(...)"
        )
    return given


_AREAS = {area.__name__: area for area in (SnapshotMemory,)}


def _told_of_area(path: Path, area: AbstractArea) -> dict[str, Any]:
    """An area's class and settings."""
    if type(area) not in _AREAS.values():
        raise FileError(f"cannot write {str(path)!r}: the area {area.name!r} is not one of attractorbind's")
    settings = {field.name: getattr(area, field.name) for field in dataclasses.fields(area)}
    return {"class": type(area).__name__, "settings": settings}


def _area(path: Path, told: dict[str, Any]) -> AbstractArea:
    return _AREAS[told["class"]](**told["settings"])
