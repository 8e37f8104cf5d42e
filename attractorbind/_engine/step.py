"""One tick as a pure function of arrays: dense, of a static graph, differentiable with a surrogate slope."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_array, check_known
from attractorbind._engine.areas import areas_tick, gated
from attractorbind._engine.coding import Coding
from attractorbind._engine.noise import Noise
from attractorbind._engine.plan import leaking
from attractorbind._errors import ArgumentError, NetworkError, listed
from attractorbind._keys import Rate, check_rate, is_noiseless, unused_key
from attractorbind._network import Network
from attractorbind._state import State
from attractorbind._transfers import sending

# From fields to the slope that stands for the threshold's derivative.
Surrogate = Callable[[Float[Array, "trials _units"]], Float[Array, "trials _units"]]


@sending
def step(
    network: Network,
    state: State,
    gates: Float[Array | np.ndarray, " gates"] | Float[Array | np.ndarray, "trials gates"],
    *,
    external: Mapping[str, Float[Array | np.ndarray, "trials _units"]] | None = None,
    noise: Rate = 0.0,
    leak: Rate = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
    surrogate: Surrogate | None = None,
) -> State:
    r"""One synchronous tick as a pure function of arrays, for use inside `jax.jit`, `vmap`, `scan` and `grad`.

    $h_q = \sum_{p \to q} \max(g_{qp}, \ell) (W_{qp} x_p + b_{qp}) + e_q$ and $x_q \leftarrow 1[h_q > 0]$, each unit's
    output then flipped with probability `noise`. What areas write is part of $e_q$, $\ell$ is the leak.

    The same that `run` does at every tick and, without its checks, that `tick` does. Every projection is computed,
    whether its gate is open or not, and nothing is checked but what JAX itself checks: shapes must fit, conductances
    lie between 0 and 1. With a surrogate, derivatives pass through the threshold as if it had the slope that the
    surrogate gives, $\partial x_q / \partial h_q := \sigma(h_q)$; without, they are zero.

    **Arguments:**

    - `network`: the network; its weights may be traced.
    - `state`: of the tick before.
    - `gates`: the conductance of every gate, in the order of `network.gates`: of shape (gates,) for all trials, or
        (trials, gates); `network.gating(open, closed)` makes one setting from names.
    - `external`: external fields, population name to an array of shape (trials, units).
    - `noise`: probability that a unit's output flips at this tick; a number, or traced.
    - `leak`: conductance of a closed gate; a number, or traced.
    - `key`: a random key, or one per trial, for this tick; needed with noise, and where areas draw.
        Trial i of one key k has the key fold_in(k, i). `run` gives tick t of a trial of key k the key fold_in(k, t).
    - `surrogate`: from fields to slopes, element by element.

    **Returns:** the next `State`.

    **Raises:** `UnknownNameError` for an external field of a population that does not exist, `ArgumentError` for noise
    without a key; otherwise what JAX raises.

    **Reference:** E. O. Neftci, H. Mostafa & F. Zenke 2019, IEEE Signal Process. Mag. 36:51, for surrogate gradients.

    **Example:** how much each unit of the source helps the target to hold a symbol.

        >>> import attractorbind as ab, jax, jax.numpy as jnp
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> gates = network.gating(open=["focus->agent"])
        >>> start = network.silent(trials=2).replace("focus", network.codes("focus").astype(float))
        >>> bool((ab.step(network, start, gates)["agent"] == network.codes("agent")).all())
        True
        >>> def held(focus):
        ...     after = ab.step(network, start.replace("focus", focus), gates, surrogate=lambda h: 1 / (1 + h**2))
        ...     return jnp.sum(after["agent"] * network.codes("agent"))
        >>> jax.grad(held)(start["focus"]).shape
        (2, 64)
    """
    if not isinstance(network, Network) or not isinstance(state, State):
        told = f"a {type(network).__name__} and a {type(state).__name__}"
        raise NetworkError(f"step is given {told}; give a network, and a state of it, such as network.silent()")
    check_array("gates", gates, (state.trials,) * (np.ndim(gates) == 2) + (len(network.wiring.gates),), NetworkError)
    check_rate("noise", noise)
    check_rate("leak", leak)
    wiring, activities = network.wiring, state.activities
    trials = state.trials
    conductances = leaking(jnp.asarray(gates, jnp.float32), jnp.asarray(leak, jnp.float32))
    # One column for all trials, or one value for each.
    of_gates = jnp.broadcast_to(conductances, (trials, conductances.shape[-1])).T
    noisy = not is_noiseless(noise)
    if key is None:
        if noisy or wiring.drawing:
            told = "noise is given" if noisy else f"the network makes choices at {listed(wiring.drawing)}"
            raise ArgumentError(f"{told} but no key; give key=, one random key or one per trial")
        key = unused_key()
    keys = key if key.ndim else jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key, jnp.arange(trials))
    drawn = Noise(jnp.asarray(noise, jnp.float32) if noisy else None, keys)
    fields = [jnp.zeros((trials, population.units), jnp.float32) for population in wiring.populations]
    for name, field in (external or {}).items():
        index = state.names.index(check_known("population", "populations", name, state.names))
        fields[index] = fields[index] + jnp.asarray(field, jnp.float32)
    of_projections = np.array([projection.gate for projection in wiring.projections], np.int32)
    areas, area_conductances, area_fields = areas_tick(
        network,
        state.areas,
        of_gates[len(wiring.pathways) :],
        lambda projection: of_gates[jnp.asarray(of_projections)[projection]],
        lambda population: activities[population],
        drawn,
        jnp.ones(trials, bool),
    )
    for area, writes, written in zip(wiring.areas, area_conductances, area_fields, strict=True):
        for buffer, conductance, field in zip(area.writes, writes, written, strict=True):
            index = wiring.buffers[buffer]
            fields[index] = fields[index] + gated(conductance, field)
    coding = Coding(network, areas)
    for number, (projection, synapses) in enumerate(zip(wiring.projections, network.synapses, strict=True)):
        gate = of_gates[projection.gate][:, None]
        is_open = gate > 0
        # A closed projection adds nothing, not even if its field is not finite. For the derivatives through it to be
        # zero then, and not undefined, what goes into it and its field are masked, too.
        activity = jnp.where(is_open, activities[projection.source], 0.0)
        field = coding.carried(number, activity, synapses.weighted(activity) + synapses.bias[None, :])
        field = jnp.where(is_open, field, 0.0)
        fields[projection.target] = fields[projection.target] + jnp.where(is_open, gate * field, 0.0)
    threshold = _threshold if surrogate is None else partial(_threshold_with_slope, surrogate)
    outputs = [threshold(field) for field in fields]
    if noisy:
        widest = max(population.units for population in wiring.populations)
        for index, output in enumerate(outputs):
            flips = drawn.flips(index, widest)[:, : output.shape[1]]
            outputs[index] = jnp.where(flips, 1.0 - output, output)
    return dataclasses.replace(state, activities=tuple(outputs), areas=areas)


def _threshold(field: Float[Array, "trials units"]) -> Float[Array, "trials units"]:
    return (field > 0).astype(jnp.float32)


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _threshold_with_slope(surrogate: Surrogate, field: Float[Array, "trials units"]) -> Float[Array, "trials units"]:
    return _threshold(field)


@_threshold_with_slope.defjvp
def _slope(surrogate: Surrogate, primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
    (field,), (change,) = primals, tangents
    return _threshold(field), surrogate(field) * change
