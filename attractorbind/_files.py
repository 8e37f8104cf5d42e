"""Networks in files: a fixed envelope with a checksum, a description in JSON, and arrays as plain numbers.

    magic (8 bytes) | length of the payload (8, little-endian) | SHA-256 of the payload (32) | payload

The payload is the length of the description (8), the description, and the arrays one after another, each as
`numpy.save` writes it. Nothing in a file is ever run: arrays are read without pickle, and classes are those of
attractorbind and those that the user gives.
"""

import dataclasses
import io
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool

from attractorbind._area.base import AbstractArea
from attractorbind._area.ensembles import Ensembles
from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._basal_ganglia.area import BasalGanglia
from attractorbind._basal_ganglia.critic import Critic
from attractorbind._errors import FileError
from attractorbind._learning.backpropagation import Backpropagation, FeedbackAlignment
from attractorbind._learning.burst import Burst
from attractorbind._learning.contrastive import ContrastiveHebbian
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._learning.optimiser import Adam, Descent
from attractorbind._learning.perturbation import NodePerturbation, WeightPerturbation
from attractorbind._learning.predictive import PredictiveCoding
from attractorbind._learning.reinforce import Reinforce
from attractorbind._learning.two_compartment import TwoCompartment
from attractorbind._modules_in_files import described, known_classes, revived
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.dual import MaximalStability, PseudoInverse
from attractorbind._rule.hebbian import Hebbian
from attractorbind._rule.perceptron import Perceptron
from attractorbind._rule.storkey import Storkey
from attractorbind._sealed import read_sealed, write_sealed
from attractorbind._synapses.base import AbstractSynapses, PlasticSynapses, Synapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import AreaWiring, Gate, Population, Projection, Wiring

_MAGIC = b"ATTRBIND"
_VERSION = 3
_NUMBER = 8
_RULES = (Hebbian, Storkey, PseudoInverse, Perceptron, MaximalStability)
_CREDIT = (
    Backpropagation,
    FeedbackAlignment,
    ContrastiveHebbian,
    PredictiveCoding,
    NodePerturbation,
    WeightPerturbation,
    Reinforce,
    TwoCompartment,
    Burst,
)
_AREAS = (SnapshotMemory, Ensembles, Hierarchy, Adam, Descent, BasalGanglia, Critic)
_CLASSES = (*_RULES, Synapses, PlasticSynapses, FactoredSynapses, *_AREAS, *_CREDIT)


def write_network(path: Path, fields: dict[str, Any]) -> None:
    """Write what a network is made of; either the whole file is there afterwards, or what was there before."""
    synapses = [_without_codes(each) for each in fields["synapses"]]
    modules, module_arrays = described(
        {"rule": fields["rule"], "rules": fields["rules"], "synapses": synapses, "areas": fields["areas"]}, "network"
    )
    description = {
        "version": _VERSION,
        "vocabulary": fields["vocabulary"].names,
        "spare": fields["vocabulary"].spare,
        "wiring": dataclasses.asdict(fields["wiring"]),
        "modules": modules,
        "arrays": len(module_arrays),
        "key": fields["key_kind"],
        "fingerprint": fields["fingerprint"],
        "altered": fields["altered"],
        "given": fields["given"],
    }
    told = json.dumps(description).encode()
    payload = io.BytesIO()
    payload.write(len(told).to_bytes(_NUMBER, "little") + told)
    parameters = jax.tree.leaves(fields["area_parameters"])
    parts = (fields["all_codes"], module_arrays, parameters, (fields["drive"], fields["key_data"]))
    for array in itertools.chain(*parts):
        np.save(payload, np.asarray(array), allow_pickle=False)
    written = payload.getvalue()
    write_sealed(path, _MAGIC, written)


def _without_codes(synapses: AbstractSynapses) -> AbstractSynapses:
    """The codes of factors are those of the projection's source, which stand in the file once."""
    return eqx.tree_at(lambda each: each.codes, synapses, None) if isinstance(synapses, FactoredSynapses) else synapses


