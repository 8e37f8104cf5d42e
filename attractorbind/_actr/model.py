"""A model of ACT-R, and the network and the program that it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from jaxtyping import Array, Key

from attractorbind._actr.actions import (
    FAILED,
    IMAGINED,
    MADE,
    PUT_OUT,
    RETRIEVED,
    failed,
    imagined,
    program_of,
    retrieved,
)
from attractorbind._actr.activation import activation_of, timing_of
from attractorbind._actr.building import memory_of, network_of, storing
from attractorbind._actr.chunks import Chunk, ChunkType
from attractorbind._actr.conditions import (
    BUSY,
    ERROR,
    condition_of,
    may_fire_while_pending,
)
from attractorbind._actr.deliberation import Deliberation, Module, Outcome
from attractorbind._actr.layout import (
    IMAGINAL_STATE,
    MODULE,
    RETRIEVAL_STATE,
    Layout,
    check_asked,
    check_slots,
    cleared_by,
    lay_out_buffers,
)
from attractorbind._actr.matching import exclude_each_other
from attractorbind._actr.naming import imprinting, new_symbols
from attractorbind._actr.parts import Stop, is_variable
from attractorbind._actr.rules import Rule
from attractorbind._actr.settings import Settings
from attractorbind._actr.utility import contest_of, utilities_of
from attractorbind._checks import check_count
from attractorbind._errors import ProgramError
from attractorbind._network import Network
from attractorbind._program.condition import Condition
from attractorbind._program.control import when
from attractorbind._program.firing import Production
from attractorbind._program.macros import clear
from attractorbind._program.program import Program, present
from attractorbind._program.question import Occupied, empty, holds
from attractorbind._program.symbol import arg
from attractorbind._vocabulary import Vocabulary

# What stands for an empty slot where a goal is given to a trial.
NIL = "nil"
EVENTS = (RETRIEVED, FAILED, IMAGINED, PUT_OUT)


@dataclass(frozen=True)
class Model:
    """A model of ACT-R: what it knows, what it wants, and its production rules.

    It becomes a network, with one buffer for each slot of each of ACT-R's buffers and the relays that its rules need;
    a snapshot memory, which is its declarative memory; and a program of gates, in which rules are conditions on
    buffers and copies between them.

    **Arguments:**

    - `rules`: the `Rule`s. Of those that match the one with the highest utility fires, among equals the first.
    - `chunks`: the `Chunk`s in declarative memory.
    - `goal`: the chunk that the goal buffer holds at first, or None.
    - `types`: `ChunkType`s; if there are any, or chunks, rules may name no slot but theirs.
    - `settings`: its parameters.
    - `symbols`: further symbols that goals may name when the model is run.
    - `name`: its name.
    - `new`: how many chunks that rules make in a trial, in goal and imaginal buffer, get symbols of their own, which
        the network imprints: "new0", "new1" and so on. A trial that makes more ends with `Result.LIMIT`. With 0 they
        all have the symbol "chunk", and so can be told apart by their slots alone.

    **Raises:** `ProgramError` for a model that makes no sense, `UnknownNameError` for names that are not there.

    **Reference:** Anderson 2007, "How can the human mind occur in the physical universe?"; Hayworth 2012, for its core
    on partitionable networks.

    **Example:** counting from one number to another.

        >>> import jax
        >>> from attractorbind import actr
        >>> facts = [actr.Chunk(f"fact{n}", {"first": str(n), "second": str(n + 1)}) for n in range(5)]
        >>> start = actr.Rule("start", [actr.Match("goal", {"from": "=n", "count": None})],
        ...     [actr.Modify("goal", {"count": "=n"}), actr.Request("retrieval", {"first": "=n"})])
        >>> more = [actr.Test("count", "=n"), actr.Test("to", "=n", "-")]
        >>> step = actr.Rule("step", [actr.Match("goal", tuple(more)),
        ...     actr.Match("retrieval", {"first": "=n", "second": "=next"})],
        ...     [actr.Modify("goal", {"count": "=next"}), actr.Request("retrieval", {"first": "=next"})])
        >>> stop = actr.Rule("stop", [actr.Match("goal", {"count": "=n", "to": "=n"})], [actr.Stop()])
        >>> model = actr.Model([start, step, stop], facts, actr.Chunk("goal", {"from": "2", "to": "4", "count": None}))
        >>> run = actr.run(model, model.network(key=jax.random.key(0)))
        >>> run.firings().names, run.held("goal")
        (['start', 'step', 'step', 'stop'], [{'from': '2', 'to': '4', 'count': '4'}])
    """

    rules: Sequence[Rule]
    chunks: Sequence[Chunk] = ()
    goal: Chunk | None = None
    types: Sequence[ChunkType] = ()
    settings: Settings = field(default_factory=Settings)
    symbols: Sequence[str] = ()
    name: str = "model"
    new: int = 0

    def __post_init__(self) -> None:
        for part, kind in (("rules", Rule), ("chunks", Chunk), ("types", ChunkType), ("symbols", str)):
            given = getattr(self, part)
            entries = tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else None
            if entries is None or not all(isinstance(entry, kind) for entry in entries):
                raise ProgramError(f"{part} is {given!r}; give a list of {kind.__name__}")
            object.__setattr__(self, part, entries)
            names = [entry if isinstance(entry, str) else entry.name for entry in entries]
            twice = [name for name in names if names.count(name) > 1]
            if twice and kind is not str:
                raise ProgramError(f"two of the {part} have the name {twice[0]!r}; give each a name of its own")
        check_count("new", self.new, least=0)
        if not isinstance(self.goal, Chunk | None):
            raise ProgramError(f"goal is {self.goal!r}; give a Chunk, or None")
        if not self.rules:
            raise ProgramError("a model needs at least one rule; give it a list of Rule")
        if not isinstance(self.settings, Settings):
            raise ProgramError(f"settings is {self.settings!r}; give Settings()")
        known = [slot for kind in self.types for slot in kind.defaults]
        check_asked(self.rules, [*(chunk.name for chunk in self._all_chunks), *self.symbols])
        if self.types:
            check_slots(self.rules, [*known, *(slot for chunk in self._all_chunks for slot in dict(chunk.values))])
        self._check_memories()
        # All that may be wrong with a rule is found when it is compiled, at the latest.
        _ = self._deliberation

    @property
    def _all_chunks(self) -> tuple[Chunk, ...]:
        return (*self.chunks, *(() if self.goal is None else (self.goal,)))

    @cached_property
    def layout(self) -> Layout:
        """The neural buffers of its slots."""
        return lay_out_buffers(self.rules, self.chunks, self.goal, self.settings, self.new)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """All symbols that its chunks and rules name, and those that stand for how modules are."""
        values = [value for chunk in self._all_chunks for value in (chunk.name, *chunk.held.values())]
        for rule in self.rules:
            values += [value for value in rule.values() if value is not None and not is_variable(value)]
        names = dict.fromkeys([*values, *self.symbols, BUSY, ERROR, MADE, NIL])
        return Vocabulary(list(names), spare=new_symbols(self.new if self.layout.named else 0, names))

    @property
    def _ordered(self) -> list[Rule]:
        """The rules by utility, those of the same in their order."""
        return sorted(self.rules, key=lambda rule: -rule.utility)

    @cached_property
    def _deliberation(self) -> Deliberation:
        """The cycle of its rules, without a limit."""
        layout, settings, ordered = self.layout, self.settings, self._ordered
        symbols = list(self.vocabulary)
        productions = [
            Production(condition_of(rule, layout, symbols), program_of(rule, layout, settings), rule.name)
            for rule in ordered
        ]
        stops = {rule.name for rule in ordered if any(isinstance(action, Stop) for action in rule.then)}
        contest = contest_of(ordered, settings)
        return Deliberation(tuple(productions), tuple(self._modules()), frozenset(stops), 0, contest)

    @cached_property
    def ties(self) -> tuple[tuple[str, str], ...]:
        """Pairs of rules of the same utility that may match at the same time; the first of the two fires then.

        Where utilities have noise or are learned, chance and experience decide instead.
        """
        rules = {rule.name: rule for rule in self.rules}
        asked = {str(each.name): self._implied(rules[str(each.name)], each.when) for each in self._deliberation.rules}
        return tuple(
            (first, second)
            for first, second in combinations(asked, 2)
            if rules[first].utility == rules[second].utility and not exclude_each_other(asked[first], asked[second])
        )

    def _implied(self, rule: Rule, asked: Condition) -> Condition:
        """What a rule asks, and what follows from it for the chunks of buffers."""
        for match in rule.matches:
            asked &= ~empty(match.buffer)
        for query in rule.queries:
            if query.value in ("error", "failure") and not query.negated:
                asked &= empty(query.buffer)
        return asked

    def _modules(self) -> Iterable[Module]:
        """The modules that take time, as far as rules ask them for something."""
        layout, settings = self.layout, self.settings
        for buffer in ("retrieval", "imaginal"):
            asked_by = frozenset(rule.name for rule in self.rules if rule.asks(buffer))
            if not asked_by:
                continue
            meanwhile = frozenset(rule.name for rule in self.rules if may_fire_while_pending(rule, buffer))
            if buffer == "imaginal":
                busy = holds(IMAGINAL_STATE, BUSY)
                outcomes = [
                    Outcome(busy, settings.firings(settings.imaginal_delay), imagined(layout), settings.imaginal_delay)
                ]
            else:
                # What was found waits in the module; where nothing waits, a retrieval that is pending will fail.
                found, missing = ~empty(MODULE), holds(RETRIEVAL_STATE, BUSY)
                # By activation, what was found comes only when it is time.
                firings = settings.firings(settings.retrieval)
                firings = int(settings.latency_factor > 0) if settings.activated else firings
                outcomes = [
                    Outcome(found, firings, retrieved(layout), settings.retrieval),
                    Outcome(missing, settings.firings(settings.failure), failed(layout), settings.failure),
                ]
            # The imaginal module works on its buffer's slots, and only the chunk is missing.
            gone = layout.whole(buffer) if buffer == "retrieval" else (buffer,)
            absent = frozenset((Occupied(name), False) for name in gone)
            timing = timing_of(layout) if settings.activated and buffer == "retrieval" else None
            yield Module(tuple(outcomes), asked_by, meanwhile, absent, timing)

    def _check_memories(self) -> None:
        """Raise if a chunk may become a memory while the declarative module is at work on a retrieval."""
        takes = max(self.settings.firings(s) for s in (self.settings.retrieval, self.settings.failure))
        if takes <= 1 or self.settings.activated:
            return
        for rule in self.rules:
            stored = [b for b in cleared_by(rule, self.settings) if b in self.layout.remembered]
            if stored and may_fire_while_pending(rule, "retrieval"):
                raise ProgramError(
                    f"rule {rule.name!r} makes a memory of {stored[0]!r}, perhaps while a retrieval is pending, and "
                    "the declarative module does one thing at a time; add Query('retrieval', 'state', 'free')"
                )

    def network(self, *, units: int | None = None, key: Key[Array, ""]) -> Network:
        """The network that it is: its buffers, the relays that rules need, and the declarative memory.

        **Arguments:**

        - `units`: of each buffer; by default 256, and more for many symbols.
        - `key`: a random key, for codes and assemblies.
        """
        areas = memory_of(self.layout, self.chunks, activation_of(self.settings))
        areas += [*utilities_of(self._ordered, self.settings), *imprinting(self.layout.named)]
        return network_of(self._deliberation, self.layout, areas, self.vocabulary, units, key=key)

    def memories(self) -> Program:
        """The program that stores its chunks, one after the other, in the declarative memory."""
        return storing(self.layout, self.chunks)

    def program(self, *, limit: int) -> Program:
        """The program that it is: its goal's slots are loaded, and then its rules fire until none matches.

        The goal is an argument: "goal" its own symbol, and "goal.slot" for each slot, "nil" for none.

        **Arguments:**

        - `limit`: how many rules may fire.
        """
        whole = self.layout.whole("goal")
        program = sum((present(buffer, arg(buffer)) for buffer in whole), Program())
        for buffer in whole:
            program += when(holds(buffer, NIL), clear(buffer))
        cycle = self._deliberation
        return program + Program((replace(cycle, limit=check_count("limit", limit, least=0)),))
