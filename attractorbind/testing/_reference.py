"""The reference machine: what a program means, said in names. Boxes for buffers, numbered slips for snapshots."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from attractorbind._area.hippocampus import SnapshotMemory
from attractorbind._checks import check_names
from attractorbind._errors import ArgumentError, ProgramError
from attractorbind._inputs import slot_symbols
from attractorbind._network import Network, check_network
from attractorbind._program.assembler import Assembler
from attractorbind._program.condition import And, Branch, Condition, Not, Or, Question
from attractorbind._program.control import Repeat, Until, When
from attractorbind._program.drawing import Babble, Draw, Imagine, Write
from attractorbind._program.firing import Cycle
from attractorbind._program.imprinting import ImprintNow
from attractorbind._program.macros import Clear, Copy, Hold, Load, Move, Swap
from attractorbind._program.procedure import Call
from attractorbind._program.program import Program
from attractorbind._program.question import Equal, Holds, Occupied
from attractorbind._program.recollection import Forget, Recall, Store, buffers_of
from attractorbind._program.seeing import Learn, See
from attractorbind._program.statement import SETTLE, Instruction, Statement, Step
from attractorbind._program.streams import Read
from attractorbind._program.symbol import Arg
from attractorbind._result import Result
from attractorbind._wiring import Wiring

Boxes = dict[str, str | None]


@dataclass(frozen=True)
class Moment:
    """What the boxes hold at the end of an instruction, and how many ticks after the start that is."""

    ticks: int
    instruction: str
    boxes: Boxes


class _LimitReachedError(Exception):
    """An `until` or a `cycle` has come to its limit; the program ends there."""


@dataclass
class Reference:
    """One trial of a program, in names; made by `reference`.

    **Attributes:**

    - `boxes`: buffer to the symbol it holds at the end, or None.
    - `outputs`: what was put out by `emit`.
    - `slips`: memory to its snapshots, by number: the names of the buffers that were stored.
    - `result`: `Result.OK`, or `Result.LIMIT`.
    - `moments`: what the boxes held after every instruction, with the ticks that the network takes until then.
    - `firings`: the rules of cycles that fired, each with the tick at which it did.
    - `covered`: how often what a program may do was done: "recall: found", "holds: no", "until: limit", and so on.
    """

    wiring: Wiring
    args: Mapping[str, str]
    inputs: list[str]
    boxes: Boxes
    # Of each memory the snapshots by number, and below the number of the last one stored, and of the one that was
    # stored or found last, from which `older` looks back.
    slips: dict[str, dict[int, Boxes]]
    outputs: list[str | None] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    firings: list[tuple[str, int]] = field(default_factory=list)
    result: Result = Result.OK
    ticks: int = 0
    covered: Counter[str] = field(default_factory=Counter)
    _capacity: dict[str, int] = field(default_factory=dict)
    _stored: dict[str, int] = field(default_factory=dict)
    _context: dict[str, int] = field(default_factory=dict)

    def _run(self, statements: Sequence[Statement]) -> None:
        for statement in statements:
            match statement:
                case Call(_, body):
                    self._count("procedure")
                    self._run(body.statements)
                case When(condition, then, otherwise):
                    answer = self._answer(condition)
                    self._count("when", "then" if answer else "otherwise")
                    self._run((then if answer else otherwise).statements)
                case Repeat(times, body):
                    self._count("repeat", "several" if times > 1 else "once" if times else "never")
                    # A tick sets the counter; then one counts before every round, and one more ends the loop.
                    self.ticks += 2
                    for _ in range(times):
                        self._run(body.statements)
                        self.ticks += 1
                case Until(condition, body, limit):
                    self.ticks += 1
                    rounds = 0
                    while not self._answer(condition):
                        self.ticks += 1
                        if rounds == limit:
                            self._count("until", "limit")
                            raise _LimitReachedError
                        rounds += 1
                        self._run(body.statements)
                    self._count("until", "after rounds" if rounds else "at once")
                case Cycle():
                    self._cycle(statement)
                case Instruction():
                    self._do(statement)
                    self.ticks += sum(step.ticks for step in _steps(statement.expanded(self.wiring)))
                    self.moments.append(Moment(self.ticks, str(statement), dict(self.boxes)))
                case _:
                    raise ProgramError(f"the reference machine does not know {statement}")

    def _cycle(self, cycle: Cycle) -> None:
        """Fire the first rule that matches; the latches settle before the first reading of each round."""
        self.ticks += 1
        fired = 0
        while True:
            numbers = (n for n, rule in enumerate(cycle.rules) if self._answer(rule.when, settle=n == 0))
            if (matching := next(numbers, None)) is None:
                self._count("cycle", "after firings" if fired else "no firing")
                return
            rule = cycle.rules[matching]
            if fired == cycle.limit:
                self._count("cycle", "limit")
                raise _LimitReachedError
            fired += 1
            self.firings.append((str(rule.name), self.ticks))
            self.ticks += 1
            self._run(rule.then.statements)

    def _count(self, what: str, outcome: str = "") -> None:
        self.covered[f"{what}: {outcome}" if outcome else what] += 1

    def _do(self, instruction: Instruction) -> None:
        boxes = self.boxes
        name = str(instruction).partition("(")[0]
        match instruction:
            case Copy(source, target) | Move(source, target):
                self._count(name, "through others" if len(self.wiring.chain(source, target)) > 2 else "direct")
            case Swap(_, _, via):
                self._count(name, "direct" if via is None else "through a spare")
            case Load() | Clear() | Hold() | ImprintNow() | Step():
                self._count(name)
        match instruction:
            case Load(buffer, symbol):
                boxes[buffer] = self._name(symbol)
            case Read(buffer):
                self._count(name, "symbol" if self.inputs else "past the end")
                boxes[buffer] = self.inputs.pop(0) if self.inputs else None
            case Hold() | ImprintNow() | Learn() | See(write=False) | Babble() | Imagine() | Draw() | Write():
                # What is imprinted, drawn, learned, or seen without telling, changes no box.
                pass
            case See():
                raise ProgramError(f"the reference machine does not know what there is to be seen: {instruction}")
            case Clear(buffer):
                boxes[buffer] = None
            case Copy(source, target):
                self._copy(source, target)
            case Move(source, target):
                self._copy(source, target)
                boxes[source] = None
            case Swap(first, second, via):
                if via is None:
                    boxes[first], boxes[second] = boxes[second], boxes[first]
                else:
                    for leg in ((first, via), (second, first), (via, second)):
                        self._copy(*leg)
            case Step(emit=str(buffer)):
                self.outputs.append(boxes[buffer])
            case Store(memory, buffers):
                self._store(memory, buffers)
            case Recall(memory, cue, into, older):
                slip = self.slips[memory].get(self._found("recall", memory, cue, older), {})
                for buffer in into or [buffer for buffer in buffers_of(self.wiring, memory) if buffer not in cue]:
                    boxes[buffer] = slip.get(buffer)
            case Forget(memory, cue, older):
                self.slips[memory].pop(self._found("forget", memory, cue, older), None)
            case _:
                raise ProgramError(
                    f"the reference machine knows instructions, but not single gates: {instruction}; say it by load(), "
                    "copy(), clear() and the like"
                )

    def _copy(self, source: str, target: str) -> None:
        """Copy what a box holds into another, and into all those that the chain of relays passes through."""
        for buffer in self.wiring.chain(source, target)[1:]:
            self.boxes[buffer] = self.boxes[source]

    def _store(self, memory: str, buffers: Sequence[str]) -> None:
        number = self._context[memory] = self._stored[memory] = self._stored[memory] + 1
        slips = self.slips[memory]
        full = len(slips) == self._capacity[memory]
        self._count("store", "full" if full else "free")
        if full:
            del slips[min(slips)]
        slips[number] = {buffer: self.boxes[buffer] for buffer in buffers}

    def _found(self, what: str, memory: str, cue: Sequence[str], older: bool) -> int:
        number = self._find(memory, cue, older)
        self._count(what + ", older" * older, "found" if number else "nothing")
        return number

    def _find(self, memory: str, cue: Sequence[str], older: bool) -> int:
        """The number of the newest slip that agrees with the cue, 0 if there is none.

        With `older`, only slips older than the one that was stored or found last are looked at.
        """
        numbers = [
            number
            for number, slip in self.slips[memory].items()
            if all(self.boxes[buffer] is not None and slip.get(buffer) == self.boxes[buffer] for buffer in cue)
            and (number < self._context[memory] or not older)
        ]
        self._context[memory] = max(numbers, default=0)
        return self._context[memory]

    def _answer(self, condition: Condition, settle: bool = True) -> bool:
        """Whether a condition holds; `settle` is whether the latches are waited for before the first reading."""
        match condition:
            case Not(inner):
                return not self._answer(inner, settle)
            case And(first, second):
                return self._answer(first, settle) and self._answer(second, settle=False)
            case Or(first, second):
                return self._answer(first, settle) or self._answer(second, settle=False)
            case Question():
                self.ticks += 1 + SETTLE * settle
                answer = self._answer_question(condition)
                # What is asked of the network is whether a buffer is occupied; what programs say is `empty`.
                empty = isinstance(condition, Occupied)
                self._count("empty" if empty else type(condition).__name__.lower(), "no" if answer == empty else "yes")
                return answer
            case _:
                return self._answer_by_readings(condition, settle)

    def _answer_question(self, question: Question) -> bool:
        match question:
            case Equal(first, second):
                return self.boxes[first] is not None and self.boxes[first] == self.boxes[second]
            case Holds(buffer, symbol):
                return self.boxes[buffer] == self._name(symbol)
            case Occupied(buffer):
                return self.boxes[buffer] is not None
        raise ProgramError(f"the reference machine does not know {question}")

    def _answer_by_readings(self, condition: Condition, settle: bool) -> bool:
        """A condition of a user's own, answered by the questions that it is lowered to."""
        assembler = Assembler()
        yes, no = assembler.label(), assembler.label()
        condition.decide(assembler, yes, no, settle=settle)
        readings = len(assembler.placed)
        # Two addresses past the readings stand for the two answers.
        yes.target, no.target = readings, readings + 1
        nodes, address = assembler.nodes(), 0
        while address < readings:
            node = nodes[address]
            # `decide` has seen to it that there is nothing but branches, and that they lead forward.
            assert isinstance(node.action, Branch)
            holds = self._answer(node.action.question, node.action.settle)
            address = node.then if holds else node.otherwise
        return address == readings

    def _name(self, symbol: str | Arg) -> str:
        return self.args[symbol.name] if isinstance(symbol, Arg) else symbol


