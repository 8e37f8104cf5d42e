"""One synchronous tick: fields from the open projections, thresholds, noise.

A tick costs what its open projections cost. It walks over the populations that can change and, for each, over the open
projections into it; which ones those are is data, worked out on the host beforehand, so that another gating sequence
runs in the same compiled program.
"""

from collections.abc import Callable, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._errors import ArgumentError, NetworkError, check_fraction
from attractorbind._network import Gating, Network
from attractorbind._state import State, check_state
from attractorbind._wiring import Wiring

# All populations in one array, so that a population can be picked by a traced index; narrow ones are padded.
Stacked = Float[Array, "populations trials widest"]


class Plan(eqx.Module):
    """What each tick must compute, one row per tick.

    - `conductances`: of each projection.
    - `touched`: populations that may change, the first `count` of each row.
    - `open`: the open projections, sorted by target; those into the i-th touched population are at places
        `start[i]` to `stop[i]`.
    """

    conductances: Float[np.ndarray, "*ticks projections"] | Float[Array, "*ticks projections"]
    touched: Int[np.ndarray, "*ticks populations"] | Int[Array, "*ticks populations"]
    count: Int[np.ndarray, "*ticks"] | Int[Array, "*ticks"]
    open: Int[np.ndarray, "*ticks projections"] | Int[Array, "*ticks projections"]
    start: Int[np.ndarray, "*ticks populations"] | Int[Array, "*ticks populations"]
    stop: Int[np.ndarray, "*ticks populations"] | Int[Array, "*ticks populations"]


def plan(
    wiring: Wiring,
    gates: Float[np.ndarray, "ticks gates"],
    driven: Bool[np.ndarray, "ticks populations"],
    leak: float,
    everything: bool,
) -> Plan:
    """Work out from the gates' conductances what each tick must compute.

    A population need not be touched if no projection into it is open, nothing drives it and it is silent already.

    **Arguments:**

    - `driven`: which populations receive an external field.
    - `leak`: conductance of a closed gate.
    - `everything`: touch every population, as noise demands.
    """
    gate_of = np.array([projection.gate for projection in wiring.projections], np.int32)
    targets = np.array([projection.target for projection in wiring.projections], np.int32)
    conductances = np.maximum(gates, np.float32(leak))[:, gate_of]
    is_open = conductances > 0
    incoming = np.stack([is_open[:, targets == q].sum(axis=1) for q in range(len(wiring.populations))], axis=1)
    may_fire = (incoming > 0) | driven
    touched = may_fire.copy()
    touched[1:] |= may_fire[:-1]
    # What a run starts from is not known here.
    touched[0] = True
    touched |= everything
    order = np.argsort(~touched, axis=1, kind="stable")
    before = np.cumsum(incoming, axis=1) - incoming
    start = np.take_along_axis(before, order, axis=1)
    return Plan(
        conductances=conductances,
        touched=order.astype(np.int32),
        count=touched.sum(axis=1).astype(np.int32),
        open=np.argsort(~is_open, axis=1, kind="stable").astype(np.int32),
        start=start.astype(np.int32),
        stop=(start + np.take_along_axis(incoming, order, axis=1)).astype(np.int32),
    )


def stack(wiring: Wiring, state: State) -> Stacked:
    """The activities of all populations in one array, the narrow ones padded with silent units."""
    widest = max(population.units for population in wiring.populations)
    return jnp.stack([_padded(activity, widest) for activity in state.activities])


