"""What a network's projections store: load, stability and wrong bits, one line each."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Array, Bool

from attractorbind._bundled import mapped
from attractorbind._display import Printed
from attractorbind._errors import CapacityError, CapacityWarning, abridged
from attractorbind._given_codes import most_alike
from attractorbind._rule.base import AbstractStorageRule
from attractorbind._synapses.base import AbstractSynapses
from attractorbind._synapses.given import all_at_hand
from attractorbind._synapses.quality import quality
from attractorbind._table import aligned
from attractorbind._wiring import Wiring

# The share of a projection's stability that counts as a loss.
_LOSS = 0.02


@dataclass(frozen=True)
class ProjectionReport:
    """How well one projection stores the vocabulary.

    - `rule`: what stored it, which may be another rule than that of the rest.
    - `load`: symbols per source unit, S/N.
    - `stability`: smallest over units and symbols, in Gardner's units (field over |w|, inputs standardised).
    - `wrong_bits`: units, summed over all symbols, that one step from a clean source sets wrong.
    - `active`: the least units that are on in a code of the source.
    """

    source: str
    target: str
    gate: str
    rule: str
    load: float
    stability: float
    wrong_bits: int
    active: int


@dataclass(frozen=True)
class CodeReport:
    """What the codes cost that were given for a buffer.

    - `active`: the least and the most units that are on in a code.
    - `alike`: the two symbols whose codes are most alike; None if there is one symbol only.
    - `correlation`: of these two codes; above 1/2 they are hardly told apart.
    - `stability`: the smallest of the projections from and to the buffer.
    - `stability_elsewhere`: the smallest of all other projections, infinite if there are none.
    """

    buffer: str
    units: int
    active: tuple[int, int]
    alike: tuple[str, str] | None
    correlation: float
    stability: float
    stability_elsewhere: float

    def __str__(self) -> str:
        least, most = self.active
        active = f"{least} to {most}" if least < most else f"{least}"
        words = [f"codes given for {self.buffer!r}: {active} of {self.units} units on"]
        if self.alike:
            words.append(f"most alike {self.alike[0]!r} and {self.alike[1]!r}, correlation {self.correlation:.2f}")
        stability = f"stability {self.stability:.3f}"
        if self.stability_elsewhere < float("inf"):
            stability += f", elsewhere {self.stability_elsewhere:.3f}"
        return "; ".join([*words, stability])


@dataclass(frozen=True)
class Report(Printed):
    """`ProjectionReport`s of all projections; `print` shows them as a table.

    - `codes`: what the codes cost that were given, one `CodeReport` for each buffer that has such.
    """

    rule: str
    symbols: int
    projections: tuple[ProjectionReport, ...]
    codes: tuple[CodeReport, ...] = ()

    @property
    def wrong_bits(self) -> int:
        """Wrong bits over all projections; 0 when every symbol is stored exactly."""
        return sum(projection.wrong_bits for projection in self.projections)

    @property
    def stability(self) -> float:
        """The smallest stability of any projection."""
        return min((projection.stability for projection in self.projections), default=float("inf"))

    def check(self) -> None:
        """Raise `CapacityError`, with the cure in its text, if any symbol is not stored exactly."""
        if self.wrong_bits:
            raise CapacityError(self.complaint())

    def judge(self, *, strict: bool) -> None:
        """If any symbol is not stored exactly, raise `CapacityError`, or warn the caller's caller."""
        if strict:
            self.check()
        elif self.wrong_bits:
            warnings.warn(self.complaint(), CapacityWarning, stacklevel=3)

    def loses_to(self, former: "Report", *, leaving_out: int) -> bool:
        """Whether any other projection stores less than in a former report, or is clearly less stable.

        **Arguments:**

        - `leaving_out`: the number of the projection that does not count.
        """
        return any(
            after.wrong_bits > before.wrong_bits or after.stability < before.stability - _LOSS * abs(before.stability)
            for index, (after, before) in enumerate(zip(self.projections, former.projections, strict=True))
            if index != leaving_out
        )

    def complaint(self) -> str:
        """What is not stored, where it is worst, and what helps."""
        bad = [projection for projection in self.projections if projection.wrong_bits]
        worst = max(bad, key=lambda projection: projection.wrong_bits)
        rules = list(dict.fromkeys(projection.rule for projection in bad))
        several = len(rules) > 1
        store = f"{' and '.join(rules)} {'do' if several else 'does'} not store"
        only = f"{'their' if several else 'its'} only symbol"
        what = f"all {self.symbols} symbols" if self.symbols > 1 else only
        cures = ["give the buffers more units"]
        if worst.active > 1:
            cures.append("lower the activity")
        if not any(rule.startswith("MaximalStability(") for rule in rules):
            cures.append("take MaximalStability, which stores the most")
        elif self.symbols > 1:
            cures.append("name fewer symbols")
        return abridged(
            f"{store} {what}: {self.wrong_bits} wrong bits in {len(bad)} of {len(self.projections)} projections, the "
            f"worst {worst.source!r} to {worst.target!r} with {worst.wrong_bits} at load S/N = {worst.load:.3g}; "
            f"{', or '.join([', '.join(cures[:-1]), cures[-1]] if cures[1:] else cures)}"
        )

    def __str__(self) -> str:
        rows = [("source", "target", "gate", "S/N", "stability", "wrong bits", "rule")]
        rows += [
            (p.source, p.target, p.gate, f"{p.load:.3f}", f"{p.stability:.3f}", str(p.wrong_bits), p.rule)
            for p in self.projections
        ]
        if len({p.rule for p in self.projections}) <= 1:
            rows = [row[:-1] for row in rows]
        lines = [f"{self.rule}, {self.symbols} symbols", *aligned(rows, right=[3, 4, 5]), *map(str, self.codes)]
        return "\n".join(lines)


