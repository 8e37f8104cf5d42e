"""How well buffers keep apart what they hold, under leaks, noise, lesions and stuck gates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Array, Float, Int, Key

from attractorbind._checks import check_count
from attractorbind._conditions import Conditions, Level, loaded, opponents, swept
from attractorbind._crosstalk import bits
from attractorbind._macros import hold
from attractorbind._network import Network, check_network
from attractorbind._overlap import THRESHOLD
from attractorbind._proportion import Proportion
from attractorbind._state import State
from attractorbind._table import aligned


@dataclass(frozen=True)
class Isolation:
    """How well buffers keep apart what they hold; made by `isolation`, shown as a table by `print`.

    **Attributes:**

    - `swept`: the condition whose levels are told apart.
    - `levels`: its levels.
    - `buffers`: the buffers, in the order of all other axes.
    - `held`: `Proportion` of trials in which a buffer still holds its symbol, of shape (levels, buffers).
    - `intrusion`: a buffer's largest overlap with a symbol that it should not hold, shape (levels, buffers).
    - `information`: bits by which what the target holds depends on what the source held, shape (levels, source buffers,
        target buffers).
    """

    swept: str
    levels: Float[np.ndarray, " levels"]
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
        rows = [(self.swept, "worst buffer", "held [95 %]", "largest overlap with another symbol", "bits leaked")]
        for place, level in enumerate(self.levels):
            worst = int(self.held.right[place].argmin())
            told = f"{level:g}", self.buffers[worst], str(self.held[place, worst])
            rows.append((*told, f"{self.intrusion[place].max():.3f}", f"{self.leaked[place]:.3f}"))
        return "\n".join(aligned(rows, right=[0, 3, 4]))


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

    Every symbol is held by every buffer in turn while all other buffers hold one other symbol, the worst that leaky
    gates can meet. Besides, each buffer in turn is given every symbol while the others hold the same; what the target
    then holds depends on the source by

    $I = \frac{1}{n} \sum_p H(\text{target} \mid p)$

    bits, the entropy of what is decoded from the target over the source's symbols, in each of n contents p of the other
    buffers. Noise, too, is the same for all symbols of the source, so that no information comes from chance.

    One condition may be a list: then it is swept.

    **Arguments:**

    - `network`: the network.
    - `leak`: conductance of closed gates.
    - `noise`: probability that a unit's output flips, a tick.
    - `flips`: probability that a unit of a buffer is flipped at the start.
    - `synapses`, `units`: share of synapses and units that are lost once the symbols are held; see `lesion`.
    - `stuck`: gate to the conductance at which it is stuck.
    - `ticks`: how long the symbols are held.
    - `trials`: how often each symbol is tried in each buffer, with another symbol in the others.
    - `key`: a random key; needed for anything random, that is for all but leaks and stuck gates.

    **Returns:** an `Isolation`.

    **Raises:** `ArgumentError` for levels out of range, several lists, or a key that is missing; `UnknownNameError` for
    a gate that is not there.

    **Example:**
        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": 128, "b": 128}, activity=0.1,
        ...     rule=ab.MaximalStability(), key=jax.random.key(0))
        >>> found = ab.isolation(network, leak=[0, 0.5, 1])
        >>> print(found)
        leak  worst buffer  held [95 %]           largest overlap with another symbol  bits leaked
           0  a             1.000 [0.758, 1.000]                                0.144        0.000
         0.5  a             1.000 [0.758, 1.000]                                0.144        0.000
           1  a             0.500 [0.254, 0.746]                                0.718        0.855
        >>> found.tolerance
        0.5
    """
    wiring = check_network(network).wiring
    ticks, trials = check_count("ticks", ticks), check_count("trials", trials)
    name, levels = swept(wiring, stuck, key, leak=leak, noise=noise, flips=flips, synapses=synapses, units=units)
    symbols, buffers = len(network.vocabulary), tuple(network.buffers)
    # One other symbol in all other buffers.
    places, others = opponents(symbols, trials)
    rounds = np.repeat(np.arange(trials), symbols)
    crowded = {b: loaded(network, {other: places if other == b else others for other in buffers}) for b in buffers}
    # A content of the buffers for each round, in which one buffer runs through all symbols.
    fixed = {buffer: (rounds + place) % symbols for place, buffer in enumerate(buffers)}
    varied = {buffer: loaded(network, fixed | {buffer: places}) for buffer in buffers}
    held, intrusion, information = [], [], []
    for conditions in levels:
        tried = [_tried(network, conditions, ticks, buffer, crowded[buffer], places) for buffer in buffers]
        held.append([right for right, _ in tried])
        intrusion.append([most for _, most in tried])
        information.append([_told(network, conditions, ticks, b, varied[b], rounds) for b in buffers])
    return Isolation(
        swept=name,
        levels=np.array([getattr(conditions, name) for conditions in levels]),
        buffers=buffers,
        held=Proportion(np.array(held), len(places)),
        intrusion=np.array(intrusion),
        information=np.array(information),
    )


def _tried(
    network: Network,
    conditions: Conditions,
    ticks: int,
    buffer: str,
    start: State,
    symbols: Int[np.ndarray, " trials"],
) -> tuple[int, float]:
    """How often a buffer holds what it held at the start, and its largest overlap with another symbol."""
    place = list(network.buffers).index(buffer)
    each = np.arange(len(symbols))
    trace = conditions.run(conditions.hurt(network), hold(ticks), start, place, each, "final")
    every = np.array(trace.overlaps(buffer))
    right = (every.argmax(axis=1) == symbols) & (every.max(axis=1) >= THRESHOLD)
    every[each, symbols] = 0.0
    return int(right.sum()), float(every.max())


def _told(
    network: Network,
    conditions: Conditions,
    ticks: int,
    source: str,
    start: State,
    rounds: Int[np.ndarray, " trials"],
) -> list[float]:
    """The bits that each buffer has about what the source held at the start."""
    case = len(network.buffers) + list(network.buffers).index(source)
    trace = conditions.run(conditions.hurt(network), hold(ticks), start, case, rounds, "final")
    return [
        float(np.mean([bits(part.tolist()) for part in np.split(np.array(names, object), rounds[-1] + 1)]))
        for names in trace.decode().values()
    ]
