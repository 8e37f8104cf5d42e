"""Whether the parts of a network belong together as they do where `build` has made them; asked of what files hold."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PyTree

from attractorbind._area.base import AbstractArea
from attractorbind._area.connect import check_areas, connect
from attractorbind._area.imprinting import Codes, joined_areas
from attractorbind._area.returned import check_returned
from attractorbind._checks import check_bool, check_count, check_known
from attractorbind._errors import NetworkError
from attractorbind._layout import parse_relays, wire
from attractorbind._rule.assigned import check_rule, check_rules
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._rule.train import largest_fields
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._synapses.factored import FactoredSynapses
from attractorbind._synapses.given import checked
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import Projection, Wiring

_FINGERPRINT = re.compile("[0-9a-f]{32}")


class Parts(NamedTuple):
    """What a network is made of; see the attributes of `Network`, whose names these are."""

    vocabulary: Vocabulary
    wiring: Wiring
    all_codes: Codes
    areas: tuple[AbstractArea, ...]
    area_parameters: tuple[PyTree, ...]
    synapses: Sequence[AbstractSynapses]
    drive: Array
    rule: AbstractStorageRule
    key_data: Array
    key_kind: str
    fingerprint: str
    altered: bool
    rules: dict[str, AbstractStorageRule]
    given: tuple[str, ...]


def fitting(parts: Parts) -> Parts:
    """The parts, with wiring made anew, or an error unless they make a network that can run.

    What does not fit would otherwise be met by whoever runs the network: as an error of JAX's, or as wrong activity.
    """
    wiring = rewired(parts.wiring, parts.areas, parts.vocabulary)
    _check_codes(wiring, parts.vocabulary, parts.all_codes)
    check_rule("rule", parts.rule)
    check_rules(wiring, parts.rules)
    _check_parameters(wiring, parts.areas, parts.area_parameters)
    for projection, synapses in zip(wiring.projections, parts.synapses, strict=True):
        _check_synapses(wiring, projection, parts.all_codes, synapses)
    largest = max(largest_fields(wiring, parts.synapses).values()) + wiring.largest_area_field
    if not _is(parts.drive, (), jnp.float32) or not largest < float(parts.drive) < float("inf"):
        raise NetworkError(f"drive is {parts.drive}; it must be a finite number above any field, of which {largest:g}")
    key = jax.random.wrap_key_data(parts.key_data, impl=parts.key_kind)
    if key.shape:
        raise NetworkError(f"its key is an array of keys, of shape {key.shape}; it must be one key")
    if type(parts.fingerprint) is not str or not _FINGERPRINT.fullmatch(parts.fingerprint):
        raise NetworkError("its fingerprint is none; it must be of 32 digits")
    check_bool("altered", parts.altered)
    for buffer in parts.given:
        check_known("buffer", "buffers", buffer, wiring.buffers)
    # The last, for areas are traced for it, which takes longer than all else.
    check_returned(wiring, parts.areas, parts.area_parameters, parts.all_codes)
    return parts._replace(wiring=wiring)


def rewired(wiring: Wiring, areas: Sequence[AbstractArea], vocabulary: Vocabulary) -> Wiring:
    """The wiring that `build` makes of the buffers, relays and areas of this one; an error if it is another."""
    sizes = {
        population.name: check_count("units of a buffer", population.units, least=2)
        for population in wiring.populations
        if population.kind == "buffer"
    }
    if not sizes or not all(isinstance(name, str) and name.strip() and "->" not in name for name in sizes):
        raise NetworkError("its buffers have no names that buffers can have")
    relays = [(gate.source, gate.target) for gate in wiring.gates if gate.kind == "relay"]
    slow = {gate.kind for gate in wiring.gates if gate.delay > 1}
    made = wire(
        sizes,
        parse_relays(sizes, relays),
        "nucleus" if "relay" in slow else "direct",
        "loop" if "latch" in slow else "recurrence",
    )
    if not jax.tree.all(jax.tree.map(np.array_equal, joined_areas(check_areas(areas), made, vocabulary), tuple(areas))):
        raise NetworkError("an area imprints other symbols, or in other buffers, than there are")
    made = connect(made, areas)
    if made != wiring:
        raise NetworkError("its wiring is not what its buffers, relays and areas make; give the classes as they were")
    return made


def _check_codes(wiring: Wiring, vocabulary: Vocabulary, all_codes: Codes) -> None:
    slots = len(all_codes[0])
    if slots < len(vocabulary) or (vocabulary.spare and slots > len(vocabulary)):
        raise NetworkError(f"it has {len(vocabulary)} symbols and {slots} codes; each symbol needs one")
    for population, codes in zip(wiring.populations, all_codes, strict=True):
        if not _is(codes, (slots, population.units), jnp.bool_):
            raise NetworkError(
                f"codes of {population.name!r} are {codes.dtype} of shape {codes.shape}; they must be bool of shape "
                f"{(slots, population.units)}"
            )


def shapes_of_parameters(area: AbstractArea, wiring: Wiring) -> Any:
    """What an area's parameters are like, without drawing them."""
    buffers = {name: wiring.populations[index].units for name, index in wiring.buffers.items()}
    return jax.eval_shape(lambda key: area.parameters(buffers, key), jax.random.key(0))


def _check_parameters(wiring: Wiring, areas: Sequence[AbstractArea], parameters: Sequence[PyTree]) -> None:
    for area, own in zip(areas, parameters, strict=True):
        expected = shapes_of_parameters(area, wiring)
        leaves, wanted = jax.tree.leaves(own), jax.tree.leaves(expected)
        if jax.tree.structure(own) != jax.tree.structure(expected) or not all(
            _is(leaf, each.shape, each.dtype) and is_finite(leaf) for leaf, each in zip(leaves, wanted, strict=True)
        ):
            raise NetworkError(f"parameters of area {area.name!r} are not of its shapes and types, and finite")


def _check_synapses(wiring: Wiring, projection: Projection, all_codes: Codes, synapses: AbstractSynapses) -> None:
    source, target = wiring.populations[projection.source], wiring.populations[projection.target]
    told = f"from {source.name!r} to {target.name!r} there are"
    if isinstance(synapses, FactoredSynapses):
        # Asked of the factors: to write the matrix out would take longer than all else.
        slots, units = len(all_codes[projection.source]), target.units
        shapes = ((slots, source.units), (slots, units), (units,), (units,))
        leaves = (synapses.codes, synapses.coefficients, synapses.shift, synapses.bias)
        fit = all(_is(leaf, shape, jnp.float32) for leaf, shape in zip(leaves, shapes, strict=True))
        if not fit or not all(map(is_finite, leaves)) or synapses.recurrent is not projection.recurrent:
            raise NetworkError(f"{told} factors of other shapes or types than theirs, or not finite")
        return
    taken = checked(synapses, (source.units, target.units), told, "there must be")
    if [leaf.dtype for leaf in jax.tree.leaves(taken)] != [jnp.result_type(leaf) for leaf in jax.tree.leaves(synapses)]:
        raise NetworkError(f"{told} synapses with numbers of other types than float32")


def _is(array: Any, shape: tuple[int, ...], dtype: Any) -> bool:
    return isinstance(array, jax.Array | np.ndarray) and array.shape == shape and array.dtype == dtype


def is_finite(array: Array | np.ndarray) -> bool:
    """Whether all numbers are finite; what is no number, such as a key, is."""
    return not jnp.issubdtype(array.dtype, jnp.inexact) or bool(np.isfinite(np.asarray(array)).all())
