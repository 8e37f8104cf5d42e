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
from attractorbind._measure.trying import (
    Disturbance,
    Level,
    Pairing,
    loaded,
    pairing,
    swept_disturbances,
    with_buffer,
)
from attractorbind._network import Network, check_network
from attractorbind._overlap import THRESHOLD
from attractorbind._program.macros import hold
from attractorbind._program.schedule import MOST_TICKS
from attractorbind._table import aligned
from attractorbind._transfers import sending
from attractorbind._waiting import counted


@dataclass(frozen=True, eq=False)
class Isolation(Printed):
    """How well buffers keep apart what they hold; made by `isolation`, shown as a table by `print`.

    **Attributes:**

    - `swept`: the name of the condition that was given as a list of levels, such as "noise", or None.
    - `levels`: its levels; a single 0 if nothing is swept.
    - `fixed`: the other conditions, those left out that are as in a sound network without noise.
    - `buffers`: the buffers, in the order in which they stand along axes.
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
        for row, level in enumerate(self.levels):
            held = self.held.right[row]
            worst = int(held.argmin())
            # Where all buffers are equally good, none is named.
            name = "" if (held == held[worst]).all() else self.buffers[worst]
            cells = f"{level:g}" if self.swept else "", name, str(self.held[row, worst])
            rows.append((*cells, f"{self.intrusion[row].max():.3f}", f"{self.leaked[row]:.3f}"))
        head = [f"with {', '.join(f'{name} {value}' for name, value in self.fixed.items())}"] if self.fixed else []
        return "\n".join([*head, *aligned(rows, right=[0, 3, 4])])


@sending
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

    Two things are measured. First, every symbol is held by every buffer in turn while all other buffers hold one other
    symbol, so that their leaks add up. Second, each buffer in turn, the source, is given every symbol while the others
    keep what they hold. What a target then holds depends on the source by

    $I = \frac{1}{n} \sum_p H(\text{target} \mid p)$

    bits, the entropy of what is decoded from the target over the source's symbols, in each of n contents p of the other
    buffers. Noise, too, is the same for all symbols of the source, so that chance gives no information.

    What a buffer holds is the symbol whose code its state overlaps most at the last tick, while there is noise.
    Unrelated codes overlap by chance. One condition may be given as a list of levels. Then it is swept, and `tolerance`
    is the largest level up to which nothing was lost.

    Intervals are about further trials in this network, and with the same lesion; where nothing is random, about further
    pairs of symbols. The worst buffer is chosen after the trials, so its interval lies rather too low.

    **Arguments:**

    - `network`: the network.
    - `leak`: conductance of closed gates.
    - `noise`: probability that a unit's output flips, a tick.
    - `flips`: probability that a unit of a buffer is flipped at the start.
    - `synapses`, `units`: share of synapses and units that are lost once the symbols are held; see `lesion`.
    - `stuck`: gate to the conductance at which it is stuck.
    - `ticks`: how long the symbols are held.
    - `trials`: how often each symbol is tried in each buffer, against another symbol in the others. Without noise and
        flips it is not tried more often than there are other symbols, as the same pair would come out the same.
    - `key`: a random key; needed for all that is drawn: noise, flips and lesions.

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
    levels = {"leak": leak, "noise": noise, "flips": flips, "synapses": synapses, "units": units}
    swept, disturbances = swept_disturbances(network, stuck, key, **levels)
    ticks = check_ticks(ticks)
    symbols = pairing(len(network.vocabulary.names), trials, disturbances)
    held, intrusion, information = [], [], []
    for disturbance in counted("isolation", disturbances, "levels"):
        lesioned = disturbance.lesioned(network)
        right, most = holding(network, lesioned, disturbance, ticks, symbols)
        held.append(right)
        intrusion.append(most)
        information.append(_information(network, lesioned, disturbance, ticks, symbols.own))
    return Isolation(
        swept=swept,
        levels=np.array([getattr(disturbance, swept) if swept else 0.0 for disturbance in disturbances]),
        fixed={name: level for name, level in disturbances[-1].present.items() if name != swept},
        buffers=tuple(network.buffers),
        held=Proportion(np.array(held), len(symbols.own)),
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
    network: Network, lesioned: Network, disturbance: Disturbance, ticks: int, symbols: Pairing
) -> tuple[list[int], list[float]]:
    """For each buffer, in how many trials it still holds its own symbol while all other buffers hold another one.

    Also its largest overlap with a symbol that is not its own. The symbols are loaded into the sound network, as it is
    not the loading that is tried.
    """
    crowd = loaded(network, dict.fromkeys(network.buffers, symbols.others))
    single = loaded(network, dict.fromkeys(network.buffers, symbols.own))
    trials = np.arange(len(symbols.own))
    right, most = [], []
    for case, buffer in enumerate(counted("holding", tuple(network.buffers), "buffers")):
        start = with_buffer(network, crowd, buffer, single)
        overlaps = np.array(disturbance.run(lesioned, hold(ticks), start, case, trials).overlaps(buffer))
        right.append(int(((overlaps.argmax(axis=1) == symbols.own) & (overlaps.max(axis=1) >= THRESHOLD)).sum()))
        # No overlap is less, so the largest one that is left is with a symbol that is not the buffer's own.
        overlaps[trials, symbols.own] = -1.0
        most.append(float(overlaps.max()))
    return right, most


def _information(
    network: Network, lesioned: Network, disturbance: Disturbance, ticks: int, own: Int[np.ndarray, " trials"]
) -> list[list[float]]:
    """For each source, the bits that each buffer has about what the source held at the start."""
    buffers, symbols = list(network.buffers), len(network.vocabulary.names)
    rounds = np.repeat(np.arange(len(own) // symbols), symbols)
    # In the trials of one round every buffer holds one symbol, only the source holds each symbol in turn.
    mixed = loaded(network, {buffer: (rounds + number) % symbols for number, buffer in enumerate(buffers)})
    running = loaded(network, dict.fromkeys(buffers, own))
    information = []
    for number, source in enumerate(counted("leaking", buffers, "buffers")):
        start = with_buffer(network, mixed, source, running)
        # `holding` has the cases before these, and so other noise.
        case = len(buffers) + number
        decoded = disturbance.run(lesioned, hold(ticks), start, case, rounds).decode()
        information.append([_mean_bits(names, symbols) for names in decoded.values()])
    return information


def _mean_bits(names: Sequence[str | None], symbols: int) -> float:
    """The mean over the rounds of the bits in what came out of a round's trials."""
    return float(np.mean([bits(names[start : start + symbols]) for start in range(0, len(names), symbols)]))