def _steps(statements: Sequence[Statement]) -> Iterator[Step]:
    return (statement for statement in statements if isinstance(statement, Step))


def reference(
    network: Network,
    program: Program,
    *,
    args: Mapping[str, str] | None = None,
    inputs: Iterable[str] = (),
) -> Reference:
    """What a program means: one trial of it on the reference machine, which moves names between boxes.

    Of the network it knows the wiring alone, neither codes nor weights. Ticks are counted, not computed.

    **Arguments:**

    - `network`: for its buffers, relays and memories.
    - `program`: of instructions; single gates mean nothing in names.
    - `args`: argument name to a symbol.
    - `inputs`: what `read` presents.

    **Returns:** a `Reference`, the machine at the end.

    **Raises:** `ProgramError` for a program that has no meaning in names; else as `run`.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> from attractorbind.testing import reference
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> reference(network, ab.load("focus", "dog") + ab.move("focus", "agent")).boxes
        {'focus': None, 'agent': 'dog'}
    """
    check_network(network)
    compiled = program.compile(network) if isinstance(program, Program) else None
    if compiled is None:
        raise ProgramError(f"program is a {type(program).__name__}; give a Program, such as load('focus', 'dog')")
    if args is not None and not isinstance(args, Mapping):
        raise ArgumentError(f"args is {args!r}; give a mapping from the names of arguments to symbols")
    for name, symbol in (args or {}).items():
        if not isinstance(symbol, str):
            raise ArgumentError(f"argument {name!r} is {symbol!r}; a reference is of one trial, give one symbol's name")
    slot_symbols(network, compiled, args or {})
    words = check_names("inputs", inputs, "symbols", ArgumentError)
    for word in words:
        network.vocabulary[word]
    memories = {area.name: area.capacity for area in network.areas if isinstance(area, SnapshotMemory)}
    machine = Reference(
        wiring=network.wiring,
        args=dict(args or {}),
        inputs=words,
        boxes=dict.fromkeys(network.buffers),
        slips={memory: {} for memory in memories},
        _capacity=memories,
        _stored=dict.fromkeys(memories, 0),
        _context=dict.fromkeys(memories, 0),
    )
    try:
        machine._run(program.statements)
    except _LimitReachedError:
        machine.result = Result.LIMIT
    return machine
