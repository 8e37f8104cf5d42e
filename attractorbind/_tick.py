"""One synchronous tick: fields from the open projections, thresholds, noise."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Int8, Key

from attractorbind._checks import check_fraction, check_known
from attractorbind._errors import NetworkError
from attractorbind._keys import Rate, trial_keys
from attractorbind._network import Gating, Network, check_network, nameless
from attractorbind._plan import Plan, plan
from attractorbind._snapshots import Snapshots, tick_of
from attractorbind._state import State, check_state
from attractorbind._wiring import MemoryWiring, Wiring

# All populations in one array, so that a population can be picked by a traced index; narrow ones are padded.
Stacked = Float[Array, "populations trials widest"]
# The external field of a population.
External = Callable[[Int[Array, ""]], Float[Array, "trials widest"]]


def stack(wiring: Wiring, state: State) -> Stacked:
    """The activities of all populations in one array, the narrow ones padded with silent units."""
    widest = max(population.units for population in wiring.populations)
    return jnp.stack([_padded(activity, widest) for activity in state.activities])


def unstack(wiring: Wiring, activity: Stacked, memories: tuple[Snapshots, ...]) -> State:
    """The inverse of `stack`, with what the memories hold."""
    populations = wiring.populations
    return State(
        tuple(activity[place, :, : population.units] for place, population in enumerate(populations)),
        tuple(population.name for population in populations),
        memories,
        tuple(memory.name for memory in wiring.memories),
    )


def _padded(array: Float[Array, "trials _units"], widest: int) -> Float[Array, "trials _widest"]:
    return jnp.pad(array, ((0, 0), (0, widest - array.shape[1])))


def readers(network: Network, widest: int) -> list[Callable[[Stacked], Float[Array, "trials widest"]]]:
    """For each projection, the function that computes its field from the activities."""

    def reader(place: int) -> Callable[[Stacked], Float[Array, "trials widest"]]:
        source = network.wiring.projections[place].source
        units = network.wiring.populations[source].units
        return lambda activity: _padded(network.synapses[place].fields(activity[source, :, :units]), widest)

    return [reader(place) for place in range(len(network.synapses))]


def advance(
    network: Network,
    row: Plan,
    external: External,
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    activity: Stacked,
    scratch: Stacked,
    memories: tuple[Snapshots, ...],
    running: Bool[Array, " trials"] | None = None,
) -> tuple[Stacked, Stacked, tuple[Snapshots, ...], Bool[Array, " trials"]]:
    """One tick: x_q <- 1[h_q > 0], h_q = sum of g (W_qp x_p + b_qp) over open projections p -> q, + external_q.

    The external field is that from outside and that of the memories.

    **Arguments:**

    - `row`: what to compute, the plan of one tick.
    - `external`: from a population to the external field that it receives.
    - `noise`: probability that a unit's output flips.
    - `keys`: one random key per trial, for this tick.
    - `activity`: the state.
    - `scratch`: an array of the same shape, passed from tick to tick so that it is allocated once.
    - `memories`: what the snapshot memories hold.
    - `running`: the trials that take part, by default all; the others stay as they are.

    **Returns:** the next state, the scratch array, what the memories hold then, and whether the fields of each trial
    were finite.
    """
    trials, widest = activity.shape[1:]
    if memories:
        # The gates of memories are those of all trials, or of each.
        switches = jnp.broadcast_to(row.switches.reshape(len(row.switches), -1), (len(row.switches), trials))
        taking_part = jnp.ones(trials, bool) if running is None else running
        memories, external = _remember(network, memories, switches, activity, noise, keys, external, taking_part)
    branches = readers(network, widest)
    sizes = jnp.array([population.units for population in network.wiring.populations])

    def fields(slot: Int[Array, ""], target: Int[Array, ""]) -> Float[Array, "trials widest"]:
        def add(place: Int[Array, ""], total: Float[Array, "trials widest"]) -> Float[Array, "trials widest"]:
            projection = row.open[place]
            conductance = row.conductances[projection].reshape(-1, 1)
            field = jax.lax.switch(projection, branches, activity)
            # A projection that is closed in a trial adds nothing to it, not even if its field is not finite.
            return total + jnp.where(conductance > 0, conductance * field, 0.0)

        return jax.lax.fori_loop(row.start[slot], row.stop[slot], add, external(target))

    def flip(target: Int[Array, ""], outputs: Float[Array, "trials widest"]) -> Float[Array, "trials widest"]:
        population_keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, target)
        flips = jax.vmap(lambda key: jax.random.bernoulli(key, noise, (widest,)))(population_keys)
        return jnp.abs(outputs - (flips & (jnp.arange(widest) < sizes[target])[None, :]))

    def update(
        slot: Int[Array, ""], carry: tuple[Stacked, Bool[Array, " trials"]]
    ) -> tuple[Stacked, Bool[Array, " trials"]]:
        scratch, finite = carry
        target = row.touched[slot]
        h = fields(slot, target)
        outputs = (h > 0).astype(jnp.float32)
        outputs = jax.lax.cond(noise > 0, flip, lambda _, outputs: outputs, target, outputs)
        return scratch.at[slot].set(outputs), finite & jnp.isfinite(h.sum(axis=1))

    def write(slot: Int[Array, ""], activity: Stacked) -> Stacked:
        target, outputs = row.touched[slot], scratch[slot]
        if running is not None:
            outputs = jnp.where(running[:, None], outputs, activity[target])
        return activity.at[target].set(outputs)

    scratch, finite = jax.lax.fori_loop(0, row.count, update, (scratch, jnp.ones(trials, bool)))
    return jax.lax.fori_loop(0, row.count, write, activity), scratch, memories, finite


def _remember(
    network: Network,
    memories: tuple[Snapshots, ...],
    switches: Float[Array, "switches trials"],
    activity: Stacked,
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    external: External,
    running: Bool[Array, " trials"],
) -> tuple[tuple[Snapshots, ...], External]:
    """One tick of every memory in the trials that take part, and the external field with what the memories give."""
    wiring, following = network.wiring, []
    for place, memory in enumerate(wiring.memories):
        own_keys = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, len(wiring.populations) + place)
        after, written = tick_of(
            wiring, memory, network.assemblies[place], memories[place], switches, activity, noise, own_keys, running
        )
        following.append(after)
        external = _with_written(wiring, memory, switches, written, external)
    return tuple(following), external


def _with_written(
    wiring: Wiring,
    memory: MemoryWiring,
    switches: Float[Array, "switches trials"],
    written: Int8[Array, "buffers trials widest"],
    external: External,
) -> External:
    """The external field of a population, with what a memory gives it."""
    conductances = switches[jnp.array(memory.reinstatement) - len(wiring.pathways)]
    places = np.full(len(wiring.populations), -1, np.int32)
    places[list(memory.buffers)] = np.arange(len(memory.buffers))
    reached = jnp.any(written != 0, axis=(1, 2))

    def field(target: Int[Array, ""]) -> Float[Array, "trials widest"]:
        place = jnp.asarray(places)[target]
        return jax.lax.cond(
            (place >= 0) & reached[place],
            lambda field: field + conductances[place][:, None] * written[place],
            lambda field: field,
            external(target),
        )

    return field


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
    check_network(network)
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
    row = jax.tree.map(lambda a: a[0], plan(network.wiring, conductances[None], driven[None], leak, everything=True))
    return _tick(nameless(network), row, fields, jnp.float32(noise), keys, state)


@jax.jit
def _tick(
    network: Network,
    row: Plan,
    fields: dict[int, Float[Array, "trials _units"]],
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    state: State,
) -> State:
    activity = stack(network.wiring, state)
    trials, widest = activity.shape[1:]
    every = [
        _padded(fields[place], widest) if place in fields else jnp.zeros((trials, widest))
        for place in range(len(activity))
    ]
    external = jnp.stack(every)
    row = jax.tree.map(jnp.asarray, row)
    activity, _, memories, _ = advance(
        network, row, lambda target: external[target], noise, keys, activity, jnp.zeros_like(activity), state.memories
    )
    return unstack(network.wiring, activity, memories)
