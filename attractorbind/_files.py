"""Networks in files: what a network is made of, as a description in JSON and arrays, in a sealed file.

Nothing in a file is ever run: classes are those of attractorbind and those that the user gives. What a file holds is
taken for a network only if its parts fit each other, see `fitting`, and what would not be is not written.
"""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool

from attractorbind._area.activation import Activation, Race, Spreading
from attractorbind._area.connect import check_areas
from attractorbind._area.ensembles import Ensembles
from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._basal_ganglia.area import BasalGanglia
from attractorbind._basal_ganglia.critic import Critic
from attractorbind._basal_ganglia.utilities import Utilities
from attractorbind._errors import FileError, shortened
from attractorbind._learning.backpropagation import Backpropagation, FeedbackAlignment
from attractorbind._learning.burst import Burst
from attractorbind._learning.contrastive import ContrastiveHebbian
from attractorbind._learning.costs.activity import Decorrelation, Slowness
from attractorbind._learning.costs.given import Internal, Reward, Target
from attractorbind._learning.costs.prediction import Prediction
from attractorbind._learning.hierarchy import Hierarchy
from attractorbind._learning.optimiser import Adam, Descent
from attractorbind._learning.perturbation import NodePerturbation, WeightPerturbation
from attractorbind._learning.predictive import PredictiveCoding
from attractorbind._learning.reinforce import Reinforce
from attractorbind._learning.two_compartment import TwoCompartment
from attractorbind._modules_in_files import described, known_classes, on_device, revived
from attractorbind._motor.area import Motor
from attractorbind._motor.pen import Pen
from attractorbind._parts import Parts, fitting, rewired, shapes_of_parameters
from attractorbind._prediction.area import Predictor
from attractorbind._prediction.forward_model import ForwardModel
from attractorbind._rule.dual import MaximalStability, PseudoInverse
from attractorbind._rule.hebbian import Hebbian
from attractorbind._rule.perceptron import Perceptron
from attractorbind._rule.storkey import Storkey
from attractorbind._sealed import Format, read_sealed, sensible, write_sealed
from attractorbind._synapses.base import AbstractSynapses, PlasticSynapses, Synapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import AreaWiring, Gate, Heard, Population, Projection, Wiring

_FORMAT = Format("network", 5, "network.save", "build the network anew and save it again", b"ATTRBIND")
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
_COSTS = (Target, Reward, Internal, Slowness, Decorrelation, Prediction)
_AREAS = (
    SnapshotMemory,
    Activation,
    Race,
    Spreading,
    Ensembles,
    Hierarchy,
    Adam,
    Descent,
    BasalGanglia,
    Critic,
    Utilities,
    Predictor,
    ForwardModel,
    Motor,
    Pen,
)
_CLASSES = (*_RULES, Synapses, PlasticSynapses, FactoredSynapses, *_AREAS, *_CREDIT, *_COSTS)
# What arrays are called in files; those of rules, synapses and areas are called as a user would reach them.
_CODES, _PARAMETERS, _DRIVE, _KEY = (
    "network.all_codes[{}]",
    "network.area_parameters.{}",
    "network.drive",
    "network.key",
)


def write_network(path: Path, parts: Parts) -> None:
    """Write what a network is made of; either the whole file is there afterwards, or what was there before."""
    try:
        fitting(parts)
    except Exception as error:
        # Whatever is wrong with it, the file could not be loaded.
        reason = shortened(str(error), 150)
        raise FileError(
            f"a file cannot hold this network ({reason}); make it with build, replace and lesion"
        ) from error
    modules, module_arrays = described(
        {
            "rule": parts.rule,
            "rules": parts.rules,
            "synapses": [_without_codes(each) for each in parts.synapses],
            "areas": parts.areas,
        },
        "network",
    )
    description = {
        "vocabulary": parts.vocabulary.names,
        "spare": parts.vocabulary.spare,
        "wiring": dataclasses.asdict(parts.wiring),
        "modules": modules,
        "key": parts.key_kind,
        "fingerprint": parts.fingerprint,
        "altered": parts.altered,
        "given": parts.given,
    }
    leaves = jax.tree.leaves(parts.area_parameters)
    arrays = {
        **{_CODES.format(number): codes for number, codes in enumerate(parts.all_codes)},
        **{_PARAMETERS.format(number): leaf for number, leaf in enumerate(leaves)},
        _DRIVE: parts.drive,
        _KEY: parts.key_data,
        **module_arrays,
    }
    write_sealed(path, _FORMAT, description, {name: np.asarray(array) for name, array in arrays.items()})


