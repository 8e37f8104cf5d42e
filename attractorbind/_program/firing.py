"""The cycles that match production rules: each condition is read once, and a trace can tell which rule fired."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from attractorbind._errors import ProgramError
from attractorbind._program.assembler import Assembler, Count, Fire, Label, Reset
from attractorbind._program.choosing import Choose, Offer, first_chosen
from attractorbind._program.condition import Condition
from attractorbind._program.program import Program
from attractorbind._program.statement import Statement, Step, lay_out
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Production:
    """A production rule, made by `production`: a condition on the buffers, a program, and perhaps a name."""

    when: Condition
    then: Program
    name: str | None = None


@dataclass(frozen=True)
class Cycle(Statement):
    """The first rule that matches fires, again and again."""

    rules: tuple[Production, ...]
    limit: int

    def lower(self, assembler: Assembler, after: Label) -> None:
        """A counter set to zero; the rules' readings in turn; for each rule a count and its block, and back."""
        counter, test = assembler.counter(), assembler.label()
        assembler.add(Reset(counter), test)
        assembler.here(test)
        matched = lay_out_match(assembler, self.rules, after)
        for rule, fires in zip(self.rules, matched, strict=True):
            inside = assembler.label()
            assembler.here(fires)
            assembler.add(Fire(counter, self.limit, True, str(rule.name)), inside, after)
            lay_out(assembler, rule.then.statements, inside, test)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The same, its blocks in primitives."""
        return (replace(self, rules=tuple(replace(rule, then=rule.then.expanded(wiring)) for rule in self.rules)),)

    def __str__(self) -> str:
        return _told(f"cycle, at most {self.limit} firings", self.rules)


@dataclass(frozen=True)
class Contest(Statement):
    """Of all rules that match, basal ganglia choose one, again and again."""

    area: str
    rules: tuple[tuple[str, Production], ...]
    limit: int

    def lower(self, assembler: Assembler, after: Label) -> None:
        """A counter set to zero; the rules' readings, each with an offer; a count, a choice, a block, and back.

        Whether a rule has matched before is told by where the readings stand: those of a rule are laid out twice, for
        rules before it that have all failed, and for one that has been offered.
        """
        counter, test, count, choice = assembler.counter(), *(assembler.label() for _ in range(3))
        assembler.add(Reset(counter), test)
        assembler.here(test)
        nothing_yet = [assembler.label() for _ in self.rules[1:]] + [after]
        offered = [assembler.label() for _ in self.rules[1:]] + [count]
        for number, (channel, rule) in enumerate(self.rules):
            offer = assembler.label()
            if number:
                assembler.here(nothing_yet[number - 1])
            rule.when.decide(assembler, offer, nothing_yet[number], settle=number == 0)
            if number:
                assembler.here(offered[number - 1])
                rule.when.decide(assembler, offer, offered[number], settle=False)
            assembler.here(offer)
            assembler.add(Offer(self.area, channel), offered[number])
        assembler.here(count)
        assembler.add(Count(counter, self.limit, fails=True), choice, after)
        lay_out(assembler, self._chosen().statements, choice, test)

    def _chosen(self) -> Program:
        """One rule is chosen of those that were offered, and fires."""
        choose = Program((Choose(self.area, (), compete=True, greedy=False, relays=False),))
        fired = {channel: Program((Step(1, tells=str(rule.name)),)) + rule.then for channel, rule in self.rules}
        return choose + first_chosen(self.area, fired, certain=False)

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The same, its blocks in primitives."""
        rules = tuple((channel, replace(rule, then=rule.then.expanded(wiring))) for channel, rule in self.rules)
        return (replace(self, rules=rules),)

    def __str__(self) -> str:
        told = f"cycle by {self.area!r}, at most {self.limit} firings"
        return _told(told, [replace(rule, name=f"{channel}: {rule.name}") for channel, rule in self.rules])


def lay_out_match(assembler: Assembler, rules: Iterable[Production], nothing: Label) -> list[Label]:
    """The readings of rules one after the other, as far as the first that matches; `nothing` where none does.

    **Returns:** for each rule the label at which it fires, to be laid out by the caller.
    """
    matched: list[Label] = []
    rules = list(rules)
    for number, rule in enumerate(rules):
        fires, other = assembler.label(), nothing if number == len(rules) - 1 else assembler.label()
        rule.when.decide(assembler, fires, other, settle=number == 0)
        if other is not nothing:
            assembler.here(other)
        matched.append(fires)
    return matched


def named(rules: Mapping[str, Production]) -> dict[str, Production]:
    """The rules with names, those given here for those that have none; an error for two of the same name."""
    names: dict[str, Production] = {}
    for key, rule in rules.items():
        own = rule if rule.name is not None else replace(rule, name=key)
        if str(own.name) in names:
            raise ProgramError(f"two productions of a cycle have the name {own.name!r}; give each a name of its own")
        names[str(own.name)] = own
    return dict(zip(rules, names.values(), strict=True))


def _told(heading: str, rules: Iterable[Production]) -> str:
    blocks = "".join(f"\n{rule.name!r} when {rule.when}:\n{rule.then.indented()}" for rule in rules)
    return heading + ":" + blocks.replace("\n", "\n    ")
