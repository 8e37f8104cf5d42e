"""How well buffers keep apart what they hold, under leaks, noise, lesions and stuck gates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import check_count
from attractorbind._display import Printed
from attractorbind._errors import ArgumentError
from attractorbind._measure.crosstalk import bits
from attractorbind._measure.proportion import Proportion
from attractorbind._measure.trying import Conditions, Level, loaded, opponents, swept, with_buffer
from attractorbind._network import Network, check_network
from attractorbind._overlap import THRESHOLD
from attractorbind._program.macros import hold
from attractorbind._program.schedule import MOST_TICKS
from attractorbind._table import aligned


@dataclass(frozen=True, eq=False)
class Isolation(Printed):
    """How well buffers keep apart what they hold; made by `isolation`, shown as a table by `print`.

    **Attributes:**

    - `swept`: the condition whose levels are told apart, or None.
    - `levels`: its levels; a single 0 if nothing is swept.
    - `fixed`: the other conditions, as far as they are not those of a sound network at rest.
    - `buffers`: the buffers, in the order of all other axes.
    - `held`: `Proportion` of trials in which a buffer still holds its symbol, of shape (levels, buffers).
    - `intrusion`: a buffer's largest overlap with a symbol that it should not hold, shape (levels, buffers).
    - `information`: bits by which what the target holds depends on what the source held, shape (levels, source buffers,
        target buffers).
    """

    swept: str | None
    levels: Float[np.ndarray, " levels"]
    fixed: dict[str, Any]
    buffers: tuple[str, ...]
    held: Proportion
    intrusion: Float[np.ndarray, "levels buffers"]
    information: Float[np.ndarray, "levels buffers buffers"]

    @property
    def tolerance(self) -> float | None:
        """The largest level up to which every symbol was held in every trial; None if not even at the smallest."""
        borne = None
        for level in np.argsort(self.levels):
            if not self.held[level].all_right:
                break
            borne = float(self.levels[level])
        return borne

    @property
    def leaked(self) -> Float[np.ndarray, " levels"]:
        """The most bits that any buffer has about another, at each level; 0 for a single buffer."""
        between = ~np.eye(len(self.buffers), dtype=bool)
        return np.max(self.information, axis=(1, 2), where=between, initial=0.0)

    def __str__(self) -> str:
        rows = [
            (self.swept or "", "worst buffer", "held [95 %]", "any buffer's most overlap with another", "bits leaked")
        ]
        for place, level in enumerate(self.levels):
            held = self.held.right[place]
            worst = int(held.argmin())
            name = "" if (held == held[worst]).all() else self.buffers[worst]
            told = f"{level:g}" if self.swept else "", name, str(self.held[place, worst])
            rows.append((*told, f"{self.intrusion[place].max():.3f}", f"{self.leaked[place]:.3f}"))
        under = [f"with {', '.join(f'{name} {value}' for name, value in self.fixed.items())}"] if self.fixed else []
        return "\n".join([*under, *aligned(rows, right=[0, 3, 4])])


def isolation(
    network: Network,
    *,
    leak: Level = 0.0,
    noise: Level = 0.0,
    flips: Level = 0.0,
    synapses: Level = 0.0,
    units: Level = 0.0,
    stuck: Mapping[str, Any] | None = None,
    ticks: int = 20,
    trials: int = 4,
    key: Key[Array, ""] | None = None,
) -> Isolation:
    r"""How well every buffer holds every symbol with all gates at rest, and how much of the others shows in it.

    Every symbol is held by every buffer in turn while all other buffers hold one other symbol, so that their leaks add
    up. Besides, each buffer in turn is given every symbol while the others hold the same; what the target then holds
    depends on the source by

    $I = \frac{1}{n} \sum_p H(\text{target} \mid p)$

    bits, the entropy of what is decoded from the target over the source's symbols, in each of n contents p of the other
    buffers. Noise, too, is the same for all symbols of the source, so that no information comes from chance.

    What a buffer holds is the symbol whose code its state overlaps most at the last tick, noise and all.
    Unrelated codes overlap by chance. One condition may be a list: then it is swept, and `tolerance` is the largest
    level up to which nothing was lost.

    Intervals are about trials in this network, and under lesions in this one lesion; where nothing is random, about
    other pairs of symbols. That of the worst buffer is picked afterwards.

    **Arguments:**

    - `network`: the network.
    - `leak`: conductance of closed gates.
    - `noise`: probability that a unit's output flips, a tick.
    - `flips`: probability that a unit of a buffer is flipped at the start.
    - `synapses`, `units`: share of synapses and units that are lost once the symbols are held; see `lesion`.
    - `stuck`: gate to the conductance at which it is stuck.
    - `ticks`: how long the symbols are held.
    - `trials`: how often each symbol is tried in each buffer, against another symbol in the others; where neither noise
        nor flips are random, as often as there are others, at the most.
    - `key`: a random key; needed for anything random, that is for all but leaks and stuck gates.

    **Returns:** an `Isolation`.

    **Raises:** `ArgumentError` for levels out of range, several lists, a key that is missing, or a single symbol;
    `UnknownNameError` for a gate that is not there.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": 128, "b": 128}, activity=0.1,
        ...     rule=ab.MaximalStability(), key=jax.random.key(0))
        >>> found = ab.isolation(network, leak=[0, 0.5])
        >>> print(found)
        leak  worst buffer  held [95 %]           any buffer's most overlap with another  bits leaked
           0                1.000 [0.610, 1.000]                                   0.144        0.000
         0.5                1.000 [0.610, 1.000]                                   0.144        0.000
        >>> found.tolerance
        0.5
    """
    check_network(network)
    name, levels = swept(network, stuck, key, leak=leak, noise=noise, flips=flips, synapses=synapses, units=units)
    ticks = check_ticks(ticks)
    own, others = opponents(len(network.vocabulary), trials, levels)
    held, intrusion, information = [], [], []
    for conditions in levels:
        hurt = conditions.hurt(network)
        right, most = holding(network, hurt, conditions, ticks, own, others)
        held.append(right)
        intrusion.append(most)
        information.append(_told(network, hurt, conditions, ticks, own))
    return Isolation(
        swept=name,
        levels=np.array([getattr(conditions, name) if name else 0.0 for conditions in levels]),
        fixed={other: value for other, value in levels[-1].told.items() if other != name},
        buffers=tuple(network.buffers),
        held=Proportion(np.array(held), len(own)),
        intrusion=np.array(intrusion),
        information=np.array(information),
    )


def check_ticks(ticks: object) -> int:
    """The number of ticks, if a gating table has room for them."""
    count = check_count("ticks", ticks)
    if count > MOST_TICKS:
        raise ArgumentError(f"ticks is {count}; it can be {MOST_TICKS} at the most")
    return count


def holding(
    network: Network,
    hurt: Network,
    conditions: Conditions,
    ticks: int,
    own: Int[np.ndarray, " trials"],
    others: Int[np.ndarray, " trials"],
) -> tuple[list[int], list[float]]:
    """For each buffer, how often it still holds its own symbol while all other buffers hold another one.

    Also its largest overlap with a symbol that is not its own.
    """
    crowd = loaded(network, dict.fromkeys(network.buffers, others))
    single = loaded(network, dict.fromkeys(network.buffers, own))
    each = np.arange(len(own))
    right, most = [], []
    for case, buffer in enumerate(network.buffers):
        start = with_buffer(network, crowd, buffer, single)
        every = np.array(conditions.run(hurt, hold(ticks), start, case, each).overlaps(buffer))
        right.append(int(((every.argmax(axis=1) == own) & (every.max(axis=1) >= THRESHOLD)).sum()))
        every[each, own] = -1.0
        most.append(float(every.max()))
    return right, most


def _told(
    network: Network, hurt: Network, conditions: Conditions, ticks: int, own: Int[np.ndarray, " trials"]
) -> list[list[float]]:
    """For each source, the bits that each buffer has about what the source held at the start."""
    buffers, symbols = list(network.buffers), len(network.vocabulary)
    rounds = np.repeat(np.arange(len(own) // symbols), symbols)
    # A content of the buffers for each round, in which one buffer after the other runs through all symbols.
    mixed = loaded(network, {buffer: (rounds + place) % symbols for place, buffer in enumerate(buffers)})
    running = loaded(network, dict.fromkeys(buffers, own))
    told = []
    for place, source in enumerate(buffers):
        start = with_buffer(network, mixed, source, running)
        decoded = conditions.run(hurt, hold(ticks), start, len(buffers) + place, rounds).decode()
        told.append([_mean_bits(names, symbols) for names in decoded.values()])
    return told


def _mean_bits(names: Sequence[str | None], symbols: int) -> float:
    return float(np.mean([bits(names[start : start + symbols]) for start in range(0, len(names), symbols)]))
