"""What a network is tried with: the symbols of each trial, and leak, noise, flipped units, lesions, stuck gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import check_count, check_fraction, check_memory, entries
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

# One number, or the list of those that are swept.
Level = Rate | Sequence[Rate] | Float[np.ndarray, " levels"] | Float[Array, " levels"]
# The disturbances that are drawn, and so need a key.
_RANDOM = ("noise", "flips", "synapses", "units")
# What keys of lesions and of flips are derived with. Cases and groups count from 0, and never come so far.
_LESIONS, _FLIPS = 2**31 - 1, 2**31 - 2


@dataclass(frozen=True)
class Disturbance:
    """All that a network must bear while it is tried.

    - `leak`, `noise`, `stuck`: as for `run`.
    - `flips`: probability that a unit of a buffer is flipped at the start.
    - `synapses`, `units`: as for `lesion`.
    - `key`: draws all that is random. The lesion depends on nothing else, so it is the same at every level of noise.
    """

    leak: float
    noise: float
    flips: float
    synapses: float
    units: float
    stuck: Mapping[str, Any]
    key: Key[Array, ""]

    @property
    def varies(self) -> bool:
        """Whether the same trial may come out differently when it is run again with another key for its noise."""
        return self.noise > 0 or self.flips > 0

    @property
    def present(self) -> dict[str, Any]:
        """The disturbances that there are, by name."""
        levels = {name: getattr(self, name) for name in ("leak", *_RANDOM)}
        return {name: level for name, level in levels.items() if level} | ({"stuck": self.stuck} if self.stuck else {})

    def lesioned(self, network: Network) -> Network:
        """The network with its lesions; the network itself if there are none."""
        if not self.synapses and not self.units:
            return network
        return lesion(network, synapses=self.synapses, units=self.units, key=jax.random.fold_in(self.key, _LESIONS))

    def run(
        self,
        lesioned: Network,
        program: Program,
        start: State,
        case: int,
        groups: Int[np.ndarray, " trials"],
        record: str = "final",
    ) -> Trace:
        """Run a program under the disturbance.

        **Arguments:**

        - `lesioned`: the network, with its lesions.
        - `program`, `start`, `record`: as for `run`.
        - `case`: a number that tells this call from others, which have other noise and other flips.
        - `groups`: a number for each trial; trials with the same number have the same noise and the same flips.
        """
        key_of_case = jax.random.fold_in(self.key, case)
        keys = jax.vmap(jax.random.fold_in, in_axes=(None, 0))(key_of_case, jnp.asarray(groups, jnp.int32))
        if self.flips:
            keys_of_flips = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys, _FLIPS)
            for number, buffer in enumerate(lesioned.buffers):
                keys_of_buffer = jax.vmap(jax.random.fold_in, in_axes=(0, None))(keys_of_flips, number)
                start = start.replace(buffer, _flipped(start[buffer], jnp.float32(self.flips), keys_of_buffer))
        return run(
            lesioned,
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
    return jnp.abs(activity - drawn.astype(jnp.float32))


def checked_disturbance(network: Network, stuck: Mapping[str, Any] | None, key: Any, **levels: Any) -> Disturbance:
    """The disturbance of these levels, given by name; an error for a level out of range or a network of one symbol."""
    fractions = {name: check_fraction(name, level) for name, level in levels.items()}
    random = [name for name in _RANDOM if fractions[name] > 0]
    if key is None and random:
        raise ArgumentError(
            f"{random[0]} is {fractions[random[0]]:g} but no key is given; add key=jax.random.key(0), say"
        )
    stuck = {} if stuck is None else stuck
    # Its result is not needed: it raises if there are no such gates.
    with_stuck(network.wiring, network.wiring.resting[None], stuck)
    if len(network.vocabulary.names) < 2:
        raise ArgumentError("the vocabulary has a single symbol; crosstalk is between two at least, so add another")
    return Disturbance(**fractions, stuck=stuck, key=jax.random.key(0) if key is None else check_one_key(key))


def swept_disturbances(
    network: Network, stuck: Mapping[str, Any] | None, key: Any, **levels: Any
) -> tuple[str | None, list[Disturbance]]:
    """One disturbance for each level of the name that is given a list; without a list, None and a single one."""
    lists = [name for name, level in levels.items() if _is_list(level)]
    if len(lists) > 1:
        raise ArgumentError(f"{lists[0]} and {lists[1]} are both lists; sweep one of them, and give the other a number")
    if not lists:
        return None, [checked_disturbance(network, stuck, key, **levels)]
    (name,) = lists
    if not len(levels[name]):
        raise ArgumentError(f"{name} is an empty list; give one level at least")
    return name, [checked_disturbance(network, stuck, key, **levels | {name: level}) for level in levels[name]]


def _is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray | Array):
        return value.ndim == 1
    return entries(value) is not None


class Pairing(NamedTuple):
    """Two symbols for each trial, as numbers in the vocabulary.

    - `own`: the symbol that is followed: held, or copied.
    - `others`: another symbol, which all other buffers hold meanwhile.
    """

    own: Int[np.ndarray, " trials"]
    others: Int[np.ndarray, " trials"]


def pairing(symbols: int, rounds: Any, disturbances: Sequence[Disturbance]) -> Pairing:
    """Every symbol so many rounds, in each beside another symbol as long as there are any that it has not met.

    Where the same trial would always come out the same, there are only as many rounds as there are other symbols.
    """
    rounds = check_count("trials", rounds)
    if not any(disturbance.varies for disturbance in disturbances):
        rounds = min(rounds, symbols - 1)
    check_memory(f"{rounds:,} trials of {symbols} symbols", 16 * rounds * symbols, "give fewer trials=", ArgumentError)
    own, round_of_trial = np.tile(np.arange(symbols), rounds), np.repeat(np.arange(rounds), symbols)
    return Pairing(own, (own + 1 + round_of_trial % (symbols - 1)) % symbols)


def loaded(network: Network, contents: Mapping[str, Int[np.ndarray, " trials"]]) -> State:
    """The state in which every buffer holds, in each trial, the symbol of this number in the vocabulary."""
    names = network.vocabulary.names
    program = sum((load(buffer, arg(buffer)) for buffer in contents), Program())
    args = {buffer: [names[symbol] for symbol in symbols] for buffer, symbols in contents.items()}
    return run(network, program, args=args, throw=False).state


def with_buffer(network: Network, state: State, buffer: str, giver: State) -> State:
    """The state, but in one buffer, and in the nucleus of its latch, what another state has there."""
    wiring = network.wiring
    gate = wiring.gate_index[buffer]
    for projection in wiring.projections:
        if projection.gate == gate:
            name = wiring.populations[projection.source].name
            state = state.replace(name, giver[name])
    return state
