"""Crosstalk: how much of one buffer's content shows in another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.special import entr

from attractorbind._checks import entries
from attractorbind._display import Printed
from attractorbind._errors import ArgumentError
from attractorbind._measure.proportion import Proportion
from attractorbind._table import aligned
from attractorbind._trace import Trace
from attractorbind._transfers import sending

Expected = str | None | Sequence[str | None]


@dataclass(frozen=True, eq=False)
class Crosstalk(Printed):
    """What the buffers hold beside what they should hold; made by `crosstalk`, shown as a table by `print`.

    **Attributes:**

    - `symbols`: the vocabulary, in order.
    - `expected`: buffer to the symbol that each trial should hold, None for nothing.
    - `decoded`: buffer to the symbol that each trial holds.
    - `own`: buffer to the overlap with the symbol that it should hold, shape (trials,); 0 where that is nothing.
    - `others`: buffer to the overlaps with all symbols that it should not hold, shape (trials, symbols); for the symbol
        that it should hold there stands -1, less than any overlap.
    - `asked`: the buffers that were named in `expected`. All others are taken to hold what they should.
    - `information`: bits that what the target holds tells about what the source should hold, shape (source buffers,
        target buffers).
    """

    symbols: tuple[str, ...]
    expected: dict[str, list[str | None]]
    decoded: dict[str, list[str | None]]
    own: dict[str, Float[np.ndarray, " trials"]]
    others: dict[str, Float[np.ndarray, "trials symbols"]]
    information: Float[np.ndarray, "buffers buffers"]
    asked: tuple[str, ...]

    @property
    def held(self) -> dict[str, Proportion]:
        """The share of trials in which a buffer holds what it should, for the buffers that were named."""
        shares = {}
        for buffer in self.asked:
            pairs = zip(self.expected[buffer], self.decoded[buffer], strict=True)
            right = sum(expected == decoded for expected, decoded in pairs)
            shares[buffer] = Proportion(np.array(right), len(self.own[buffer]))
        return shares

    @property
    def intrusion(self) -> dict[str, Float[np.ndarray, " trials"]]:
        """Buffer to its largest overlap with a symbol that it should not hold, one per trial."""
        return {buffer: overlaps.max(axis=1) for buffer, overlaps in self.others.items()}

    def __str__(self) -> str:
        rows = [("buffer", "right [95 %]", "least own", "largest other", "which")]
        for buffer, others in self.others.items():
            right = str(self.held[buffer]) if buffer in self.asked else ""
            which = self.symbols[int(others.max(axis=0).argmax())]
            rows.append((buffer, right, f"{self.own[buffer].min():.3f}", f"{others.max():.3f}", which))
        lines = aligned(rows, right=[2, 3])
        table = [("bits about: in", *self.expected)]
        table += [
            (source, *[f"{bits:.3f}" for bits in row])
            for source, row in zip(self.expected, self.information, strict=True)
        ]
        return "\n".join([*lines, "", *aligned(table, right=range(1, len(table[0])))])


@sending
def crosstalk(trace: Trace, expected: Mapping[str, Expected] | None = None, *, tick: int | None = None) -> Crosstalk:
    r"""How much there is in each buffer of what it should not hold.

    The overlap of every buffer with every symbol that it should not hold, and for every two buffers the mutual
    information, in bits over the batch, between what one should hold and what is decoded from the other,

    $I = \sum_{s, t} p(s, t) \log_2 \frac{p(s, t)}{p(s) \, p(t)}$.

    From a batch of n trials the information comes out too high, by about (S - 1)(T - 1) / (2 n ln 2) bits for S and T
    different symbols, unless the batch holds every pair equally often. Where two buffers should hold the same symbol,
    each tells all about the other, and that is no crosstalk; see `isolation` for a measure of what one buffer does to
    another.

    **Arguments:**

    - `trace`: of a run.
    - `expected`: buffer to what it should hold: a symbol, None for nothing, or a list with a symbol or None for each
        trial. A buffer that is not named is taken to hold what it should.
    - `tick`: which tick, with `record="states"`; the final state if not given.

    **Returns:** a `Crosstalk`.

    **Raises:** `UnknownNameError` for a buffer or symbol that is not there, `ArgumentError` for lists that do not fit.

    **Reference:** C. E. Shannon 1948, for the information; the measure is our own design.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 128, "b": 128}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("a", ab.arg("x")) + ab.load("b", ab.arg("y"))
        >>> args = {"x": ["dog", "dog", "cat", "cat"], "y": ["dog", "cat", "dog", "cat"]}
        >>> print(ab.crosstalk(ab.run(network, program, args=args), {"b": args["y"]}))
        buffer  right [95 %]          least own  largest other  which
        a                                 1.000          0.058  dog
        b       1.000 [0.510, 1.000]      1.000         -0.113  dog
        <BLANKLINE>
        bits about: in      a      b
        a               1.000  0.000
        b               0.000  1.000
    """
    if not isinstance(trace, Trace):
        raise ArgumentError(f"trace is {trace!r}; give what attractorbind.run returns")
    if expected is not None and not isinstance(expected, Mapping):
        raise ArgumentError(f"expected is {expected!r}; give a mapping from buffers to the symbols they should hold")
    if tick is not None and not trace.states:
        raise ArgumentError('the states of single ticks were not recorded; run with record="states"')
    vocabulary, buffers = trace.network.vocabulary, trace.network.buffers
    decoded = trace.decode(tick)
    should = dict(decoded)
    for buffer, names in (expected or {}).items():
        trace.network.wiring.buffer(buffer)
        should[buffer] = _of_all_trials(buffer, names, trace.state.trials)
    own, others = {}, {}
    for buffer in buffers:
        overlaps = np.asarray(trace.overlaps(buffer, tick))
        # A buffer that should hold nothing has -1, the number of no symbol.
        symbols = np.array([-1 if name is None else vocabulary[name] for name in should[buffer]])
        is_own = symbols[:, None] == np.arange(len(vocabulary))
        own[buffer] = np.where(is_own, overlaps, 0.0).sum(axis=1)
        others[buffer] = np.where(is_own, -1.0, overlaps)
    information = [[mutual_information(should[source], decoded[target]) for target in buffers] for source in buffers]
    asked = tuple(buffer for buffer in buffers if buffer in (expected or {}))
    return Crosstalk(tuple(vocabulary), should, decoded, own, others, np.array(information), asked)


def _of_all_trials(buffer: str, names: object, trials: int) -> list[str | None]:
    if names is None or isinstance(names, str):
        return [names] * trials
    listed_names = entries(names)
    if listed_names is None or len(listed_names) != trials:
        raise ArgumentError(
            f"expected of buffer {buffer!r} is {names!r}; give a symbol or None, or a list with one for each of "
            f"{trials} trials"
        )
    return listed_names


def mutual_information(first: Sequence[str | None], second: Sequence[str | None]) -> float:
    """Bits that two lists of names tell about each other, their frequencies taken for probabilities."""
    # Rounding errors alone could make it negative.
    return max(0.0, bits(first) + bits(second) - bits(list(zip(first, second, strict=True))))


def bits(outcomes: Sequence[object]) -> float:
    """Entropy of the outcomes, in bits, their frequencies taken for probabilities."""
    numbers: dict[object, int] = {}
    counts = np.bincount([numbers.setdefault(outcome, len(numbers)) for outcome in outcomes])
    return float(entr(counts / len(outcomes)).sum() / np.log(2))
