"""How many trials are run together: so many that a sweep over numbers of trials compiles few times.

A batch is filled up with copies of its last trial, which do what it does and end when it ends, so that nobody else can
tell that they are there. Filling up and cutting is done by NumPy: JAX would compile both for every number of trials.
"""

import dataclasses
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from attractorbind._checks import fits_in_memory
from attractorbind._engine.driver import Outcome
from attractorbind._engine.observe import Record
from attractorbind._kept import kept
from attractorbind._network import Network
from attractorbind._state import State, bytes_of_a_trial, is_shared, repeated, silent_shapes

# On the host or on a device.
SomeArray = TypeVar("SomeArray", np.ndarray, jax.Array)

# Up to so many trials their number is filled up to a power of two; beyond, in eighths of one, so that what is added is
# an eighth at the most.
_POWERS = 64
# What is added may take so many bytes, lest few trials with large states become many.
_MOST_ADDED = 2**28


def batch_of(network: Network, state: State | None, trials: int) -> int:
    """How many trials are run together where so many are asked for.

    **Arguments:**

    - `state`: where they start; None if silent.
    """
    size = _bucket(trials)
    if size == trials:
        return trials
    own = _bytes_of_a_trial(network)
    if own is None or (state is not None and _is_spread(state)):
        return trials
    return size if (size - trials) * own <= _MOST_ADDED and fits_in_memory(size * own) else trials


@kept
def _bytes_of_a_trial(network: Network) -> int | None:
    """Of its state; None where trials share a part, such as weights that learn, which copies would change."""
    one = silent_shapes(network.wiring, network.areas, network.origin)
    shares = any(map(is_shared, jax.tree.leaves(one.areas, is_leaf=is_shared)))
    return None if shares else bytes_of_a_trial(one)


def _bucket(trials: int) -> int:
    power = 1 << (trials - 1).bit_length()
    step = power if power <= _POWERS else power // 16
    return -(-trials // step) * step


def _is_spread(state: State) -> bool:
    """Whether it lies on several devices, where it is to stay."""
    return any(isinstance(leaf, jax.Array) and len(leaf.sharding.device_set) > 1 for leaf in jax.tree.leaves(state))


def filled(array: SomeArray, batch: int, axis: int = 0) -> SomeArray:
    """The array of some trials, or of one for all, with copies of the last up to so many."""
    found = array.shape[axis]
    return array if found == batch else _taken(array, np.minimum(np.arange(batch), found - 1), axis)


def filled_state(state: State, batch: int) -> State:
    """A state of some trials, or of one for all, with copies of the last up to so many."""
    if state.trials in (1, batch):
        return repeated(state, batch)
    return jax.tree.map(lambda leaf: filled(leaf, batch), state)


def cut(array: SomeArray, trials: int) -> SomeArray:
    """The array of the first trials alone."""
    return array if len(array) == trials else _taken(array, slice(trials), 0)


def cut_run(outcome: Outcome, recorded: Record | None, trials: int) -> tuple[Outcome, Record | None]:
    """What a run comes to, and what was recorded, for the first trials alone."""
    if outcome.state.trials == trials:
        return outcome, recorded
    own = dataclasses.replace(
        outcome,
        state=jax.tree.map(lambda leaf: cut(leaf, trials), outcome.state),
        result=np.asarray(outcome.result)[:trials],
        ticks=np.asarray(outcome.ticks)[:trials],
        outputs=np.asarray(outcome.outputs)[:trials],
        output_counts=np.asarray(outcome.output_counts)[:trials],
    )
    # A copy, so that what was recorded of the others can go.
    return own, jax.tree.map(lambda leaf: np.ascontiguousarray(leaf[:, :trials]), recorded)


def _taken(array: Any, which: Any, axis: int) -> Any:
    """Some of its rows, taken on the host, where the array itself is."""
    if not isinstance(array, jax.Array):
        return array[(slice(None),) * axis + (which,)]
    if jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
        data = _taken(jax.random.key_data(array), which, axis)
        return jax.random.wrap_key_data(data, impl=jax.random.key_impl(array))
    rows = np.asarray(array)[(slice(None),) * axis + (which,)]
    return jax.device_put(rows, array.sharding if array.committed else None, may_alias=False)
