"""One synchronous tick of a network, by hand."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind._area.snapshots import Snapshots
from attractorbind._checks import check_computed, check_fraction, check_known
from attractorbind._engine.activity import at, padded_units, stack, unstack
from attractorbind._engine.advance import Incoming, Noise, advance, started
from attractorbind._engine.plan import Settings, conducting, reach, settings
from attractorbind._engine.readers import readers
from attractorbind._errors import NetworkError
from attractorbind._keys import Rate, trial_keys
from attractorbind._network import Gating, Network, check_network, nameless
from attractorbind._state import State, check_state


def tick(
    network: Network,
    state: State,
    gates: Gating = (),
    *,
    external: Mapping[str, Any] | None = None,
    noise: Rate = 0.0,
    leak: Rate = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
) -> State:
    r"""One synchronous tick of a network, by hand: the same that `run` does at every tick of a program.

    $h_q = \sum_{p \to q} g_{qp} (W_{qp} x_p + b_{qp}) + e_q$ and $x_q \leftarrow 1[h_q > 0]$, each unit's output then
    flipped with probability `noise`. What snapshot memories reinstate is part of $e_q$.

    It runs compiled, and checks what it is given before: call it from outside of `jax.jit` and `jax.lax.scan`.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, or one conductance per gate.
    - `external`: external fields, population name to an array of shape (trials, units).
    - `noise`: probability that a unit's output flips.
    - `leak`: conductance of a closed gate.
    - `key`: a random key, or one per trial; needed if there is noise.

    **Returns:** the next `State`.

    **Raises:** `UnknownNameError`, `NetworkError` or `ArgumentError` for input that does not fit.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> state = network.silent(trials=2).replace("focus", network.codes("focus").astype(float))
        >>> state = ab.tick(network, state, ["focus->agent"])
        >>> bool((state["agent"] == network.codes("agent")).all())
        True
    """
    check_computed("network", check_network(network), NetworkError)
    check_state(network.wiring, state)
    conductances = network.conductances(gates)
    leak, noise = check_fraction("leak", leak), check_fraction("noise", noise)
    keys = trial_keys(key, state.trials, noise)
    fields: dict[int, Any] = {}
    external = {} if external is None else external
    if not isinstance(external, Mapping):
        raise NetworkError(f"external is {external!r}; give a mapping from population to its external field")
    for name, field in external.items():
        check_known("population", "populations", name, state.names)
        if np.shape(field) != state[name].shape or isinstance(field, str):
            raise NetworkError(
                f"external field of {name!r} has shape {np.shape(field)}; "
                f"the population has {state[name].shape} (trials, units)"
            )
        fields[state.names.index(name)] = jnp.asarray(field, jnp.float32)
    driven = np.isin(np.arange(len(state.names)), list(fields))
    conductances, switches = conducting(network.wiring, conductances[None], leak)
    reached = reach(network.wiring, conductances, switches, driven[None])
    activities, memories = _tick(
        nameless(network),
        settings(network.wiring, reached),
        conductances[0],
        switches[0],
        fields,
        Noise(jnp.float32(noise), keys) if noise else None,
        state.activities,
        state.memories,
    )
    return dataclasses.replace(state, activities=activities, memories=memories)


@jax.jit
def _tick(
    network: Network,
    here: Settings,
    conductances: Float[Array, " projections"],
    switches: Float[Array, " switches"],
    fields: dict[int, Float[Array, "trials _units"]],
    noise: Noise | None,
    activities: tuple[Float[Array, "trials _units"], ...],
    memories: tuple[Snapshots, ...],
) -> tuple[tuple[Float[Array, "trials _units"], ...], tuple[Snapshots, ...]]:
    activity = stack(activities)
    _, trials, widest = activity.halves.shape
    every = [
        padded_units(fields[place], widest) if place in fields else jnp.zeros((trials, widest))
        for place in range(len(activities))
    ]
    external = jnp.stack(every)
    plan = here.plan(jnp.int32(0), jnp.int32(0)).computing(everything=True)
    standing = advance(
        network,
        readers(network, widest),
        plan,
        plan.needed,
        Incoming(lambda projection: at(conductances, projection), switches, lambda target: external[target]),
        noise,
        started(activity, memories),
    )
    return unstack(network.wiring, standing.activity), standing.memories