def reported(
    wiring: Wiring,
    all_codes: Sequence[Bool[Array, "slots _units"]],
    synapses: Sequence[AbstractSynapses],
    symbols: int,
    rules: Sequence[AbstractStorageRule],
) -> tuple[ProjectionReport, ...]:
    """The reports of all projections, with the rule of each; the first codes of a population are those of symbols."""
    codes, names = [np.asarray(of_population) for of_population in all_codes], {id(rule): repr(rule) for rule in rules}
    active = [int(of_population[:symbols].sum(axis=1).min()) for of_population in codes]
    projections = wiring.projections
    sources, targets = [codes[each.source] for each in projections], [codes[each.target] for each in projections]
    recurrent, counts = [each.recurrent for each in projections], [np.int32(symbols)] * len(projections)
    qualities = mapped(quality, all_at_hand(synapses), sources, targets, counts, recurrent)
    return tuple(
        ProjectionReport(
            source=wiring.populations[projection.source].name,
            target=wiring.populations[projection.target].name,
            gate=wiring.gates[projection.gate].name,
            rule=names[id(rule)],
            load=symbols / wiring.populations[projection.source].units,
            stability=float(stability),
            wrong_bits=int(wrong_bits),
            active=active[projection.source],
        )
        for projection, rule, (stability, wrong_bits) in zip(projections, rules, qualities, strict=True)
    )


def codes_reported(
    codes: Mapping[str, Bool[Array, "symbols _units"]],
    names: Sequence[str],
    projections: Sequence[ProjectionReport],
) -> tuple[CodeReport, ...]:
    """What the codes cost that were given for some buffers, from the reports of all projections."""
    reports = []
    for buffer, rows in codes.items():
        on, alike = np.asarray(rows).sum(axis=1), most_alike(np.asarray(rows))
        own = [row for row in projections if buffer in (row.source, row.target)]
        reports.append(
            CodeReport(
                buffer=buffer,
                units=rows.shape[1],
                active=(int(on.min()), int(on.max())),
                alike=None if alike is None else (names[alike.symbols[0]], names[alike.symbols[1]]),
                correlation=0.0 if alike is None else alike.correlation,
                stability=min(row.stability for row in own),
                stability_elsewhere=min((row.stability for row in projections if row not in own), default=float("inf")),
            )
        )
    return tuple(reports)
