"""What is lost when a gate no longer opens or closes."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Array, Key

from attractorbind._chains import chains
from attractorbind._checks import check_names
from attractorbind._errors import NetworkError
from attractorbind._isolation import isolation
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network
from attractorbind._proportion import Proportion
from attractorbind._table import aligned

# A gate that never opens, and one that never closes.
_STUCK = {"closed": 0.0, "open": 1.0}


@dataclass(frozen=True)
class StuckGates:
    """What is lost when a single gate is stuck; made by `stuck_gates`, shown as a table by `print`.

    **Attributes:**

    - `gates`: the gates, stuck one at a time.
    - `buffers`, `pairs`: what holds, and between which buffers is copied.
    - `held`: `Proportion` of trials in which a buffer holds its symbol, shape (gates, 2, buffers); closed, then open.
    - `copied`: `Proportion` of trials in which a copy is right, shape (gates, 2, pairs).
    """

    gates: tuple[str, ...]
    buffers: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    held: Proportion
    copied: Proportion

    def __str__(self) -> str:
        rows = [("gate", "stuck", "no longer held in", "no longer copied")]
        for place, gate in enumerate(self.gates):
            for way, stuck in enumerate(_STUCK):
                lost = self.held.right[place, way] < self.held.trials
                failed = self.copied.right[place, way] < self.copied.trials
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
    trials: int = 1,
    key: Key[Array, ""] | None = None,
) -> StuckGates:
    """What buffers no longer hold, and what can no longer be copied, when one gate is stuck closed or open.

    Each gate in turn, as in `isolation` and in `chains` of a single copy: every symbol in every buffer against another
    symbol in all others, and every symbol from every buffer to every other that it reaches.

    **Arguments:**

    - `network`: the network.
    - `gates`: names of gates; by default all latches and relays.
    - `noise`, `leak`: as for `run`.
    - `trials`: how often each symbol is tried.
    - `key`: a random key; needed if there is noise.

    **Returns:** a `StuckGates`.

    **Raises:** `UnknownNameError` for a gate that is not there; else as `isolation` and `chains`.

    **Example:**
        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat", "yak"]), buffers={"a": 128, "b": 128},
        ...     relays=[("a", "b")], activity=0.1, rule=ab.MaximalStability(), key=jax.random.key(0))
        >>> print(ab.stuck_gates(network))
        gate  stuck   no longer held in  no longer copied
        a     closed  a                  a->b
        a     open
        b     closed  b                  a->b
        b     open
        a->b  closed                     a->b
        a->b  open    b
    """
    wiring = check_network(network).wiring
    if gates is None:
        names = tuple(gate.name for gate in wiring.pathways)
    else:
        names = tuple(wiring.gate(name).name for name in check_names("gates", gates, "gate names", NetworkError))
    if not names:
        raise NetworkError("gates is empty; name one gate at least")
    held, copied = [], []
    for name in names:
        for conductance in _STUCK.values():
            stuck = {name: conductance}
            found = isolation(network, leak=leak, noise=noise, stuck=stuck, trials=trials, key=key)
            held.append(found.held.right[0])
            chain = chains(network, 1, leak=leak, noise=noise, stuck=stuck, trials=trials, key=key)
            copied.append(chain.right.right[:, 0])
    shape = (len(names), len(_STUCK), -1)
    tried = len(network.vocabulary) * trials
    return StuckGates(
        gates=names,
        buffers=tuple(network.buffers),
        pairs=chain.pairs,
        held=Proportion(np.array(held).reshape(shape), tried),
        copied=Proportion(np.array(copied).reshape(shape), tried),
    )
