"""The stimuli of a run: checked, put before the areas that see them, and taken away at the end."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Array, Float

from attractorbind._area.base import AbstractSensoryArea
from attractorbind._errors import ArgumentError, listed, unknown_name
from attractorbind._network import Network
from attractorbind._state import State

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
        arrays[name] = senses[name].check_stimuli(given)
    trials = {name: len(array) for name, array in arrays.items()}
    if len(set(trials.values()) - {1}) > 1:
        told = ", ".join(f"{name!r} has {count}" for name, count in trials.items())
        raise ArgumentError(f"stimuli are for different numbers of trials: {told}")
    return arrays, max(trials.values(), default=None)


def with_stimuli(network: Network, state: State, stimuli: Stimuli) -> State:
    """The state with these stimuli before its areas."""
    areas = [
        area.shown(own, stimuli[area.name]) if isinstance(area, AbstractSensoryArea) and area.name in stimuli else own
        for area, own in zip(network.areas, state.areas, strict=True)
    ]
    return dataclasses.replace(state, areas=tuple(areas))


def without_stimuli(network: Network, state: State, stimuli: Stimuli) -> State:
    """The state with nothing before the areas that were shown these stimuli."""
    nothing = {name: np.zeros((array.shape[0], 0, array.shape[2]), np.float32) for name, array in stimuli.items()}
    return with_stimuli(network, state, nothing)
