"""The conditions under which a network is tried: leak, noise, flipped units, lesions, stuck gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import check_count, check_fraction
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate, check_one_key
from attractorbind._lesion import lesion
from attractorbind._network import Network
from attractorbind._program.compiled import with_stuck
from attractorbind._program.macros import load
from attractorbind._program.program import Program
from attractorbind._program.symbol import arg
from attractorbind._run import run
from attractorbind._state import State
from attractorbind._trace import Trace

# One number, or the several that are swept.
Level = Rate | Sequence[Rate] | Float[np.ndarray, " levels"] | Float[Array, " levels"]
# What is random, and needs a key.
_RANDOM = ("noise", "flips", "synapses", "units")
# Apart from each other, and from the keys of single cases, which count from 0.
_LESIONS, _FLIPS = 2**31 - 1, 2**31 - 2


@dataclass(frozen=True)
class Conditions:
    """What a network must bear.

    - `leak`, `noise`, `stuck`: as for `run`.
    - `flips`: probability that a unit of a buffer is flipped at the start.
    - `synapses`, `units`: as for `lesion`.
    - `key`: draws all that is random; the lesion is the same at every level.
    """

    leak: float
    noise: float
    flips: float
    synapses: float
    units: float
    stuck: Mapping[str, Any]
    key: Key[Array, ""]

    @property
    def random(self) -> bool:
        """Whether a trial made twice may come out differently."""
        return self.noise > 0 or self.flips > 0

    @property
    def told(self) -> dict[str, Any]:
        """What differs from a sound network at rest, by name."""
        levels = {name: getattr(self, name) for name in ("leak", *_RANDOM)}
        return {name: level for name, level in levels.items() if level} | ({"stuck": self.stuck} if self.stuck else {})

    def hurt(self, network: Network) -> Network:
        """The network with its lesions."""
        if not self.synapses and not self.units:
            return network
        return lesion(network, synapses=self.synapses, units=self.units, key=jax.random.fold_in(self.key, _LESIONS))

    def run(
        self,
        hurt: Network,
        program: Program,
        start: State,
        case: int,
        groups: Int[np.ndarray, " trials"],
        record: str = "final",
    ) -> Trace:
        """Run a program under these conditions.

        **Arguments:**

        - `hurt`: the network, with its lesions.
        - `case`: a number; another one has other noise and flips.
        - `groups`: of trials; those of one group have the same noise and flips.
        """
        keys = jax.vmap(jax.random.fold_in, in_axes=(None, 0))(jax.random.fold_in(self.key, case), jnp.asarray(groups))
        if self.flips:
            own = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, _FLIPS)
            for place, buffer in enumerate(hurt.buffers):
                of_buffer = jax.vmap(jax.random.fold_in, in_axes=(0, None))(own, place)
                start = start.replace(buffer, _flipped(start[buffer], jnp.float32(self.flips), of_buffer))
        return run(
            hurt,
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
    activity: Float[Array, "trials units"], flips: Float[Array, ""], keys: Key[Array, " trials"]
) -> Float[Array, "trials units"]:
    drawn = jax.vmap(lambda key: jax.random.bernoulli(key, flips, activity.shape[1:]))(keys)
    return jnp.abs(activity - drawn)


def conditions(network: Network, stuck: Mapping[str, Any] | None, key: Any, **given: Any) -> Conditions:
    """The conditions that these numbers describe, checked."""
    numbers = {name: check_fraction(name, value) for name, value in given.items()}
    random = [name for name in _RANDOM if numbers[name] > 0]
    if key is None and random:
        raise ArgumentError(
            f"{random[0]} is {numbers[random[0]]:g} but no key is given; add key=jax.random.key(0), say"
        )
    stuck = {} if stuck is None else stuck
    # Only to see that there are such gates.
    with_stuck(network.wiring, network.wiring.resting[None], stuck)
    if len(network.vocabulary) < 2:
        raise ArgumentError("the vocabulary has a single symbol; crosstalk is between two at least, so add another")
    return Conditions(**numbers, stuck=stuck, key=jax.random.key(0) if key is None else check_one_key(key))


def swept(
    network: Network, stuck: Mapping[str, Any] | None, key: Any, **given: Any
) -> tuple[str | None, list[Conditions]]:
    """The name of what is given as a list, None if nothing is, and the conditions at each of its levels."""
    lists = [name for name, value in given.items() if _is_list(value)]
    if len(lists) > 1:
        raise ArgumentError(f"{lists[0]} and {lists[1]} are both lists; sweep one of them, and give the other a number")
    if not lists:
        return None, [conditions(network, stuck, key, **given)]
    (name,) = lists
    if not len(given[name]):
        raise ArgumentError(f"{name} is an empty list; give one level at least")
    return name, [conditions(network, stuck, key, **given | {name: level}) for level in given[name]]


def _is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray | Array):
        return value.ndim == 1
    return isinstance(value, Sequence) and not isinstance(value, str)


def opponents(
    symbols: int, trials: Any, levels: Sequence[Conditions]
) -> tuple[Int[np.ndarray, " trials"], Int[np.ndarray, " trials"]]:
    """Every symbol so many times, and beside it another symbol, another one each time as far as there are any.

    Where nothing is random, no pair comes twice, for it would come out the same.
    """
    trials = check_count("trials", trials)
    if not any(one.random for one in levels):
        trials = min(trials, symbols - 1)
    own, rounds = np.tile(np.arange(symbols), trials), np.repeat(np.arange(trials), symbols)
    return own, (own + 1 + rounds % (symbols - 1)) % symbols


def loaded(network: Network, contents: Mapping[str, Int[np.ndarray, " trials"]]) -> State:
    """The state in which every buffer holds a symbol, given by its place in the vocabulary, for each trial."""
    names = network.vocabulary.names
    program = sum((load(buffer, arg(buffer)) for buffer in contents), Program())
    symbols = {buffer: [names[symbol] for symbol in every] for buffer, every in contents.items()}
    return run(network, program, args=symbols, throw=False).state


def with_buffer(network: Network, state: State, buffer: str, other: State) -> State:
    """The state in which one buffer, and the nucleus of its latch, are as in another state."""
    wiring = network.wiring
    gate = wiring.gate_index[buffer]
    for projection in wiring.projections:
        if projection.gate == gate:
            name = wiring.populations[projection.source].name
            state = state.replace(name, other[name])
    return state
