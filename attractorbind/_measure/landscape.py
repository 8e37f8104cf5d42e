"""The energy on the way from one attractor of a buffer to another, and to which of the two the latch leads."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key

from attractorbind._checks import check_count, check_memory
from attractorbind._errors import ArgumentError, NetworkError
from attractorbind._keys import check_one_key
from attractorbind._measure.energy import energy
from attractorbind._measure.proportion import Proportion
from attractorbind._network import Network, check_network
from attractorbind._program.macros import hold
from attractorbind._run import run
from attractorbind._transfers import sending


@dataclass(frozen=True, eq=False)
class Landscape:
    """The energy along paths between two attractors of a buffer's latch; made by `landscape`.

    **Attributes:**

    - `buffer`, `first`, `second`: the buffer, and the two symbols whose attractors the paths join.
    - `distance`: how much of the way is done at each step, 0 at the first attractor, 1 at the second.
    - `energy`: the energy at each step of each path, shape (steps, paths).
    - `to_first`, `to_second`: for each step, on how many of the paths the latch leads from there to either attractor.
    """

    buffer: str
    first: str
    second: str
    distance: Float[np.ndarray, " steps"]
    energy: Float[np.ndarray, "steps paths"]
    to_first: Proportion
    to_second: Proportion

    def __repr__(self) -> str:
        steps, paths = self.energy.shape
        return f"Landscape({self.buffer}, {self.first} to {self.second}: {paths} paths of {steps - 1} steps)"

    @property
    def rise(self) -> float:
        """How far the mean energy over the paths rises above the higher of the two ends.

        It is no measure of the lowest pass between the two, which lies lower than a mean over random paths.
        """
        mean = self.energy.mean(axis=1)
        return float(mean.max() - max(mean[0], mean[-1]))


@sending
def landscape(
    network: Network, buffer: str, first: str, second: str, *, paths: int = 20, ticks: int = 20, key: Key[Array, ""]
) -> Landscape:
    """The energy of a buffer's latch along paths from one symbol's code to another's, and where the latch leads to.

    The units in which the two codes differ are changed one by one, in an order drawn for each path. From every state
    on the way the latch alone is run for some ticks.

    **Arguments:**

    - `network`: the network.
    - `buffer`: the buffer.
    - `first`, `second`: the symbols.
    - `paths`: how many paths are drawn.
    - `ticks`: how long the latch is run from each state.
    - `key`: a random key for the orders.

    **Returns:** a `Landscape`.

    **Raises:** `UnknownNameError` for a buffer or a symbol that is not there, `NetworkError` for a latch that goes by
    way of a nucleus, `ArgumentError` for the same symbol twice, if `paths` or `ticks` is no positive whole number, or
    if `key` is no random key.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1, rule=ab.Hebbian(),
        ...     key=jax.random.key(0))
        >>> between = ab.landscape(network, "focus", "dog", "cat", key=jax.random.key(1))
        >>> between.rise > 0, between.to_first.fraction[[0, -1]].tolist()
        (True, [1.0, 0.0])
    """
    wiring, vocabulary = check_network(network).wiring, network.vocabulary
    population = wiring.buffer(buffer)
    first_symbol, second_symbol = vocabulary[first], vocabulary[second]
    if first == second:
        raise ArgumentError(f"first and second are both {first!r}; name two symbols")
    if not any(projection.source == projection.target == population for projection in wiring.projections):
        raise NetworkError(f"the latch of {buffer!r} goes by way of a nucleus; energies are told of recurrent latches")
    paths, ticks, key = check_count("paths", paths), check_count("ticks", ticks), check_one_key(key)
    codes = np.asarray(network.codes(buffer))
    steps = int((codes[first_symbol] != codes[second_symbol]).sum()) + 1
    check_memory(f"{paths:,} paths", 4 * steps * paths * codes.shape[1], "give fewer paths=", ArgumentError)
    draws = np.asarray(jax.random.uniform(key, (paths, codes.shape[1]), jnp.float32))
    states = _paths(codes[first_symbol], codes[second_symbol], draws)
    steps = len(states)
    start = network.silent(steps * paths).replace(buffer, jnp.asarray(states.reshape(steps * paths, -1), jnp.float32))
    final = np.asarray(run(network, hold(ticks), start, throw=False).state[buffer]) > 0

    def led_to(symbol: int) -> Proportion:
        return Proportion((final == codes[symbol]).all(axis=1).reshape(steps, paths).sum(axis=1), paths)

    energies = np.asarray(energy(network, start)).reshape(steps, paths)
    distance = np.linspace(0, 1, steps)
    return Landscape(buffer, first, second, distance, energies, led_to(first_symbol), led_to(second_symbol))


def _paths(
    first: Bool[np.ndarray, " units"], second: Bool[np.ndarray, " units"], draws: Float[np.ndarray, "paths units"]
) -> Bool[np.ndarray, "steps paths units"]:
    """The states on the paths from the first code to the second; units change one a step, those drawn lower first."""
    differ = first != second
    # Its rank is the step after which a unit has changed. Draws are below 1, so units that do not change come last.
    ranks = np.argsort(np.argsort(np.where(differ, draws, 2.0), axis=1), axis=1)
    changed = ranks < np.arange(differ.sum() + 1)[:, None, None]
    return np.where(changed, second, first)
