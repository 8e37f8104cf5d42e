"""The conditions under which a network is tried: leak, noise, flipped units, lesions, stuck gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import check_fraction
from attractorbind._compiled import with_stuck
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate, check_one_key
from attractorbind._lesion import lesion
from attractorbind._macros import load
from attractorbind._network import Network
from attractorbind._program import Program, arg
from attractorbind._run import run
from attractorbind._state import State
from attractorbind._trace import Trace
from attractorbind._wiring import Wiring

# One number, or the several that are swept.
Level = Rate | Sequence[Rate] | Float[np.ndarray, " levels"] | Float[Array, " levels"]


@dataclass(frozen=True)
class Conditions:
    """What a network must bear.

    - `leak`, `noise`, `stuck`: as for `run`.
    - `flips`: probability that a unit of a buffer is flipped at the start.
    - `synapses`, `units`: as for `lesion`.
    - `key`: draws all that is random, the same lesion at every level.
    """

    leak: float
    noise: float
    flips: float
    synapses: float
    units: float
    stuck: Mapping[str, Any] | None
    key: Key[Array, ""]

    def hurt(self, network: Network) -> Network:
        """The network with its lesions."""
        if not self.synapses and not self.units:
            return network
        return lesion(network, synapses=self.synapses, units=self.units, key=jax.random.fold_in(self.key, 0))

    def run(
        self,
        network: Network,
        program: Program,
        start: State,
        case: int,
        groups: Int[np.ndarray, " trials"],
        record: str,
    ) -> Trace:
        """Run a program under these conditions.

        **Arguments:**

        - `network`: with its lesions.
        - `case`: a number; another one has other noise and flips.
        - `groups`: of trials; those of one group have the same noise and flips.
        """
        one = jax.random.fold_in(self.key, 1 + case)
        keys = jax.vmap(jax.random.fold_in, in_axes=(None, 0))(one, jnp.asarray(groups))
        for place, buffer in enumerate(network.buffers if self.flips else ()):
            start = start.replace(
                buffer, _flipped(start[buffer], self.flips, jax.vmap(jax.random.fold_in, (0, None))(keys, place))
            )
        return run(
            network,
            program,
            start,
            noise=self.noise,
            leak=self.leak,
            stuck=self.stuck,
            key=keys,
            record=record,
            throw=False,
        )


@jax.jit
def _flipped(
    activity: Float[Array, "trials units"], flips: float | Float[Array, ""], keys: Key[Array, " trials"]
) -> Float[Array, "trials units"]:
    drawn = jax.vmap(lambda key: jax.random.bernoulli(key, flips, activity.shape[1:]))(keys)
    return jnp.abs(activity - drawn)


def conditions(wiring: Wiring, stuck: Mapping[str, Any] | None, key: Any, **given: Any) -> Conditions:
    """The conditions that these numbers describe, checked."""
    numbers = {name: check_fraction(name, value) for name, value in given.items()}
    random = [name for name, value in numbers.items() if value > 0 and name != "leak"]
    if key is None and random:
        raise ArgumentError(
            f"{random[0]} is {numbers[random[0]]:g} but no key is given; add key=jax.random.key(0), say"
        )
    if stuck is not None:
        # Only to see that there are such gates.
        with_stuck(wiring, wiring.resting[None], stuck)
    return Conditions(**numbers, stuck=stuck, key=jax.random.key(0) if key is None else check_one_key(key))


def swept(wiring: Wiring, stuck: Mapping[str, Any] | None, key: Any, **given: Any) -> tuple[str, list[Conditions]]:
    """The name of what is given as a list, "leak" if nothing is, and the conditions at each of its levels."""
    lists = [name for name, value in given.items() if _is_list(value)]
    if len(lists) > 1:
        raise ArgumentError(f"{lists[0]} and {lists[1]} are both lists; sweep one of them, and give the other a number")
    name = lists[0] if lists else "leak"
    levels = list(given[name]) if lists else [given[name]]
    if not levels:
        raise ArgumentError(f"{name} is an empty list; give one level at least")
    return name, [conditions(wiring, stuck, key, **given | {name: level}) for level in levels]


def _is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray | Array):
        return value.ndim == 1
    return isinstance(value, Sequence) and not isinstance(value, str)


def opponents(symbols: int, trials: int) -> tuple[Int[np.ndarray, " trials"], Int[np.ndarray, " trials"]]:
    """Every symbol so many times, and beside it another symbol, another one each time as far as there are any."""
    own, rounds = np.tile(np.arange(symbols), trials), np.repeat(np.arange(trials), symbols)
    return own, (own + 1 + rounds % max(symbols - 1, 1)) % symbols


def loaded(network: Network, contents: Mapping[str, Int[np.ndarray, " trials"]]) -> State:
    """The state in which every buffer holds a symbol, given by its place in the vocabulary, for each trial."""
    names = network.vocabulary.names
    program = sum((load(buffer, arg(buffer)) for buffer in contents), Program())
    symbols = {buffer: [names[symbol] for symbol in every] for buffer, every in contents.items()}
    return run(network, program, args=symbols, throw=False).state
