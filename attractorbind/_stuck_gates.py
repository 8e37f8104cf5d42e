"""What is lost when a gate no longer opens or closes."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._chains import copying, joined
from attractorbind._checks import check_names
from attractorbind._conditions import Conditions, conditions, opponents
from attractorbind._errors import NetworkError
from attractorbind._isolation import check_ticks, holding
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._proportion import Proportion
from attractorbind._table import aligned

# A gate that never opens, and one that never closes.
_STUCK = {"closed": 0.0, "open": 1.0}


@dataclass(frozen=True, eq=False)
class StuckGates:
    """What is lost when a single gate is stuck; made by `stuck_gates`, shown as a table by `print`.

    **Attributes:**

    - `gates`: the gates, stuck one at a time.
    - `buffers`, `pairs`: what holds, and between which buffers is copied.
    - `held`: `Proportion` of trials in which a buffer holds its symbol, shape (gates, 2, buffers); closed, then open.
    - `copied`: `Proportion` of trials in which a copy is right, shape (gates, 2, pairs).
    - `sound_held`, `sound_copied`: the same where no gate is stuck, shapes (buffers,) and (pairs,).
    """

    gates: tuple[str, ...]
    buffers: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    held: Proportion
    copied: Proportion
    sound_held: Proportion
    sound_copied: Proportion

    def __str__(self) -> str:
        rows = [("gate", "stuck", "held worse in", "copied worse")]
        for place, gate in enumerate(self.gates):
            for way, stuck in enumerate(_STUCK):
                lost = self.held.right[place, way] < self.sound_held.right
                failed = self.copied.right[place, way] < self.sound_copied.right
                buffers = [name for name, bad in zip(self.buffers, lost, strict=True) if bad]
                pairs = ["->".join(pair) for pair, bad in zip(self.pairs, failed, strict=True) if bad]
                rows.append((gate, stuck, ", ".join(buffers), ", ".join(pairs)))
        return "\n".join(aligned(rows, right=[]))


def stuck_gates(
    network: Network,
    *,
    gates: Iterable[str] | None = None,
    noise: Rate = 0.0,
    leak: Rate = 0.0,
    ticks: int = 20,
    trials: int = 1,
    key: Key[Array, ""] | None = None,
) -> StuckGates:
    """What buffers hold worse, and what is copied worse, when one gate is stuck closed or open.

    Each gate in turn, as in `isolation` and in `chains` of a single copy: every symbol in every buffer against another
    symbol in all others, and every symbol from every buffer to every other that it reaches. Worse means in fewer trials
    than where no gate is stuck, the noise being the same.

    **Arguments:**

    - `network`: the network.
    - `gates`: names of gates; by default all latches and relays.
    - `noise`, `leak`: as for `run`.
    - `ticks`, `trials`: as for `isolation`.
    - `key`: a random key; needed if there is noise.

    **Returns:** a `StuckGates`.

    **Raises:** `UnknownNameError` for a gate that is not there; else as `isolation`.

    **Example:**
        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": 128, "b": 128},
        ...     relays=[("a", "b")], activity=0.1, rule=ab.MaximalStability(), key=jax.random.key(0))
        >>> print(ab.stuck_gates(network))
        gate  stuck   held worse in  copied worse
        a     closed  a              a->b
        a     open
        b     closed  b              a->b
        b     open
        a->b  closed                 a->b
        a->b  open    b
    """
    wiring = check_network(network).wiring
    if gates is None:
        names = tuple(gate.name for gate in wiring.pathways)
    else:
        names = tuple(wiring.gate(name).name for name in check_names("gates", gates, "gate names", NetworkError))
    if not names:
        raise NetworkError("gates is empty; name one gate at least")
    given = {"leak": leak, "noise": noise, "flips": 0.0, "synapses": 0.0, "units": 0.0}
    ticks, pairs = check_ticks(ticks), joined(wiring, both_ways=False)
    sound = conditions(network, None, key, **given)
    own, others = opponents(len(network.vocabulary), trials, [sound])

    def tried(under: Conditions) -> tuple[Int[np.ndarray, " buffers"], Int[np.ndarray, " pairs"]]:
        held, _ = holding(network, network, under, ticks, own, others)
        return np.array(held), copying(network, network, under, pairs, 1, own, others)[:, 0]

    stuck = [dataclasses.replace(sound, stuck={name: value}) for name in names for value in _STUCK.values()]
    held, copied = (
        Proportion(np.array(every).reshape(len(names), len(_STUCK), -1), len(own))
        for every in zip(*map(tried, stuck), strict=True)
    )
    sound_held, sound_copied = (Proportion(every, len(own)) for every in tried(sound))
    return StuckGates(names, tuple(network.buffers), tuple(pairs), held, copied, sound_held, sound_copied)
