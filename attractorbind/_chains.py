"""How far a symbol is copied on before it is lost."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._checks import check_count
from attractorbind._conditions import Conditions, conditions, loaded, opponents
from attractorbind._errors import NetworkError
from attractorbind._flow import flow
from attractorbind._keys import Rate
from attractorbind._macros import move
from attractorbind._network import Network, check_network
from attractorbind._program import Program
from attractorbind._proportion import Proportion
from attractorbind._schedule import schedule
from attractorbind._table import aligned
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Chains:
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
        shown = [k for k in self.copies.tolist() if k == self.copies[-1] or k & (k - 1) == 0]
        for copies in shown:
            worst = int(self.right.right[:, copies - 1].argmin())
            rows.append((str(copies), "->".join(self.pairs[worst]), str(self.right[worst, copies - 1])))
        return "\n".join(aligned(rows, right=[0]))


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

    Every symbol is moved from source to target, back to the source, and so on: each time copied, and the buffer from
    which it comes cleared, so that nothing but the copy carries it. All other buffers hold one other symbol at first,
    the target, too.

    **Arguments:**

    - `network`: the network.
    - `copies`: the length of the chains.
    - `leak`, `noise`, `flips`, `synapses`, `units`, `stuck`, `key`: as for `isolation`, one number each.
    - `trials`: how often each symbol is tried, with another symbol in the other buffers.

    **Returns:** a `Chains`, for all pairs with a way there, and, if there is more than one copy, a way back.

    **Raises:** `ArgumentError` for what is out of range or a key that is missing; `NetworkError` if there is no such
    pair.

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
    trials = check_count("trials", trials)
    under = conditions(wiring, stuck, key, leak=leak, noise=noise, flips=flips, synapses=synapses, units=units)
    pairs = _pairs(wiring, both_ways=copies > 1)
    own, others = opponents(len(network.vocabulary), trials)
    right = [_right(network, under, pair, copies, own, others, case) for case, pair in enumerate(pairs)]
    return Chains(tuple(pairs), np.arange(1, copies + 1), Proportion(np.array(right), len(own)))


def _right(
    network: Network,
    under: Conditions,
    pair: tuple[str, str],
    copies: int,
    own: Int[np.ndarray, " trials"],
    others: Int[np.ndarray, " trials"],
    case: int,
) -> list[int]:
    """In how many trials the symbol is right after each copy."""
    start = loaded(network, {buffer: own if buffer == pair[0] else others for buffer in network.buffers})
    steps = [move(*pair), move(*reversed(pair))]
    program = sum((steps[number % 2] for number in range(copies)), Program())
    lengths = [schedule(network, flow(step)).ticks for step in steps[:copies]]
    ends = np.cumsum([lengths[number % 2] for number in range(copies)]) - 1
    trace = under.run(under.hurt(network), program, start, case, np.arange(len(own)), "decoded")
    names = [network.vocabulary.names[symbol] for symbol in own]
    held = [trace.decode(int(end))[pair[(number + 1) % 2]] for number, end in enumerate(ends)]
    return [sum(one == other for one, other in zip(after, names, strict=True)) for after in held]


def _pairs(wiring: Wiring, *, both_ways: bool) -> list[tuple[str, str]]:
    pairs = [
        (source, target)
        for source, target in itertools.permutations(wiring.buffers, 2)
        if nx.has_path(wiring.relays, source, target) and (not both_ways or nx.has_path(wiring.relays, target, source))
    ]
    if not pairs:
        way = "and back, as it takes for more than one copy" if both_ways else "to another"
        raise NetworkError(f"no chain of relays leads from any buffer {way}; add relays to the network")
    return pairs
