"""Whether an area returns what it owes: a state with an axis of trials, and a field for each buffer it writes on."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree

from attractorbind._area.base import AbstractArea, AreaInputs, AreaNoise, Shared
from attractorbind._area.imprinting import Codes, given_parameters
from attractorbind._checks import check_memory
from attractorbind._errors import NetworkError
from attractorbind._wiring import Wiring

# Shapes are tried with so many trials: a number that is unlikely to be that of units by chance.
_TRIALS = 3


def check_returned(wiring: Wiring, areas: Sequence[AbstractArea], parameters: Sequence[PyTree], codes: Codes) -> None:
    """Raise unless every area's state and fields have the right shapes. Nothing is computed to see that."""
    units = {buffer: wiring.populations[index].units for buffer, index in wiring.buffers.items()}
    pairs = tuple(zip(areas, parameters, strict=True))
    states = [jax.eval_shape(lambda area=area, own=own: area.init(units, _TRIALS, own)) for area, own in pairs]
    for (area, own), state in zip(pairs, states, strict=True):
        _check_axis_of_trials(area, state)
        seeing = [wiring.area(name) for name in wiring.areas[wiring.area(area.name)].eyes]
        eyes = tuple(jax.eval_shape(areas[number].eyes, states[number]) for number in seeing)
        for noisy in (False, True):
            inputs = _inputs(wiring, area, units, noisy=noisy)._replace(eyes=eyes)
            returned = jax.eval_shape(area.tick, given_parameters(area, own, codes), state, inputs)
            if not isinstance(returned, tuple) or len(returned) != 2:
                raise NetworkError(f"{_tick(area)} {returned!r}; it must return a pair, the next state and the fields")
            after, fields = returned
            if _kinds(after) != _kinds(state):
                raise NetworkError(
                    f"{_tick(area)} a state of {_told(after)}; it must be as that of init, {_told(state)}"
                )
            _check_fields(wiring, area, units, fields)


def drawn_parameters(area: AbstractArea, units: Mapping[str, int], key: Key[Array, ""]) -> PyTree:
    """What is drawn for an area, or an error if that, or its state, is more than can be kept."""

    def kept(key: Key[Array, ""]) -> tuple[PyTree, PyTree]:
        parameters = area.parameters(units, key)
        return parameters, area.init(units, 1, parameters)

    needed = sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(jax.eval_shape(kept, key)))
    told = f"area {area.name!r} with the state of a single trial"
    check_memory(told, needed, "make it smaller, as by fewer units or a lower capacity", NetworkError)
    return area.parameters(units, key)


def _tick(area: AbstractArea) -> str:
    return f"{type(area).__name__}.tick of area {area.name!r} returned"


def _check_axis_of_trials(area: AbstractArea, state: PyTree) -> None:
    for leaf in jax.tree.leaves(state, is_leaf=lambda leaf: isinstance(leaf, Shared)):
        if not isinstance(leaf, Shared) and (not leaf.shape or leaf.shape[0] != _TRIALS):
            raise NetworkError(
                f"{type(area).__name__}.init of area {area.name!r} returned an array of shape {leaf.shape} for "
                f"{_TRIALS} trials; its first axis must be that of trials, unless it is wrapped in Shared(...)"
            )


def _check_fields(wiring: Wiring, area: AbstractArea, units: Mapping[str, int], fields: Any) -> None:
    writes = wiring.areas[wiring.area(area.name)].writes
    wanted = [(_TRIALS, units[buffer]) for buffer in writes]
    if not isinstance(fields, tuple) or [getattr(field, "shape", None) for field in fields] != wanted:
        told = [field.shape for field in fields] if isinstance(fields, tuple) else fields
        owed = ", ".join(f"{shape} for {buffer!r}" for buffer, shape in zip(writes, wanted, strict=True)) or "nothing"
        raise NetworkError(
            f"{_tick(area)} fields of the shapes {told} for {_TRIALS} trials; it must return a tuple with an array for "
            f"each buffer that it writes on: {owed}"
        )


def _inputs(wiring: Wiring, area: AbstractArea, units: Mapping[str, int], *, noisy: bool) -> AreaInputs:
    connected = wiring.areas[wiring.area(area.name)]

    def given(*shape: int) -> Any:
        return jax.ShapeDtypeStruct(shape, jnp.float32)

    keys: Any = jax.eval_shape(lambda: jax.random.split(jax.random.key(0), _TRIALS))
    running: Any = jax.ShapeDtypeStruct((_TRIALS,), bool)
    return AreaInputs(
        reads=given(len(connected.reads), _TRIALS),
        writes=given(len(connected.writes), _TRIALS),
        switches=given(len(connected.switches), _TRIALS),
        activity=tuple(given(_TRIALS, units[buffer]) for buffer in connected.reads),
        running=running,
        noise=AreaNoise(given(), keys) if noisy else None,
        keys=keys,
        heard=tuple(given(_TRIALS, heard.units) for heard in connected.hears),
        copies=given(len(connected.copies), _TRIALS) if connected.copies else None,
    )


def _kinds(state: PyTree) -> Any:
    return jax.tree.structure(state), [(leaf.shape, leaf.dtype) for leaf in jax.tree.leaves(state)]


def _told(state: PyTree) -> str:
    return ", ".join(f"{leaf.dtype} {leaf.shape}" for leaf in jax.tree.leaves(state)) or "no arrays"
