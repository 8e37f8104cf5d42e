"""What basal ganglia have learned, read out as rules: what the buffers hold, and which gates then open."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, Int8

from attractorbind._area.base import AbstractArea, AreaInputs, Shared
from attractorbind._basal_ganglia.area import BasalGanglia
from attractorbind._basal_ganglia.policy import Decision, Policy, probabilities, value
from attractorbind._checks import check_bool, check_fraction, check_known, check_names
from attractorbind._display import Printed
from attractorbind._engine.coding import Coding
from attractorbind._errors import ArgumentError
from attractorbind._network import Network, check_network, check_state
from attractorbind._state import State, of_trial
from attractorbind._transfers import sending

# What buffers hold: pairs of a buffer and a symbol.
Reading = tuple[tuple[str, str], ...]
# Combinations of the symbols of several buffers, beyond which none of them is tried.
_FEW = 512
# Readings that a sentence tells.
_TOLD = 12


@dataclass(frozen=True, eq=False)
class Rules(Printed):
    """What gates open when the buffers hold what; made by `gating.rules`, told in sentences by `print`.

    **Attributes:**

    - `area`: the name of the basal ganglia.
    - `channels`: the names of its channels.
    - `readings`: what the buffers held, pairs of a buffer and a symbol; all others were silent.
    - `probability`: of each channel to open, shape (readings, channels).
    - `value`: the reward that the critic expects, shape (readings,).
    - `threshold`: the probability above which a sentence says that it opens.
    - `left_out`: what was not tried, in words.
    """

    area: str
    channels: tuple[str, ...]
    readings: tuple[Reading, ...]
    probability: Float[np.ndarray, "readings channels"]
    value: Float[np.ndarray, " readings"]
    threshold: float
    left_out: tuple[str, ...]

    def opens(self, channel: str) -> list[dict[str, str]]:
        """The readings at which a channel opens, buffer to symbol, the likeliest first."""
        check_known("channel", "channels", channel, self.channels)
        return [dict(self.readings[reading]) for reading in self._above(channel)]

    def _above(self, channel: str) -> list[int]:
        chances = self.probability[:, self.channels.index(channel)]
        order = np.argsort(-chances, kind="stable")
        return order[chances[order] > self.threshold].tolist()

    def __str__(self) -> str:
        buffers = {buffer for reading in self.readings for buffer, _ in reading}
        lines = []
        for channel in self.channels:
            above = [self.readings[reading] for reading in self._above(channel)]
            # First what is to be said of single buffers, then of two, and so on.
            for length in sorted({len(reading) for reading in above}) or [0]:
                own = [_held(reading, len(buffers) > 1) for reading in above if len(reading) == length]
                told = " and ".join(f"on {words}" for words in own[:_TOLD]) or "on nothing"
                more = f", and {len(own) - _TOLD} more" if len(own) > _TOLD else ""
                lines.append(f"opens {channel!r} {told}{more}")
        return "\n".join([*lines, *(f"left out: {words}" for words in self.left_out)])


def _held(reading: Reading, several: bool) -> str:
    """What buffers hold, in words; where there are several, with their names."""
    return " with ".join(f"{symbol!r} in {buffer!r}" if several else repr(symbol) for buffer, symbol in reading)


@sending
def rules(
    network: Network,
    state: State,
    area: str | AbstractArea,
    trial: int = 0,
    *,
    threshold: float = 0.5,
    compete: bool = False,
    symbols: Mapping[str, Sequence[str]] | None = None,
) -> Rules:
    """Read out what basal ganglia have learned: how likely each channel is to open when the buffers hold what.

    The codes of symbols are put into the buffers that are read, and the area itself is asked, without exploration: one
    buffer at a time, all others silent; then two at a time, where it reads two or more; then the buffers of each
    conjunction. Of more than 512 combinations none is tried, and what is left out is told; name in `symbols` what
    the buffers can hold, and there are fewer. Where a buffer has never held a symbol, the numbers tell nothing.
    Where channels are chosen by `one_of`, give `compete=True`: the area does not know how programs ask it, and without
    that each channel is asked by itself, which tells of openings that never happen.

    **Arguments:**

    - `network`: the network.
    - `state`: with what was learned, such as `trace.state`.
    - `area`: basal ganglia, or their name.
    - `trial`: which learner, where each trial has synapses of its own.
    - `threshold`: the probability above which a channel is said to open.
    - `compete`: whether exactly one channel opens, of all of them, as by `choose(one_of=...)`.
    - `symbols`: buffer to symbols that it can hold; those of all other buffers are the vocabulary.

    **Raises:** `ArgumentError` for an area that chooses nothing or a trial that is not there; `UnknownNameError` for
    names that are not there.

    **Example:** where the lamp is red, the gate is opened.

        >>> import attractorbind as ab, jax
        >>> store = ab.gating.BasalGanglia("store", reads=["lamp"], gates=["lamp->slot"], rate=4.0)
        >>> network = ab.build(ab.Vocabulary(["red", "green"]), buffers={"lamp": 64, "slot": 64},
        ...     relays=[("lamp", "slot")], areas=[store], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> right = (ab.holds("lamp", "red") & ab.holds("slot", "red")) | (ab.holds("lamp", "green") & ab.empty("slot"))
        >>> lesson = ab.clear("slot") + ab.choose("store", gates=["lamp->slot"]) + ab.reward(when=right)
        >>> program = ab.repeat(40, ab.load("lamp", "red") + lesson + ab.load("lamp", "green") + lesson)
        >>> rules = ab.gating.rules(network, ab.run(network, program, key=jax.random.key(1)).state, "store")
        >>> print(rules)
        opens 'lamp->slot' on 'red'
        >>> rules.readings, rules.probability.shape
        (((('lamp', 'red'),), (('lamp', 'green'),)), (2, 1))
    """
    check_network(network)
    check_state(network, state)
    name = area.name if isinstance(area, AbstractArea) else area
    index = network.wiring.area(name)
    own = network.areas[index]
    if not isinstance(own, BasalGanglia):
        raise ArgumentError(f"{name!r} is no basal ganglia, but {type(own).__name__}; only these learn what to open")
    if isinstance(trial, bool) or not isinstance(trial, int | np.integer) or not 0 <= trial < state.trials:
        raise ArgumentError(f"trial is {trial!r}; give a whole number from 0 to {state.trials - 1}")
    threshold, compete = check_fraction("threshold", threshold), check_bool("compete", compete)
    readings, left_out = _tried(own, _possible(network, own, symbols))
    features = _features(network, state, index, int(trial), readings)
    policy: Any = of_trial(state.areas[index], int(trial)).policy
    policy = policy.value if isinstance(policy, Shared) else policy
    chances, expected = _answers(policy, features, len(own.gates), compete)
    return Rules(
        area=own.name,
        channels=own.gates,
        readings=tuple(readings),
        probability=np.asarray(chances),
        value=np.asarray(expected),
        threshold=threshold,
        left_out=tuple(left_out),
    )


def _possible(network: Network, area: BasalGanglia, symbols: object) -> dict[str, tuple[str, ...]]:
    """The symbols that each buffer can hold."""
    if symbols is not None and not isinstance(symbols, Mapping):
        raise ArgumentError(f"symbols is {symbols!r}; give a mapping from buffers to lists of symbols")
    possible = dict.fromkeys(area.buffers, tuple(network.vocabulary))
    for buffer, names in (symbols or {}).items():
        check_known("buffer", f"buffers that {area.name!r} reads", buffer, area.buffers)
        possible[buffer] = tuple(check_names(f"symbols of {buffer!r}", names, "symbols", ArgumentError))
        if not possible[buffer]:
            raise ArgumentError(f"symbols of {buffer!r} is empty; name one at least, or leave the buffer out for all")
        for name in possible[buffer]:
            network.vocabulary[name]
    return possible


def _tried(area: BasalGanglia, possible: Mapping[str, tuple[str, ...]]) -> tuple[list[Reading], list[str]]:
    """What the buffers are to hold, and what of it is left out."""
    singles = [area.buffers[read[0]] for read in area.read if len(read) == 1]
    conjunctions = [tuple(area.buffers[buffer] for buffer in read) for read in area.read if len(read) > 1]
    together = dict.fromkeys([*itertools.combinations(singles, 2), *conjunctions])
    readings, left_out = [((buffer, symbol),) for buffer in singles for symbol in possible[buffer]], []
    for buffers in together:
        count = math.prod(len(possible[buffer]) for buffer in buffers)
        if count > _FEW:
            left_out.append(f"{count} combinations of {', '.join(buffers)}; name in symbols= what these can hold")
            continue
        combinations: Iterator[tuple[str, ...]] = itertools.product(*(possible[buffer] for buffer in buffers))
        readings += [tuple(zip(buffers, own, strict=True)) for own in combinations]
    left_out += [f"what {hears!r} says" for hears, _, _ in area.heard]
    if len(singles) > 2:
        left_out.append(f"what more than two of {', '.join(singles)} hold together")
    return readings, left_out


def _features(
    network: Network, state: State, area: int, trial: int, readings: Sequence[Reading]
) -> Int8[Array, "readings features"]:
    """What the area itself reads, with the buffers holding what they are to hold."""
    own, rows = network.areas[area], len(readings)
    assert isinstance(own, BasalGanglia)
    coding, activity = Coding(network, state.areas).of_trial(trial, rows), []
    for buffer in own.buffers:
        held = [dict(reading).get(buffer) for reading in readings]
        numbers = [0 if name is None else network.vocabulary[name] for name in held]
        symbols: Int[Array, " rows"] = jnp.array(numbers, jnp.int32)
        codes = coding.code(network.wiring.buffer(buffer), symbols)
        heard = np.array([name is not None for name in held], bool)
        activity.append(jnp.where(heard[:, None], codes, False).astype(jnp.float32))
    nothing = jnp.zeros((0, rows), jnp.float32)
    inputs = AreaInputs(
        reads=jnp.ones((len(own.buffers), rows), jnp.float32),
        writes=nothing,
        switches=nothing,
        activity=tuple(activity),
        running=jnp.ones(rows, bool),
        noise=None,
        keys=jax.random.split(jax.random.key(0), rows),
        heard=tuple(jnp.zeros((rows, units), jnp.float32) for _, _, units in own.heard),
    )
    return own._read(network.area_parameters[area], inputs)


def _answers(
    policy: Policy, features: Int8[Array, "readings features"], channels: int, compete: bool
) -> tuple[Float[Array, "readings channels"], Float[Array, " readings"]]:
    """The probability of each channel, and the reward expected, for each reading."""
    decision = Decision(
        candidates=jnp.ones(channels, bool),
        compete=jnp.array(compete),
        sample=jnp.array(False),
        explore=jnp.float32(0),
    )
    chances = jax.vmap(lambda own: probabilities(policy, own, decision))(features)
    return chances, jax.vmap(lambda own: value(policy, own))(features)
