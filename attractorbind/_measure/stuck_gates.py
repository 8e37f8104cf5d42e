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
from attractorbind._measure.trying import Disturbance, checked_disturbance, pairing
from attractorbind._network import Network, check_network
from attractorbind._table import aligned
from attractorbind._transfers import sending
from attractorbind._waiting import counted

# The conductances of a gate that never opens, and of one that never closes.
_STUCK = {"closed": 0.0, "open": 1.0}


@dataclass(frozen=True, eq=False)
class StuckGates(Printed):
    """What is lost when a single gate is stuck; made by `stuck_gates`, shown as a table by `print`.

    **Attributes:**

    - `gates`: the gates, stuck one at a time.
    - `buffers`, `pairs`: the buffers that hold a symbol, and the pairs (source, target) between which one is copied.
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

        def worse(found: Proportion, sound: Proportion | int, names: Iterable[str]) -> str:
            """Which of the names were right less often than in a sound network, and how often."""
            limits = np.broadcast_to(sound.right if isinstance(sound, Proportion) else sound, found.right.shape)
            compared = zip(names, found.right, limits, strict=True)
            return ", ".join(f"{name} {right}/{found.trials}" for name, right, limit in compared if right < limit)

        trials = self.held.trials
        rows = [("gate", "stuck", "held worse", "copied worse")]
        rows.append(("none", "", worse(self.sound_held, trials, self.buffers), worse(self.sound_copied, trials, names)))
        for row, gate in enumerate(self.gates):
            for column, stuck in enumerate(_STUCK):
                held = worse(self.held[row, column], self.sound_held, self.buffers)
                rows.append((gate, stuck, held, worse(self.copied[row, column], self.sound_copied, names)))
        return "\n".join(aligned(rows, right=[]))


@sending
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

    Each gate in turn is stuck. Then every symbol is held by every buffer while all others hold another symbol, as in
    `isolation`, and every symbol is copied from every buffer to every other that it reaches, as in `chains` of a single
    copy. Worse means right in fewer trials than with the same noise where no gate is stuck, which is the first row of
    the table; a trial or two may be chance.

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
    levels = {"leak": leak, "noise": noise, "flips": 0.0, "synapses": 0.0, "units": 0.0}
    ticks, pairs = check_ticks(ticks), joined(wiring, both_ways=False)
    sound = checked_disturbance(network, None, key, **levels)
    symbols = pairing(len(network.vocabulary.names), trials, [sound])

    def tried(disturbance: Disturbance) -> tuple[Int[np.ndarray, " buffers"], Int[np.ndarray, " pairs"]]:
        held, _ = holding(network, network, disturbance, ticks, symbols)
        return np.array(held), copying(network, network, disturbance, pairs, 1, symbols)[:, 0]

    stuck = [dataclasses.replace(sound, stuck={name: value}) for name in names for value in _STUCK.values()]
    tries = counted("stuck gates", stuck, "faults")
    held, copied = (
        Proportion(np.array(counts).reshape(len(names), len(_STUCK), -1), len(symbols.own))
        for counts in zip(*map(tried, tries), strict=True)
    )
    sound_held, sound_copied = (Proportion(counts, len(symbols.own)) for counts in tried(sound))
    return StuckGates(names, tuple(network.buffers), tuple(pairs), held, copied, sound_held, sound_copied)
