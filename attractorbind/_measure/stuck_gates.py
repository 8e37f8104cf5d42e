"""What is lost when a gate no longer opens or closes."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._checks import check_names
from attractorbind._display import Printed
from attractorbind._errors import NetworkError
from attractorbind._keys import Rate
from attractorbind._measure.chains import copying, joined
from attractorbind._measure.isolation import check_ticks, holding
from attractorbind._measure.proportion import Proportion
from attractorbind._measure.trying import Conditions, conditions, opponents
from attractorbind._network import Network, check_network
from attractorbind._table import aligned

# A gate that never opens, and one that never closes.
_STUCK = {"closed": 0.0, "open": 1.0}


@dataclass(frozen=True, eq=False)
class StuckGates(Printed):
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
        names = ["->".join(pair) for pair in self.pairs]

        def less(found: Proportion, than: Proportion | int, of: Iterable[str]) -> str:
            limits = np.broadcast_to(than.right if isinstance(than, Proportion) else than, found.right.shape)
            worse = zip(of, found.right, limits, strict=True)
            return ", ".join(f"{name} {right}/{found.trials}" for name, right, limit in worse if right < limit)

        every = self.held.trials
        rows = [("gate", "stuck", "held worse", "copied worse")]
        rows.append(("none", "", less(self.sound_held, every, self.buffers), less(self.sound_copied, every, names)))
        for place, gate in enumerate(self.gates):
            for way, stuck in enumerate(_STUCK):
                held = less(self.held[place, way], self.sound_held, self.buffers)
                rows.append((gate, stuck, held, less(self.copied[place, way], self.sound_copied, names)))
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
    than where no gate is stuck, which is the table's first row, the noise being the same; a trial or two may be chance.

    **Arguments:**

    - `network`: the network.
    - `gates`: names of gates; by default all latches and relays.
    - `noise`, `leak`: as for `run`.
    - `ticks`, `trials`: as for `isolation`.
    - `key`: a random key; needed if there is noise.

    **Returns:** a `StuckGates`.

    **Raises:** `UnknownNameError` for a gate that is not there, `NetworkError` for what is no list of gates; else as
    `isolation`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": 128, "b": 128},
        ...     relays=[("a", "b")], activity=0.1, rule=ab.MaximalStability(), key=jax.random.key(0))
        >>> print(ab.stuck_gates(network, gates=["b", "a->b"]))
        gate  stuck   held worse  copied worse
        none
        b     closed  b 0/3       a->b 0/3
        b     open
        a->b  closed              a->b 0/3
        a->b  open    b 0/3
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
