"""Harmony: how well what a pathway would write on its target agrees with what the target holds."""

from collections.abc import Callable
from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from attractorbind._engine.activity import Activity, Units, padded_units, stack
from attractorbind._errors import NetworkError, listed
from attractorbind._network import Network, check_network, nameless
from attractorbind._overlap import correlation
from attractorbind._state import State, check_state

# Half-way between equal symbols, 1, and independent codes, 0; see `equal` for what chance alone exceeds.
THRESHOLD = 0.5


def agreement(
    written: Float[Array, "trials widest"], held: Float[Array, "trials widest"], units: int | Int[Array, ""]
) -> Float[Array, " trials"]:
    """The correlation of two binary states over so many units; 0 where one of them is silent or all on."""
    both, one, other = (jnp.sum(states, axis=1) for states in (written * held, written, held))
    return correlation(both, one, other, units)


def writers(network: Network, widest: int) -> list[Callable[[Activity], Units]]:
    """For each latch and relay, the function from the activities to what it would write on its target.

    A pathway through a nucleus is followed through it, without writing on the nucleus.
    """
    wiring = network.wiring

    def passed_on(projection: int, states: Units) -> Units:
        source = wiring.populations[wiring.projections[projection].source]
        field = network.synapses[projection].fields(states[:, : source.units])
        return padded_units((field > 0).astype(jnp.float32), widest)

    def writer(gate: int) -> Callable[[Activity], Units]:
        path = [place for place, projection in enumerate(wiring.projections) if projection.gate == gate]
        source = wiring.gates[gate].source
        first = next(p for p in path if wiring.populations[wiring.projections[p].source].name == source)

        def write(activity: Activity) -> Units:
            outputs = passed_on(first, activity.of(wiring.projections[first].source))
            for second in path:
                if second != first:
                    outputs = passed_on(second, outputs)
            return outputs

        return write

    return [writer(gate) for gate in range(len(wiring.pathways))]


def harmony(network: Network, state: State, gate: str) -> Float[Array, " trials"]:
    r"""How well what a relay or a latch would write on its target agrees with what the target holds.

    The correlation over the target's units of $y = 1[W x_{source} + b]$ with $x_{target}$,

    $H = \frac{N \, y \cdot x - |y| |x|}{\sqrt{|y| (N - |y|) |x| (N - |x|)}}$, and 0 where y or x is silent.

    It is 1 where source and target hold the same symbol, and about 0 where they hold different ones. Nothing is
    written. The conditions `equal` and `empty` compare it with a threshold of 1/2.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`.
    - `gate`: the name of a relay, "source->target", or of a latch, which is its buffer's name.

    **Returns:** one harmony per trial.

    **Raises:** `UnknownNameError` for an unknown gate, `NetworkError` for a state of another network.

    **Reference:** our own design, after the harmony of Smolensky 1986, in Parallel Distributed Processing 1, ch. 6.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 64, "b": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("a", "dog") + ab.load("b", ab.arg("other"))
        >>> state = ab.run(network, program, args={"other": ["dog", "cat"]}).state
        >>> (ab.harmony(network, state, "a->b") > 0.5).tolist()
        [True, False]
    """
    wiring = check_network(network).wiring
    check_state(wiring, state)
    if wiring.gate(gate) not in wiring.pathways:
        raise NetworkError(
            f"gate {gate!r} is a memory's; harmony is of a latch or a relay: "
            f"{listed(pathway.name for pathway in wiring.pathways)}"
        )
    target = wiring.buffer(wiring.gate(gate).target)
    return _harmony(nameless(network), state.activities, wiring.gate_index[gate], target)


@partial(jax.jit, static_argnames=("gate", "target"))
def _harmony(
    network: Network, activities: tuple[Float[Array, "trials _units"], ...], gate: int, target: int
) -> Float[Array, " trials"]:
    activity = stack(activities)
    held = activity.of(target)
    written = writers(network, held.shape[1])[gate](activity)
    return agreement(written, held, network.wiring.populations[target].units)
