"""When things happened in a run, on ACT-R's clock: from the order in which they happened, and what each takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from attractorbind._actr.actions import FAILED, IMAGINED, PUT_OUT, RETRIEVED
from attractorbind._actr.parts import Output, Request, is_variable
from attractorbind._actr.rules import Rule
from attractorbind._actr.settings import Settings
from attractorbind._trace_firings import Firing, event_line

# Two times that differ by less are the same: a tenth of a millisecond.
_SAME = 1e-4
_WORDS = {
    RETRIEVED: ("DECLARATIVE", "RETRIEVED-CHUNK"),
    FAILED: ("DECLARATIVE", "RETRIEVAL-FAILURE"),
    IMAGINED: ("IMAGINAL", "SET-BUFFER-CHUNK imaginal"),
}


@dataclass(frozen=True)
class Timed:
    """Something that happened in a run.

    **Attributes:**

    - `time`: when, in seconds.
    - `module`: in which module, "PROCEDURAL" where a rule fired; "" for what a rule puts out.
    - `told`: what.
    """

    time: float
    module: str
    told: str

    def __str__(self) -> str:
        return event_line(self.time, self.told, self.module) if self.module else self.told


class Clock:
    """Goes through the events of one trial in order, and tells when each was."""

    def __init__(self, rules: Mapping[str, Rule], settings: Settings, latencies: Iterable[float] = ()) -> None:
        self._rules, self._settings = rules, settings
        self._now = 0.0
        # Of each module at work, when it was asked and, if that differs from time to time, how long it takes.
        self._asked: dict[str, tuple[float, float | None]] = {}
        self._asked_before: dict[str, tuple[float, float | None]] = {}
        self._latencies = iter(latencies)
        self.timed: list[Timed] = []
        self.firings: list[Firing] = []
        self.lines: list[str] = []

    def go(self, events: Iterable[tuple[str, int]], emitted: Iterable[str | None]) -> None:
        """Take all events, each a name and its tick, with the symbols that some of them put out."""
        symbols = iter(emitted)
        rule: Rule | None = None
        items: list[str | None] = []
        for name, tick in events:
            if name in self._rules:
                self._tell_outputs(rule, items)
                rule, items = self._rules[name], []
                self._fire(rule, tick)
            elif name == PUT_OUT:
                items.append(next(symbols, None))
            else:
                self._end(name, next(symbols, None) if name == RETRIEVED else None)
        self._tell_outputs(rule, items)
        self.timed.sort(key=lambda event: (round(event.time, 6), event.module in ("PROCEDURAL", "")))

    def _fire(self, rule: Rule, tick: int) -> None:
        self._now += self._settings.firing
        self._asked_before = dict(self._asked)
        for action in rule.then:
            if isinstance(action, Request):
                takes = next(self._latencies, None) if action.buffer == "retrieval" else None
                self._asked[action.buffer] = (self._now, takes)
        self.firings.append(Firing(rule.name, tick, round(self._now, 6)))
        self.timed.append(Timed(self._now, "PROCEDURAL", f"PRODUCTION-FIRED {rule.name}"))

    def _end(self, name: str, symbol: str | None) -> None:
        """A module came to its end: of what was asked before the last firing, if that had time enough to end."""
        buffer = "imaginal" if name == IMAGINED else "retrieval"
        before = self._asked_before.pop(buffer, None)
        if before is not None and self._ended(name, before) <= self._now + _SAME:
            ended = self._ended(name, before)
            if self._asked.get(buffer) == before:
                del self._asked[buffer]
        else:
            ended = self._ended(name, self._asked.pop(buffer, (self._now, None)))
        module, words = _WORDS[name]
        self.timed.append(Timed(ended, module, words if symbol is None else f"{words} {symbol}"))
        self._now = max(self._now, ended)

    def _ended(self, name: str, asked: tuple[float, float | None]) -> float:
        """When a module came to its end that was asked then."""
        settings, (time, takes) = self._settings, asked
        usual = {RETRIEVED: settings.retrieval, FAILED: settings.failure, IMAGINED: settings.imaginal_delay}
        return time + (usual[name] if takes is None else takes)

    def _tell_outputs(self, rule: Rule | None, items: Iterable[str | None]) -> None:
        """The lines that the last rule has put out, with what its variables stood for."""
        symbols = iter(items)
        for action in () if rule is None else rule.then:
            if isinstance(action, Output):
                words = [str(next(symbols, None)) if is_variable(item) else item for item in action.items]
                self.lines.append(action.line(words))
                self.timed.append(Timed(self.firings[-1].time, "", self.lines[-1]))
