"""The cycle of a model: rules match and fire, while modules are at work and come to their end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from attractorbind._actr.activation import Timing
from attractorbind._actr.matching import Conflict, Known, lay_out_matching
from attractorbind._actr.utility import AREA, Contest
from attractorbind._program.assembler import Assembler, Count, Fire, Label, Reset
from attractorbind._program.choosing import Chosen
from attractorbind._program.condition import Condition
from attractorbind._program.firing import Production
from attractorbind._program.program import Program
from attractorbind._program.statement import Statement, lay_out
from attractorbind._wiring import Wiring


@dataclass(frozen=True)
class Outcome:
    """One way in which a module comes to its end.

    **Attributes:**

    - `pending`: whether it is at work and will end so.
    - `firings`: after how many firings it has ended.
    - `program`: what is done then.
    - `seconds`: how long it takes.
    """

    pending: Condition
    firings: int
    program: Program
    seconds: float = 0.0


@dataclass(frozen=True)
class Module:
    """A module that takes time.

    **Attributes:**

    - `outcomes`: how it may end.
    - `asked_by`: the rules that put it to work.
    - `fire_meanwhile`: the rules that may fire while it is at work.
    - `absent`: what is known while it is at work: that its buffer has no chunk.
    - `timing`: how time passes for it, if it keeps it by itself.
    """

    outcomes: tuple[Outcome, ...]
    asked_by: frozenset[str]
    fire_meanwhile: frozenset[str]
    absent: Known
    timing: Timing | None = None

    @property
    def counted(self) -> bool:
        """Whether it may be at work for more than one firing."""
        return any(outcome.firings > 1 for outcome in self.outcomes)


@dataclass(frozen=True)
class Deliberation(Statement):
    """The first rule that matches fires; where none does, a module at work is waited for; where none is, it ends.

    How long a module has been at work is counted in firings, by a counter of the program. With a `contest`, all rules
    that match compete, and one of them fires.
    """

    rules: tuple[Production, ...]
    modules: tuple[Module, ...]
    stops: frozenset[str]
    limit: int
    contest: Contest | None = None

    def lower(self, assembler: Assembler, after: Label) -> None:
        """The rules' readings; what waits for modules; then for each rule its block, and back to the readings."""
        counter, test, idle = assembler.counter(), assembler.label(), assembler.label()
        clocks = {number: assembler.counter() for number in range(len(self.modules))}
        for each in (counter, *clocks.values()):
            following = assembler.label()
            assembler.add(Reset(each), following)
            assembler.here(following)
        following.target = test
        fires = [assembler.label() for _ in self.rules]
        conflict = self._choose(assembler, fires)
        lay_out_matching(assembler, self.rules, frozenset(), test, fires, idle, conflict)
        self._wait(assembler, clocks, idle, test, after)
        # While modules are at work, what they will bring is known not to be there.
        pending: dict[Known, Label] = {}
        for rule, fired in zip(self.rules, fires, strict=True):
            name, inside = str(rule.name), assembler.label()
            assembler.here(fired)
            assembler.add(Fire(counter, self.limit, True, name), inside, after)
            if self.contest is not None:
                inside = _do(assembler, self._ageing + self.contest.rewards.get(name, Program()), inside)
            for number, module in enumerate(self.modules):
                timing = module.timing
                if timing is not None:
                    inside = _do(assembler, timing.elapses if name in module.fire_meanwhile else timing.passes, inside)
                if name in module.fire_meanwhile:
                    inside = self._pass_time(assembler, clocks[number], module, inside)
            ended = assembler.label()
            lay_out(assembler, rule.then.statements, inside, ended)
            known: Known = frozenset()
            for number, module in enumerate(self.modules):
                if name in module.asked_by:
                    ended = self._begin(assembler, clocks[number], module, ended)
                    known |= module.absent if all(outcome.firings for outcome in module.outcomes) else frozenset()
            following = pending.setdefault(known, assembler.label()) if known else test
            ended.target = after if name in self.stops else following
        for known, entry in pending.items():
            lay_out_matching(assembler, self.rules, known, entry, fires, idle, conflict)

    def _choose(self, assembler: Assembler, fires: list[Label]) -> Conflict | None:
        """What chooses among the rules that match, and which of them then fires."""
        contest = self.contest
        if contest is None:
            return None
        names = [str(rule.name) for rule in self.rules]
        conflict = Conflict([contest.offer(name) for name in names], assembler.label())
        at = _do(assembler, contest.choose(), conflict.choose)
        for name, fired in zip(names[:-1], fires[:-1], strict=True):
            assembler.here(at)
            at = assembler.label()
            Chosen(AREA, contest.channels[name]).decide(assembler, fired, at, settle=False)
        at.target = fires[-1]
        return conflict

    @property
    def _ageing(self) -> Program:
        """A firing's time passes for what rewards are still to come for; nothing where none are."""
        contest = self.contest
        return contest.passes(contest.step) if contest is not None and contest.rewards else Program()

    def _wait(self, assembler: Assembler, clocks: Mapping[int, int], entry: Label, test: Label, after: Label) -> None:
        """Of the modules at work let the one end that ends first; where none is at work, go on at `after`."""
        if self.modules and self.modules[0].timing is not None:
            self._wait_by_steps(assembler, clocks, entry, test, after)
            return
        for number, module in enumerate(self.modules):
            assembler.here(entry)
            others = list(self.modules[number + 1 :])
            entry = assembler.label()
            self._wait_for(assembler, module, clocks[number], others, clocks, test, entry)
        entry.target = after

    def _wait_by_steps(
        self, assembler: Assembler, clocks: Mapping[int, int], entry: Label, test: Label, after: Label
    ) -> None:
        """The first module keeps its time: all of it passes at once, or a firing's time as often as another needs."""
        module, *others = self.modules
        timing = module.timing
        assert timing is not None
        elapses = timing.elapses + self._ageing
        for number, other in enumerate(others, start=1):
            theirs = other.outcomes[0]
            step, counted, alone = (assembler.label() for _ in range(3))
            assembler.here(entry)
            theirs.pending.decide(assembler, step, alone, settle=False)
            passed = _do(assembler, elapses, step)
            self._end_first(assembler, module, clocks[0], passed, test, counted)
            ends = assembler.label()
            assembler.here(counted)
            assembler.add(Count(clocks[number], max(theirs.firings - 1, 0), fails=False), step, ends)
            assembler.here(ends)
            _end(assembler, theirs, test)
            entry = alone
        found, failed = module.outcomes
        if self._ageing.statements:
            # What is to be credited grows older step by step.
            at_work = assembler.label()
            assembler.here(entry)
            failed.pending.decide(assembler, at_work, after, settle=False)
            self._end_first(assembler, module, clocks[0], _do(assembler, elapses, at_work), test, entry)
            return
        done, nothing = assembler.label(), assembler.label()
        assembler.here(_do(assembler, timing.finishes, entry))
        found.pending.decide(assembler, done, nothing, settle=True)
        assembler.here(done)
        _end(assembler, found, test)
        lost = assembler.label()
        assembler.here(nothing)
        failed.pending.decide(assembler, lost, after, settle=False)
        assembler.here(lost)
        _end(assembler, failed, test)

    def _end_first(
        self, assembler: Assembler, module: Module, clock: int, entry: Label, test: Label, otherwise: Label
    ) -> None:
        """A firing's time has passed for a module: it has ended, or it is still at work, or it was at rest."""
        found, failed = module.outcomes
        done, missing, waiting, lost = (assembler.label() for _ in range(4))
        assembler.here(entry)
        found.pending.decide(assembler, done, missing, settle=True)
        assembler.here(done)
        _end(assembler, found, test)
        assembler.here(missing)
        failed.pending.decide(assembler, waiting, otherwise, settle=False)
        assembler.here(waiting)
        assembler.add(Count(clock, max(failed.firings - 1, 0), fails=False), otherwise, lost)
        assembler.here(lost)
        _end(assembler, failed, test)

    def _wait_for(
        self,
        assembler: Assembler,
        module: Module,
        clock: int,
        others: list[Module],
        clocks: Mapping[int, int],
        test: Label,
        otherwise: Label,
    ) -> None:
        """Wait for a module if it is at work, and if no other ends before."""
        for number, outcome in enumerate(module.outcomes):
            at_work, next_outcome = assembler.label(), assembler.label()
            last = number == len(module.outcomes) - 1
            outcome.pending.decide(assembler, at_work, otherwise if last else next_outcome, settle=False)
            if others:
                assembler.here(at_work)
                self._race(assembler, outcome, clock, others[0], clocks[1], test)
            else:
                self._end_later(assembler, outcome, clock, at_work, test)
            if not last:
                assembler.here(next_outcome)

    def _race(
        self, assembler: Assembler, outcome: Outcome, clock: int, other: Module, others_clock: int, test: Label
    ) -> None:
        """Two modules may be at work: time passes for both, a firing's time at once, until one of them ends."""
        theirs = other.outcomes[0]
        both, alone, going_on = assembler.label(), assembler.label(), assembler.label()
        theirs.pending.decide(assembler, both, alone, settle=False)
        assembler.here(both)
        ends, other_ends = assembler.label(), assembler.label()
        assembler.add(Count(clock, max(outcome.firings - 1, 0), fails=False), going_on, ends)
        assembler.here(_do(assembler, self._ageing, going_on))
        assembler.add(Count(others_clock, max(theirs.firings - 1, 0), fails=False), both, other_ends)
        assembler.here(other_ends)
        _end(assembler, theirs, test)
        ends.target = alone
        self._end_later(assembler, outcome, clock, alone, test)

    def _end_later(self, assembler: Assembler, outcome: Outcome, clock: int, entry: Label, test: Label) -> None:
        """Nothing happens until a module ends; what rewards are to come for grows older by what that still takes."""
        if self.contest is not None and self.contest.rewards and outcome.firings:
            counted = max(outcome.firings - 1, 0)
            rest = assembler.label()
            if counted:
                step = assembler.label()
                assembler.here(entry)
                assembler.add(Count(clock, counted, fails=False), step, rest)
                lay_out(assembler, self._ageing.statements, step, entry)
                entry = rest
            entry = _do(assembler, self.contest.passes(outcome.seconds - counted * self.contest.step), entry)
        assembler.here(entry)
        _end(assembler, outcome, test)

    def _pass_time(self, assembler: Assembler, clock: int, module: Module, entry: Label) -> Label:
        """A firing takes time, after which the module may have ended; it goes on at the label returned."""
        following = assembler.label()
        assembler.here(entry)
        for number, outcome in enumerate(module.outcomes):
            at_work, next_outcome, ends = (assembler.label() for _ in range(3))
            last = number == len(module.outcomes) - 1
            outcome.pending.decide(assembler, at_work, following if last else next_outcome, settle=False)
            assembler.here(at_work)
            if outcome.firings > 1:
                assembler.add(Count(clock, outcome.firings - 1, fails=False), following, ends)
            else:
                ends = at_work
            assembler.here(ends)
            _end(assembler, outcome, following)
            if not last:
                assembler.here(next_outcome)
        return following

    def _begin(self, assembler: Assembler, clock: int, module: Module, entry: Label) -> Label:
        """The module is put to work; what takes no time has ended at once. It goes on at the label returned."""
        following = assembler.label()
        for outcome in module.outcomes:
            if outcome.firings == 0:
                at_work, other = assembler.label(), assembler.label()
                assembler.here(entry)
                outcome.pending.decide(assembler, at_work, other, settle=False)
                assembler.here(at_work)
                _end(assembler, outcome, following)
                entry = other
        if not module.counted and len(self.modules) == 1:
            entry.target = following
            return following
        assembler.here(entry)
        assembler.add(Reset(clock), following)
        return following

    def expanded(self, wiring: Wiring) -> tuple[Statement, ...]:
        """The same, the rules' blocks in primitives."""
        return (replace(self, rules=tuple(replace(rule, then=rule.then.expanded(wiring)) for rule in self.rules)),)

    def __str__(self) -> str:
        blocks = "".join(f"\n{rule.name!r} when {rule.when}:\n{rule.then.indented()}" for rule in self.rules)
        return f"deliberate, at most {self.limit} firings:" + blocks.replace("\n", "\n    ")


def _do(assembler: Assembler, program: Program, entry: Label) -> Label:
    """Lay out a program; it goes on at the label returned."""
    following = assembler.label()
    lay_out(assembler, program.statements, entry, following)
    return following if program.statements else entry


def _end(assembler: Assembler, outcome: Outcome, following: Label) -> None:
    """Lay out what is done when a module comes to its end."""
    lay_out(assembler, outcome.program.statements, assembler.label(), following)