def unstack(wiring: Wiring, activity: Stacked) -> State:
    """The inverse of `stack`."""
    populations = wiring.populations
    return State(
        tuple(activity[place, :, : population.units] for place, population in enumerate(populations)),
        tuple(population.name for population in populations),
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
    driven: Int[Array, " driven"],
    external: Float[Array, "driven trials widest"],
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    activity: Stacked,
    scratch: Stacked,
) -> tuple[Stacked, Stacked, Bool[Array, " trials"]]:
    """One tick: x_q <- 1[h_q > 0], h_q = sum of g (W_qp x_p + b_qp) over open projections p -> q, + external_q.

    **Arguments:**

    - `row`: what to compute, one row of a `Plan`.
    - `driven`, `external`: populations that receive an external field, and the fields.
    - `noise`: probability that a unit's output flips.
    - `keys`: one random key per trial, for this tick.
    - `activity`: the state.
    - `scratch`: an array of the same shape, passed from tick to tick so that it is allocated once.

    **Returns:** the next state, the scratch array, and whether the fields of each trial were finite.
    """
    trials, widest = activity.shape[1:]
    branches = readers(network, widest)
    sizes = jnp.array([population.units for population in network.wiring.populations])

    def fields(slot: Int[Array, ""], target: Int[Array, ""]) -> Float[Array, "trials widest"]:
        def add(place: Int[Array, ""], total: Float[Array, "trials widest"]) -> Float[Array, "trials widest"]:
            projection = row.open[place]
            return total + row.conductances[projection] * jax.lax.switch(projection, branches, activity)

        start = jnp.where((driven == target)[:, None, None], external, 0.0).sum(axis=0)
        return jax.lax.fori_loop(row.start[slot], row.stop[slot], add, start)

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
        return activity.at[row.touched[slot]].set(scratch[slot])

    scratch, finite = jax.lax.fori_loop(0, row.count, update, (scratch, jnp.ones(trials, bool)))
    return jax.lax.fori_loop(0, row.count, write, activity), scratch, finite


def tick(
    network: Network,
    state: State,
    gates: Gating = (),
    *,
    external: Mapping[str, Float[Array, "trials units"]] | None = None,
    noise: float | int = 0.0,
    leak: float | int = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
) -> State:
    r"""One synchronous tick of a network, by hand: the same that `run` does at every tick of a program.

    $h_q = \sum_{p \to q} g_{qp} (W_{qp} x_p + b_{qp}) + e_q$ and $x_q \leftarrow 1[h_q > 0]$, each unit's output then
    flipped with probability `noise`.

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
    check_state(network.wiring, state)
    conductances = network.conductances(gates)
    leak, noise = check_fraction("leak", leak), check_fraction("noise", noise)
    keys = trial_keys(key, state.trials, noise)
    populations = [population.name for population in network.wiring.populations]
    widest = max(population.units for population in network.wiring.populations)
    external = external or {}
    for name, field in external.items():
        if field.shape != state[name].shape:
            raise NetworkError(
                f"external field of {name!r} has shape {field.shape}, the population {state[name].shape}"
            )
    driven = np.array([populations.index(name) for name in external], np.int32)
    mask = np.isin(np.arange(len(populations)), driven)[None]
    row = jax.tree.map(lambda a: a[0], plan(network.wiring, conductances[None], mask, leak, everything=True))
    current = jnp.stack(
        [_padded(jnp.asarray(field, jnp.float32), widest) for field in external.values()]
        or [jnp.zeros((state.trials, widest))]
    )
    if not external:
        driven = np.array([-1], np.int32)
    return _tick(network, row, jnp.asarray(driven), current, jnp.float32(noise), keys, state)


@jax.jit
def _tick(
    network: Network,
    row: Plan,
    driven: Int[Array, " driven"],
    external: Float[Array, "driven trials widest"],
    noise: Float[Array, ""],
    keys: Key[Array, " trials"],
    state: State,
) -> State:
    activity = stack(network.wiring, state)
    activity, _, _ = advance(network, row, driven, external, noise, keys, activity, jnp.zeros_like(activity))
    return unstack(network.wiring, activity)


def trial_keys(key: Key[Array, "*trials"] | None, trials: int, noise: float) -> Key[Array, " trials"]:
    """One random key per trial, from one key or from one key per trial; noise without a key is an error."""
    if key is None:
        if noise > 0:
            raise ArgumentError(f"noise is {noise:g} but no key is given; add key=jax.random.key(0), say")
        key = jax.random.key(0)
    if not jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        raise ArgumentError(f"key is an array of {key.dtype}; make it with jax.random.key")
    if key.shape not in ((), (trials,)):
        raise ArgumentError(f"key has shape {key.shape}; give one key, or one for each of the {trials} trials")
    return key if key.shape else jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key, jnp.arange(trials))
