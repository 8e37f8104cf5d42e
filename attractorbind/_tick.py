"""One synchronous tick of a network, by hand: the checked face of `step`."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from jaxtyping import Array, Float, Key, PyTree

from attractorbind._checks import check_computed, check_fraction, check_known, real_array
from attractorbind._engine.activity import States
from attractorbind._engine.step import step
from attractorbind._errors import NetworkError
from attractorbind._gating import Gating, conductances_of_trials
from attractorbind._keys import Rate, trial_keys
from attractorbind._nameless import nameless
from attractorbind._network import Network, check_network, check_state
from attractorbind._state import Origin, State
from attractorbind._transfers import sending
from attractorbind._waiting import calling, compiling

# As in `Network.conductances`, or one conductance per trial and gate.
Gatings = Gating | Float[np.ndarray, "trials gates"] | Float[Array, "trials gates"]


@sending
def tick(
    network: Network,
    state: State,
    gates: Gatings = (),
    *,
    external: Mapping[str, Any] | None = None,
    noise: Rate = 0.0,
    leak: Rate = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
) -> State:
    r"""One synchronous tick of a network, by hand: the same that `run` does at every tick of a program.

    $h_q = \sum_{p \to q} g_{qp} (W_{qp} x_p + b_{qp}) + e_q$ and $x_q \leftarrow 1[h_q > 0]$, each unit's output then
    flipped with probability `noise`. What areas write is part of $e_q$.

    It runs compiled, and checks what it is given before: call it from outside of `jax.jit`, `jax.vmap`, `jax.grad` and
    `jax.lax.scan`. Inside of them, `step` is the same tick without the checks.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, one conductance per gate, or an
        array of shape (trials, gates) for trials that differ.
    - `external`: external fields, population name to an array of shape (trials, units).
    - `noise`: probability that a unit's output flips.
    - `leak`: conductance of a closed gate.
    - `key`: a random key, or one per trial; needed if there is noise, or if areas choose at random.

    **Returns:** the next `State`.

    **Raises:** `UnknownNameError`, `NetworkError` or `ArgumentError` for input that does not fit.

    **Example:**

        >>> import attractorbind as ab, jax, numpy as np
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> state = network.silent(trials=2).replace("focus", network.codes("focus").astype(float))
        >>> copied = ab.tick(network, state, ["focus->agent"])
        >>> bool((copied["agent"] == network.codes("agent")).all())
        True
        >>> in_one = np.stack([network.gating(open=["focus->agent"]), network.gating()])
        >>> ab.tick(network, state, in_one)["agent"].sum(axis=1).tolist()
        [6.0, 0.0]
    """
    check_computed("network", check_network(network), NetworkError)
    check_state(network, state)
    conductances = conductances_of_trials(network.wiring, gates, state.trials)
    leak, noise = check_fraction("leak", leak), check_fraction("noise", noise)
    keys = trial_keys(key, state.trials, noise, _drawing(network, conductances, leak))
    fields = {}
    external = {} if external is None else external
    if not isinstance(external, Mapping):
        raise NetworkError(f"external is {external!r}; give a mapping from population to its external field")
    for name, field in external.items():
        check_known("population", "populations", name, state.names)
        fields[str(state.names.index(name))] = _field(name, field, state[name].shape)
    with calling():
        activities, areas = _tick(
            nameless(network),
            state.activities,
            state.areas,
            conductances,
            fields,
            np.float32(noise) if noise else None,
            keys,
            np.float32(leak),
        )
    return dataclasses.replace(state, activities=activities, areas=areas, origin=network.origin)


def _field(name: str, given: Any, shape: tuple[int, ...]) -> Float[np.ndarray, "trials _units"]:
    """An external field as an array, or an error if the population cannot take it."""
    try:
        # What is too large becomes infinite, and is refused.
        with np.errstate(over="ignore"):
            values = real_array(given).astype(np.float32)
    except (TypeError, ValueError, OverflowError) as error:
        raise NetworkError(
            f"external field of {name!r} is no array of numbers ({error}); give one of shape {shape} (trials, units)"
        ) from error
    if values.shape != shape:
        raise NetworkError(
            f"external field of {name!r} has shape {values.shape}; the population has {shape} (trials, units)"
        )
    if not np.isfinite(values).all():
        raise NetworkError(f"external field of {name!r} holds values that are not finite numbers of 32 bits")
    return values


def _drawing(network: Network, conductances: Float[np.ndarray, "*trials gates"], leak: float) -> list[str]:
    """The gates that are open at which areas draw random numbers."""
    opened = np.maximum(conductances, leak).reshape(-1, conductances.shape[-1]).max(axis=0) > 0.5
    return [gate for gate in network.wiring.drawing if opened[network.wiring.gate_index[gate]]]


@jax.jit
def _tick(
    network: Network,
    activities: States,
    areas: tuple[PyTree, ...],
    conductances: Float[Array, "*trials gates"],
    fields: dict[str, Float[Array, "trials _units"]],
    noise: Float[Array, ""] | None,
    keys: Key[Array, " trials"],
    leak: Float[Array, ""],
) -> tuple[States, tuple[PyTree, ...]]:
    compiling("a tick")
    names = tuple(population.name for population in network.wiring.populations)
    state = State(activities, areas, names, tuple(area.name for area in network.areas), Origin("", ()))
    level = 0.0 if noise is None else noise
    after = step(network, state, conductances, external=fields, noise=level, leak=leak, key=keys)
    return after.activities, after.areas
