"""Models of ACT-R by a plain interpreter: buffers are dictionaries, and time is a number.

It knows nothing of networks or programs, and reads rules as they are written.
"""

import math
from dataclasses import dataclass, field

from attractorbind import actr

Chunk = dict[str, str]


@dataclass
class Interpreter:
    """One trial of a model.

    - `buffers`: buffer to the slots of its chunk that hold something, or None without a chunk.
    - `memory`, `names`: all chunks, in the order in which they were stored.
    - `uses`: of each of them, the times of its uses.
    - `held`: the number of the chunk in the retrieval buffer.
    - `pending`: buffer to the time at which its module ends, and the chunk that then arrives, None for a failure.
    """

    model: actr.Model
    goal: Chunk | None
    limit: int = 1000
    buffers: dict[str, Chunk | None] = field(default_factory=dict)
    pending: dict[str, tuple[float, Chunk | None]] = field(default_factory=dict)
    uses: list[list[float]] = field(default_factory=list)
    held: int | None = None
    firings: list[tuple[str, float]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    error: bool = False
    limited: bool = False
    now: float = 0.0

    def __post_init__(self) -> None:
        self.buffers = {"goal": self.goal, "retrieval": None, "imaginal": None}
        self.memory = [dict(chunk.held) for chunk in self.model.chunks]
        self.names = [chunk.name for chunk in self.model.chunks]
        self.uses = [[0.0] for _ in self.memory]

    def run(self) -> "Interpreter":
        rules = sorted(self.model.rules, key=lambda rule: -rule.utility)
        while True:
            matching = next((rule for rule in rules if self._bindings(rule) is not None), None)
            if matching is None:
                if not self.pending:
                    return self
                first = min(self.pending, key=lambda buffer: self.pending[buffer][0])
                self.now = max(self.now, self.pending[first][0])
                self._arrive(first)
                continue
            if len(self.firings) == self.limit:
                self.limited = True
                return self
            bound = self._bindings(matching)
            assert bound is not None
            self.now += self.model.settings.firing
            for buffer in sorted(self.pending, key=lambda name: self.pending[name][0]):
                if self.pending[buffer][0] <= self.now + 1e-9:
                    self._arrive(buffer)
            self.firings.append((matching.name, round(self.now, 3)))
            if self._act(matching, bound):
                return self

    def _arrive(self, buffer: str) -> None:
        _, chunk = self.pending.pop(buffer)
        self.buffers[buffer] = chunk
        if buffer == "retrieval":
            self.error = chunk is None

    def _bindings(self, rule: actr.Rule) -> Chunk | None:
        """What the rule's variables stand for, None if it does not match."""
        bound: Chunk = {}
        for match in rule.matches:
            chunk = self.buffers[match.buffer]
            if chunk is None:
                return None
            for test in match.of_slots:
                if test.relation == "=" and str(test.value).startswith("="):
                    held = chunk.get(test.slot)
                    if held is None or bound.setdefault(str(test.value), held) != held:
                        return None
        for match in rule.matches:
            for test in match.of_slots:
                held = (self.buffers[match.buffer] or {}).get(test.slot)
                wanted = bound.get(str(test.value), test.value)
                same = held == wanted
                if test.relation in "=-":
                    if same != (test.relation == "="):
                        return None
                elif held is None or wanted is None or not self._compared(test.relation, held, wanted):
                    return None
        return bound if all(self._answer(query) != query.negated for query in rule.queries) else None

    def _compared(self, relation: str, held: str, wanted: str) -> bool:
        try:
            first, second = float(held), float(wanted)
        except ValueError:
            return False
        return {"<": first < second, ">": first > second, "<=": first <= second, ">=": first >= second}[relation]

    def _answer(self, query: actr.Query) -> bool:
        busy = query.buffer in self.pending
        match query.value:
            case "full":
                return self.buffers[query.buffer] is not None
            case "empty":
                return self.buffers[query.buffer] is None
            case "busy":
                return busy
            case "free":
                return not busy
        return query.buffer == "retrieval" and self.error and not busy

    def _act(self, rule: actr.Rule, bound: Chunk) -> bool:
        """Do what the rule says; whether it ends the run."""
        settings = self.model.settings
        changed = {action.buffer for action in rule.changes}
        for action in rule.then:
            if isinstance(action, actr.Output):
                self.lines.append(action.line([bound.get(item, item) for item in action.items]))
        cleared = [action.buffer for action in rule.changes if isinstance(action, actr.Clear | actr.Request)]
        cleared += [m.buffer for m in rule.matches if m.buffer not in changed and m.buffer not in settings.kept]
        for buffer in cleared:
            if buffer != "retrieval" and self.buffers[buffer] is not None:
                self.memory.append(dict(self.buffers[buffer] or {}))
                self.names.append("chunk")
                self.uses.append([self.now])
            elif self.buffers[buffer] is not None and self.held is not None:
                self.uses[self.held].append(self.now)
            self.buffers[buffer] = None
        # What is asked for is looked for after all slots have changed.
        for action in sorted(rule.changes, key=lambda action: action.buffer == "retrieval"):
            if isinstance(action, actr.Clear):
                continue
            values = {slot: bound.get(str(value), value) for slot, value in action.values}
            held = {slot: value for slot, value in values.items() if value is not None}
            if isinstance(action, actr.Modify):
                chunk = {**(self.buffers[action.buffer] or {}), **held}
                self.buffers[action.buffer] = {s: v for s, v in chunk.items() if values.get(s, v) is not None}
            elif action.buffer == "goal":
                self.buffers["goal"] = held
            elif action.buffer == "imaginal":
                self.pending["imaginal"] = (self.now + settings.imaginal_delay, held)
            else:
                found, takes = self._retrieved(held, bound.get(str(action.chunk), action.chunk))
                self.error = False
                self.pending["retrieval"] = (self.now + takes, found)
                if takes == 0:
                    self._arrive("retrieval")
        if settings.imaginal_delay == 0 and "imaginal" in self.pending:
            self._arrive("imaginal")
        return any(isinstance(action, actr.Stop) for action in rule.then)

    def _retrieved(self, asked: Chunk, name: str | None) -> tuple[Chunk | None, float]:
        """What a request for a chunk like this, or for the one of a name, brings, and how long that takes."""
        settings = self.model.settings
        own = settings.activation if settings.activated else None
        if own is None:
            known = reversed([*zip(self.memory, self.names, strict=True)])
            found = next(
                (own for own, called in known if asked.items() <= own.items() and name in (None, called)), None
            )
            return found, settings.failure if found is None else settings.retrieval
        levels: dict[int, float] = {}
        for number, chunk in enumerate(self.memory):
            amiss = sum(chunk.get(slot) != value for slot, value in asked.items())
            if all(slot in chunk for slot in asked) and (own.mismatch is not None or not amiss):
                levels[number] = self._level(number, own) - (own.mismatch or 0.0) * amiss
        self.held = max(levels, key=lambda number: (round(levels[number], 9), number), default=None)
        if self.held is None or levels[self.held] < settings.threshold:
            self.held = None
        level = settings.threshold if self.held is None else levels[self.held]
        takes = settings.latency_factor * math.exp(-settings.latency_exponent * level)
        return None if self.held is None else self.memory[self.held], takes

    def _level(self, number: int, own: actr.Activation) -> float:
        """ACT-R's activation of a chunk, but for what a request says against it."""
        level, uses = self.model.settings.base_level, self.uses[number]
        if own.decay is not None:
            ages = [max(self.now - time, 0.05) for time in uses]
            if own.optimized:
                level += math.log(len(ages) / (1 - own.decay)) - own.decay * math.log(ages[0])
            else:
                level += math.log(sum(age**-own.decay for age in ages))
        for buffer, weight in own.sources.items() if own.strength is not None else ():
            sources = list((self.buffers[buffer] or {}).values())
            for source in sources:
                fan = sum(source in chunk.values() for chunk in self.memory)
                if source in self.memory[number].values():
                    level += weight / len(sources) * ((own.strength or 0.0) - math.log(1 + fan))
        return level


def interpreted(model: actr.Model, goal: dict[str, str | None] | None = None, limit: int = 1000) -> Interpreter:
    """The model run for one goal, whose slots stand beside or instead of those of its own."""
    own = None if model.goal is None else {**dict(model.goal.values), **(goal or {})}
    held = {slot: value for slot, value in (own or goal or {}).items() if value is not None}
    return Interpreter(model, held if own is not None or goal else None, limit).run()