def _without_codes(synapses: AbstractSynapses) -> AbstractSynapses:
    """The codes of factors are those of the projection's source, which stand in the file once."""
    return eqx.tree_at(lambda each: each.codes, synapses, None) if isinstance(synapses, FactoredSynapses) else synapses


def _with_codes(synapses: AbstractSynapses, codes: Bool[Array, "slots source"]) -> AbstractSynapses:
    if not isinstance(synapses, FactoredSynapses):
        return synapses
    return FactoredSynapses(
        codes.astype(jnp.float32), synapses.coefficients, synapses.shift, synapses.bias, synapses.recurrent
    )


def read_network(path: Path, classes: Iterable[type]) -> Parts:
    """What the network in a file is made of; `classes` are those of the user's own that it may hold."""
    known = known_classes(_CLASSES, classes)
    description, arrays = read_sealed(path, _FORMAT)
    with sensible(path, "network"):
        return fitting(_parsed(description, arrays, known))


def _parsed(told: dict[str, Any], arrays: dict[str, np.ndarray], classes: dict[str, type]) -> Parts:
    def taken(name: str) -> Array:
        return on_device(arrays[name], name)

    wiring = _wiring(told["wiring"])
    all_codes = tuple(taken(_CODES.format(number)) for number in range(len(wiring.populations)))
    modules = revived(told["modules"], arrays, classes)
    areas, synapses = check_areas(modules["areas"]), modules["synapses"]
    # Gates of areas are looked up by the shapes of parameters, so the wiring has to be right by then.
    vocabulary = Vocabulary(_strings(told["vocabulary"]), _strings(told["spare"]))
    wiring = rewired(wiring, areas, vocabulary)
    shapes = tuple(shapes_of_parameters(area, wiring) for area in areas)
    parameters = [taken(_PARAMETERS.format(number)) for number in range(len(jax.tree.leaves(shapes)))]
    return Parts(
        vocabulary=vocabulary,
        wiring=wiring,
        all_codes=all_codes,
        areas=areas,
        area_parameters=jax.tree.unflatten(jax.tree.structure(shapes), parameters),
        synapses=tuple(
            _with_codes(each, all_codes[projection.source])
            for each, projection in zip(synapses, wiring.projections, strict=True)
        ),
        drive=taken(_DRIVE),
        rule=modules["rule"],
        rules=modules["rules"],
        key_data=taken(_KEY),
        key_kind=told["key"],
        fingerprint=told["fingerprint"],
        altered=told["altered"],
        given=_strings(told["given"]),
    )


def _strings(told: list[str]) -> tuple[str, ...]:
    if type(told) is not list or not all(type(each) is str for each in told):
        raise ValueError(f"{str(told)[:50]!r} is no list of names")
    return tuple(told)


def _wiring(told: dict[str, Any]) -> Wiring:
    def area(fields: dict[str, Any]) -> AreaWiring:
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
        tuples["hears"] = tuple(Heard(*heard) for heard in fields.get("hears", ()))
        return AreaWiring(**tuples)

    return Wiring(
        tuple(Population(**population) for population in told["populations"]),
        tuple(Projection(**projection) for projection in told["projections"]),
        tuple(Gate(**gate) for gate in told["gates"]),
        tuple(area(fields) for fields in told["areas"]),
    )
