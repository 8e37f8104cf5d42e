"""The stimuli of a run: checked, put before the areas that see them, and taken away at the end."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float

from attractorbind._area.base import AbstractSensoryArea, Shown
from attractorbind._errors import ArgumentError, listed, unknown_name
from attractorbind._inputs import check_length, number_of_trials, over_trials
from attractorbind._network import Network, check_network, check_state
from attractorbind._program.compiled import Compiled
from attractorbind._state import State, repeated
from attractorbind._transfers import sending

Stimuli = Mapping[str, Float[Array | np.ndarray, "trials stimuli _inputs"]]


def check_stimuli(network: Network, stimuli: Any) -> tuple[dict[str, np.ndarray], int | None]:
    """The stimuli of each area as arrays, and the number of trials if they tell."""
    senses = {area.name: area for area in network.areas if isinstance(area, AbstractSensoryArea)}
    if stimuli is None:
        return {}, None
    if not isinstance(stimuli, Mapping):
        known = f"here {listed(senses)}" if senses else "of which the network has none"
        raise ArgumentError(f"stimuli is no mapping; give one from the names of sensory areas, {known}, to arrays")
    arrays = {}
    for name, given in stimuli.items():
        if name not in senses:
            raise unknown_name("sensory area", "the network's", name, senses)
        check_length(network, given)
        arrays[name] = senses[name].check_stimuli(given)
    trials = {name: len(array) for name, array in arrays.items()}
    if len(set(trials.values()) - {1}) > 1:
        told = ", ".join(f"{name!r} has {count}" for name, count in trials.items())
        raise ArgumentError(f"stimuli are for different numbers of trials: {told}")
    return arrays, max(trials.values(), default=None)


def check_seen(network: Network, program: Compiled, stimuli: Stimuli, state: State | None) -> None:
    """Raise unless there is something to be seen, given now or before, where the program sees."""
    for area in network.areas:
        if not isinstance(area, AbstractSensoryArea) or area.name in stimuli:
            continue
        own = None if state is None else state[area.name]
        parts = jax.tree.leaves(own, is_leaf=lambda leaf: isinstance(leaf, Shown))
        left = any(isinstance(part, Shown) and part.value.shape[1] for part in parts)
        if program.opens(f"{area.name}:{area.takes}") and not left:
            raise ArgumentError(
                f"stimuli= is missing for {area.name!r}, by which the program sees; give a mapping from that name to "
                "an array"
            )


@sending
def show(network: Network, state: State, stimuli: Mapping[str, Any]) -> State:
    """The state with stimuli before its sensory areas, for `tick`, `step` and `simulate`; `run` takes them itself.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`. One trial is repeated for all that have stimuli.
    - `stimuli`: as for `run`.

    **Raises:** `ArgumentError` or `UnknownNameError` for stimuli that do not fit, `NetworkError` for another state.

    **Example:**

        >>> import attractorbind as ab, jax, numpy as np
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[4], target="focus", rule=ab.learning.Backpropagation())
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, relays=[], areas=[eyes],
        ...     activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> state = ab.show(network, network.silent(), {"eyes": np.eye(4)})
        >>> ab.tick(network, state, ["eyes:next"])["eyes"].stimulus.tolist()[2]
        [0.0, 0.0, 1.0, 0.0]
    """
    check_state(check_network(network), state)
    arrays, trials = check_stimuli(network, stimuli)
    together = number_of_trials({"stimuli=": trials, "the state": state.trials})
    over_all = {name: over_trials(array, together, axis=0) for name, array in arrays.items()}
    return with_stimuli(network, repeated(state, together), over_all)


def with_stimuli(network: Network, state: State, stimuli: Stimuli) -> State:
    """The state with these stimuli before its areas."""
    if not stimuli:
        return state
    areas = [
        area.shown(own, stimuli[area.name]) if isinstance(area, AbstractSensoryArea) and area.name in stimuli else own
        for area, own in zip(network.areas, state.areas, strict=True)
    ]
    return dataclasses.replace(state, areas=tuple(areas))


def without_stimuli(network: Network, state: State, stimuli: Stimuli) -> State:
    """The state with nothing before the areas that were shown these stimuli."""
    nothing = {name: np.zeros((state.trials, 0, array.shape[2]), np.float32) for name, array in stimuli.items()}
    return with_stimuli(network, state, nothing)
