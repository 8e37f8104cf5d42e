"""How far a symbol is copied on before it is lost."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._checks import check_count
from attractorbind._display import Printed
from attractorbind._errors import ArgumentError, NetworkError
from attractorbind._keys import Rate
from attractorbind._measure.proportion import Proportion
from attractorbind._measure.trying import Disturbance, Pairing, checked_disturbance, loaded, pairing, with_buffer
from attractorbind._network import Network, check_network
from attractorbind._overlap import THRESHOLD
from attractorbind._program.flow import flow
from attractorbind._program.macros import move
from attractorbind._program.schedule import MOST_TICKS, schedule
from attractorbind._table import aligned
from attractorbind._transfers import sending
from attractorbind._waiting import counted
from attractorbind._wiring import Wiring


@dataclass(frozen=True, eq=False)
class Chains(Printed):
    """How far symbols are copied; made by `chains`, shown as a table by `print`.

    **Attributes:**

    - `pairs`: (source, target), the buffers between which each chain went.
    - `copies`: 1, 2, ... copies.
    - `right`: `Proportion` of trials in which the symbol was right after so many copies, shape (pairs, copies).
    """

    pairs: tuple[tuple[str, str], ...]
    copies: Int[np.ndarray, " copies"]
    right: Proportion

    def __str__(self) -> str:
        rows = [("copies", "worst pair", "right [95 %]")]
        # The last one, and powers of two: those are the numbers that share no bit with the number before.
        shown = [copies for copies in self.copies.tolist() if copies == self.copies[-1] or copies & (copies - 1) == 0]
        for copies in shown:
            worst = int(self.right.right[:, copies - 1].argmin())
            rows.append((str(copies), "->".join(self.pairs[worst]), str(self.right[worst, copies - 1])))
        return "\n".join(aligned(rows, right=[0]))


@sending
def chains(
    network: Network,
    copies: int,
    *,
    leak: Rate = 0.0,
    noise: Rate = 0.0,
    flips: Rate = 0.0,
    synapses: Rate = 0.0,
    units: Rate = 0.0,
    stuck: Mapping[str, Any] | None = None,
    trials: int = 1,
    key: Key[Array, ""] | None = None,
) -> Chains:
    """How many symbols are still right after 1, 2, ... copies, between every ordered pair of buffers.

    Every symbol is moved from source to target, back to the source, and so on. A move copies it and clears the buffer
    it came from, so that only the copy carries the symbol on. At the start all other buffers, the target too, hold one
    other symbol. What a buffer holds is read right after each copy, as in `isolation`, while there is noise.

    **Arguments:**

    - `network`: the network.
    - `copies`: the length of the chains.
    - `leak`, `noise`, `flips`, `synapses`, `units`, `stuck`, `key`: as for `isolation`, one number each.
    - `trials`: how often each symbol is tried, as for `isolation`.

    **Returns:** a `Chains`, for all pairs of buffers with relays from the first to the second, and, if there is more
    than one copy, also back.

    **Raises:** `ArgumentError` for what is out of range, a key that is missing, or a single symbol; `NetworkError` if
    there is no such pair.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": 128, "b": 128}, activity=0.1,
        ...     rule=ab.MaximalStability(), key=jax.random.key(0))
        >>> print(ab.chains(network, 16, trials=10, noise=0.02, key=jax.random.key(1)))
        copies  worst pair  right [95 %]
             1  a->b        1.000 [0.886, 1.000]
             2  a->b        1.000 [0.886, 1.000]
             4  a->b        1.000 [0.886, 1.000]
             8  a->b        1.000 [0.886, 1.000]
            16  a->b        1.000 [0.886, 1.000]
    """
    wiring, copies = check_network(network).wiring, check_count("copies", copies)
    levels = {"leak": leak, "noise": noise, "flips": flips, "synapses": synapses, "units": units}
    disturbance = checked_disturbance(network, stuck, key, **levels)
    pairs_of_symbols = pairing(len(network.vocabulary.names), trials, [disturbance])
    pairs = joined(wiring, both_ways=copies > 1)
    if not pairs:
        way = "and back, as it takes for more than one copy (copies=1 takes one way)" if copies > 1 else "to another"
        raise NetworkError(f"no chain of relays leads from any buffer {way}; add relays to the network")
    right = copying(network, disturbance.lesioned(network), disturbance, pairs, copies, pairs_of_symbols)
    return Chains(tuple(pairs), np.arange(1, copies + 1), Proportion(right, len(pairs_of_symbols.own)))


def joined(wiring: Wiring, *, both_ways: bool) -> list[tuple[str, str]]:
    """The ordered pairs of buffers with relays from the first to the second, perhaps by way of others; or also back."""
    return [
        (source, target)
        for source, target in itertools.permutations(wiring.buffers, 2)
        if nx.has_path(wiring.relays, source, target) and (not both_ways or nx.has_path(wiring.relays, target, source))
    ]


def copying(
    network: Network,
    lesioned: Network,
    disturbance: Disturbance,
    pairs: Sequence[tuple[str, str]],
    copies: int,
    symbols: Pairing,
) -> Int[np.ndarray, "pairs copies"]:
    """For each pair of buffers, in how many trials the symbol is right after each copy there and back.

    The symbols are loaded into the sound network, as it is not the loading that is tried.
    """
    crowd = loaded(network, dict.fromkeys(network.buffers, symbols.others))
    single = loaded(network, dict.fromkeys(network.buffers, symbols.own))
    right = np.zeros((len(pairs), copies), np.int64)
    for case, (source, target) in enumerate(counted("copying", pairs, "pairs of buffers")):
        start = with_buffer(network, crowd, source, single)
        there, back = move(source, target), move(target, source)
        ticks = [schedule(network, flow(step.statements)).ticks for step in (there, back)[:copies]]
        ends = np.cumsum(np.resize(ticks, copies)) - 1
        if ends[-1] >= MOST_TICKS:
            raise ArgumentError(
                f"copies is {copies}; at {sum(ticks)} ticks there and back that is more than {MOST_TICKS}"
            )
        program = (there + back) * (copies // 2) + there * (copies % 2)
        trace = disturbance.run(lesioned, program, start, case, np.arange(len(symbols.own)), "decoded")
        # Copies 0, 2, ... end in the target, copies 1, 3, ... in the source.
        for first, buffer in enumerate((target, source)):
            after = ends[first::2]
            best, overlap = trace.best_symbol[buffer][after], trace.best_overlap[buffer][after]
            right[case, first::2] = ((best == symbols.own) & (overlap >= THRESHOLD)).sum(axis=1)
    return right
