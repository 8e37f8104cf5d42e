"""Harmony: how well what a pathway would write on its target agrees with what the target holds."""

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from attractorbind._engine.activity import States, stack
from attractorbind._engine.asking import agreement, written
from attractorbind._engine.coding import Coding
from attractorbind._engine.readers import readers
from attractorbind._errors import NetworkError, listed
from attractorbind._nameless import nameless
from attractorbind._network import Network, check_network, check_state
from attractorbind._state import State
from attractorbind._transfers import sending


@sending
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
    check_state(network, state)
    if wiring.gate(gate) not in wiring.pathways:
        raise NetworkError(
            f"gate {gate!r} is that of an area; harmony is of a latch or a relay: "
            f"{listed(pathway.name for pathway in wiring.pathways)}"
        )
    target = wiring.buffer(wiring.gate(gate).target)
    return _harmony(nameless(network), state.activities, state.areas, wiring.gate_index[gate], target)


@partial(jax.jit, static_argnames=("gate", "target"))
def _harmony(
    network: Network,
    activities: States,
    areas: tuple[PyTree, ...],
    gate: int,
    target: int,
) -> Float[Array, " trials"]:
    activity = stack(activities)
    held = activity.of(target)
    wanted = written(Coding(network, areas), readers(network, held.shape[1]), activity, jnp.int32(gate))
    return agreement(wanted, held, network.wiring.populations[target].units)