def _with_codes(synapses: AbstractSynapses, codes: Bool[Array, "slots source"]) -> AbstractSynapses:
    if not isinstance(synapses, FactoredSynapses):
        return synapses
    return FactoredSynapses(
        codes.astype(jnp.float32), synapses.coefficients, synapses.shift, synapses.bias, synapses.recurrent
    )


def read_network(path: Path, classes: Iterable[type]) -> dict[str, Any]:
    """What the network in a file is made of; `classes` are those of the user's own that it may hold."""
    known = known_classes(_CLASSES, classes)
    payload = io.BytesIO(read_sealed(path, _MAGIC, "network", "network.save"))
    try:
        return _parsed(payload, known)
    except FileError as error:
        raise FileError(f"cannot load the network in {str(path)!r}: {error}") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, EOFError) as error:
        raise FileError(f"{str(path)!r} holds no network that makes sense ({error}); save it again") from error


def _parsed(payload: io.BytesIO, classes: dict[str, type]) -> dict[str, Any]:
    told = json.loads(payload.read(int.from_bytes(payload.read(_NUMBER), "little")))
    if told["version"] != _VERSION:
        cure = "update attractorbind" if told["version"] > _VERSION else "build the network anew and save it again"
        raise FileError(
            f"its format is version {told['version']}, and this attractorbind reads version {_VERSION}; {cure}"
        )
    wiring = _wiring(told["wiring"])
    populations, projections = wiring.populations, wiring.projections

    def read(count: int) -> list[np.ndarray]:
        return [np.load(payload, allow_pickle=False) for _ in range(count)]

    def arrays(count: int) -> tuple[Any, ...]:
        return tuple(jnp.asarray(array) for array in read(count))

    all_codes = arrays(len(populations))
    modules = revived(told["modules"], read(told["arrays"]), classes)
    rule, rules, synapses, areas = (modules[part] for part in ("rule", "rules", "synapses", "areas"))
    for kind, those in (
        (AbstractStorageRule, [rule, *rules.values()]),
        (AbstractSynapses, synapses),
        (AbstractArea, areas),
    ):
        if not all(isinstance(each, kind) for each in those):
            raise ValueError("its rules, synapses or areas are something else")
    shapes_of_parameters = [_shapes_of_parameters(area, wiring) for area in areas]
    parameters = arrays(len(jax.tree.leaves(shapes_of_parameters)))
    synapses = tuple(
        _with_codes(each, all_codes[projection.source]) for each, projection in zip(synapses, projections, strict=True)
    )
    drive, key = arrays(2)
    jax.random.wrap_key_data(key, impl=told["key"])
    slots = len(all_codes[0])
    shapes = [
        codes.shape == (slots, population.units) for codes, population in zip(all_codes, populations, strict=True)
    ]
    shapes += [
        array.shape == expected.shape and array.dtype == expected.dtype
        for array, expected in zip(parameters, jax.tree.leaves(shapes_of_parameters), strict=True)
    ]
    shapes += [
        each.shape == (populations[projection.source].units, populations[projection.target].units)
        and each.bias.shape == (populations[projection.target].units,)
        and (not isinstance(each, FactoredSynapses) or len(each.coefficients) == slots)
        for each, projection in zip(synapses, projections, strict=True)
    ]
    # Files of before know of no spare symbols.
    vocabulary = Vocabulary(told["vocabulary"], told.get("spare", ()))
    if not all(shapes) or slots < len(vocabulary):
        raise ValueError("its arrays do not fit its wiring")
    return {
        "vocabulary": vocabulary,
        "wiring": wiring,
        "all_codes": all_codes,
        "areas": areas,
        "area_parameters": tuple(jax.tree.unflatten(jax.tree.structure(shapes_of_parameters), parameters)),
        "synapses": synapses,
        "drive": drive,
        "rule": rule,
        "rules": rules,
        "key_data": key,
        "key_kind": told["key"],
        "fingerprint": str(told["fingerprint"]),
        "altered": bool(told["altered"]),
        "given": tuple(map(str, told["given"])),
    }


def _shapes_of_parameters(area: AbstractArea, wiring: Wiring) -> Any:
    buffers = {name: wiring.populations[index].units for name, index in wiring.buffers.items()}
    return jax.eval_shape(lambda key: area.parameters(buffers, key), jax.random.key(0))


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
