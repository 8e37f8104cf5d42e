"""A model run for a batch of goals, and what happened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._actr.activation import MEMORY
from attractorbind._actr.chunks import Chunk
from attractorbind._actr.clock import Clock, Timed
from attractorbind._actr.layout import MODULE, place
from attractorbind._actr.model import MADE, NIL, Model
from attractorbind._actr.utility import AREA
from attractorbind._area.snapshots import Snapshots, called_off
from attractorbind._checks import check_known
from attractorbind._display import Printed
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate
from attractorbind._network import Network, check_network, check_state
from attractorbind._run import run as run_program
from attractorbind._state import State, repeated
from attractorbind._trace import Trace
from attractorbind._trace_firings import Firings

# Rules that may fire in a run, unless it is told otherwise.
LIMIT = 1000


@dataclass(frozen=True, eq=False)
class Run(Printed):
    """What happened in a run of a model, for each trial; made by `run`. `print` shows the first trial's trace.

    Times are told from the order in which rules fired and modules came to their end in the network, and from what each
    takes by the model's settings.

    **Attributes:**

    - `model`: the model.
    - `trace`: the `Trace` of the network.
    - `before`: how many retrievals each trial had made before, where their activation is kept; otherwise None.
    """

    model: Model
    trace: Trace
    before: Int[np.ndarray, " trials"] | None = None

    @cached_property
    def _clocks(self) -> list[Clock]:
        rules = {rule.name: rule for rule in self.model.rules}
        clocks = []
        for trial, outputs in enumerate(self.trace.outputs):
            clock = Clock(rules, self.model.settings, self._latencies(trial))
            clock.go([(event.production, event.tick) for event in self.trace.firings(trial)], outputs)
            clocks.append(clock)
        return clocks

    def _latencies(self, trial: int) -> list[float]:
        """How long the retrievals of a trial took, where their activation says so."""
        searches = _searches(self.model, self.trace.state)
        if searches is None:
            return []
        latencies = np.asarray(self.trace.state[MEMORY].activation.latencies[trial])
        first = 0 if self.before is None else int(self.before[trial])
        count, kept = int(searches[trial]) - first, len(latencies)
        if count > kept:
            raise ArgumentError(f"trial {trial} made {count} retrievals, and times are kept of {kept}; lower limit=")
        return [float(latencies[(first + number) % kept]) for number in range(count)]

    def _clock(self, trial: int) -> Clock:
        # The trace tells a wrong trial.
        self.trace.firings(trial)
        return self._clocks[trial]

    @property
    def result(self) -> Int[np.ndarray, " trials"]:
        """One `Result` per trial: `Result.LIMIT` where rules would have gone on firing."""
        return self.trace.result

    def firings(self, trial: int = 0) -> Firings:
        """The rules that fired in one trial, each with its tick and its time in seconds."""
        return Firings(tuple(self._clock(trial).firings))

    def events(self, trial: int = 0) -> tuple[Timed, ...]:
        """All that happened in one trial, in order of time: firings, retrievals, and what was put out."""
        return tuple(self._clock(trial).timed)

    def lines(self, trial: int = 0) -> list[str]:
        """The lines that the rules of one trial have put out."""
        return list(self._clock(trial).lines)

    def utilities(self, trial: int = 0) -> dict[str, float]:
        """What each rule is worth at the end of one trial, where utilities are learned; otherwise what it was given."""
        rules = self.model.rules
        if self.model.settings.utility is None:
            return {rule.name: rule.utility for rule in rules}
        self.trace.firings(trial)
        order = sorted(rules, key=lambda rule: -rule.utility)
        learned = self.trace.state[AREA].utility[trial]
        return {rule.name: float(worth) for rule, worth in zip(order, learned, strict=True)}

    def held(self, buffer: str) -> list[dict[str, str] | None]:
        """What a buffer holds at the end: for each trial its slots that hold something; None where it has no chunk."""
        slots = self.model.layout.slots
        check_known("buffer", "buffers", buffer, slots)
        decoded = self.trace.decode()
        found: list[dict[str, str] | None] = []
        for trial in range(len(self.trace.ticks)):
            held = {slot: decoded[place(buffer, slot)][trial] for slot in slots[buffer]}
            there = decoded[buffer][trial] is not None
            found.append({slot: value for slot, value in held.items() if value is not None} if there else None)
        return found

    def text(self, trial: int = 0) -> str:
        """The trace of one trial as ACT-R prints it."""
        return "\n".join(map(str, self.events(trial)))

    def __str__(self) -> str:
        return self.text()


def run(
    model: Model,
    network: Network,
    goals: Iterable[Mapping[str, str | None] | Chunk] | None = None,
    *,
    limit: int = LIMIT,
    noise: Rate = 0.0,
    key: Key[Array, ""] | Key[Array, " trials"] | None = None,
    record: str = "firings",
    throw: bool = True,
    after: Run | None = None,
) -> Run:
    """Run a model on its network, for a batch of goals at once.

    **Arguments:**

    - `model`: the model.
    - `network`: from `model.network(key=...)`.
    - `goals`: a goal for each trial: a `Chunk`, or a mapping from slots to values that it has beside, or instead of,
        those of the model's own goal. Without it there is one trial with the model's own goal.
    - `limit`: how many rules may fire in a trial.
    - `noise`, `key`, `throw`: as for `attractorbind.run`.
    - `record`: as for `attractorbind.run`, but at least "firings".
    - `after`: a run of the same model on the same network, of one trial or of as many as this one, that this one comes
        after: it begins with what the model had then learned and what it then remembered.

    **Raises:** as `attractorbind.run`; `ArgumentError` for goals that the model does not know.

    **Returns:** a `Run`.

    **Example:**

        >>> import jax
        >>> from attractorbind import actr
        >>> rule = actr.Rule("answer", [actr.Match("goal", {"asked": "=x", "told": None})],
        ...     [actr.Modify("goal", {"told": "=x"}), actr.Output(("it", "is", "=x"))])
        >>> model = actr.Model([rule], goal=actr.Chunk("goal", {"asked": "a"}), symbols=["b"])
        >>> network = model.network(key=jax.random.key(0))
        >>> run = actr.run(model, network, [{"asked": "a"}, {"asked": "b"}])
        >>> print(run.text(trial=1))
             0.050   PROCEDURAL             PRODUCTION-FIRED answer
        it is b
        >>> run.held("goal")
        [{'asked': 'a', 'told': 'a'}, {'asked': 'b', 'told': 'b'}]
    """
    if not isinstance(model, Model):
        raise ArgumentError(f"model is {model!r}; give an actr.Model")
    check_network(network)
    if not set(model.layout.buffers) <= set(network.buffers):
        raise ArgumentError("network is not that of this model; make it by model.network(key=...)")
    if record == "final":
        raise ArgumentError(
            'record is "final"; a model is read from its firings, give "firings", "decoded" or "states"'
        )
    args = _arguments(model, goals)
    if after is None:
        start, searches = run_program(network, model.memories()).state, None
    else:
        start = _remembered(model, network, after, len(next(iter(args.values()))))
        searches = _searches(model, start)
    program = model.program(limit=limit)
    # The symbols that chunks get which are made in this run, one after the other.
    new = list(model.vocabulary.spare) if model.layout.named else None
    trace = run_program(
        network, program, start, args=args, inputs=new, noise=noise, key=key, record=record, throw=throw
    )
    return Run(model, trace, searches)


def _remembered(model: Model, network: Network, after: Any, trials: int) -> State:
    """Silent buffers, and areas as an earlier run has left them."""
    if not isinstance(after, Run) or after.model is not model:
        raise ArgumentError("after= is no run of this model; give what actr.run returned for it")
    past = after.trace.state
    if past.trials not in (1, trials):
        raise ArgumentError(f"after= has {past.trials} trials and goals {trials}; give as many goals, or run one trial")
    check_state(network, past)
    past = repeated(past, trials) if past.trials == 1 else past
    # Nobody waits any more for what was looked for when the other run ended.
    areas = [called_off(part) if isinstance(part, Snapshots) else part for part in past.areas]
    return replace(network.silent(trials), areas=tuple(areas))


def _searches(model: Model, state: State) -> Int[np.ndarray, " trials"] | None:
    """How many retrievals there have been in each trial, where they are counted."""
    counted = model.settings.activated and MODULE in model.layout.slots
    return np.asarray(state[MEMORY].activation.searches) if counted else None


def _arguments(model: Model, goals: Any) -> dict[str, list[str]]:
    """The arguments of the model's program: a symbol for each slot of the goal and each trial."""
    given = [{}] if goals is None else list(goals) if isinstance(goals, Iterable) else None
    if not given or isinstance(goals, Mapping | str):
        raise ArgumentError(f"goals is {goals!r}; give a list with a goal for each trial, at least one")
    slots, own = model.layout.slots["goal"], model.goal
    columns: dict[str, list[str]] = {place("goal", slot): [] for slot in (None, *slots)}
    for goal in given:
        if not isinstance(goal, Mapping | Chunk):
            raise ArgumentError(f"goals has {goal!r}; give each trial a mapping from slots to values, or a Chunk")
        changed = dict(goal.values) if isinstance(goal, Chunk) else dict(goal)
        for slot in changed:
            check_known("slot of the goal", "its slots", slot, slots)
        values = {**({} if own is None or isinstance(goal, Chunk) else dict(own.values)), **changed}
        name = goal.name if isinstance(goal, Chunk) else own.name if own is not None else MADE if goals else None
        columns["goal"].append(NIL if name is None else name if name in model.vocabulary else MADE)
        for slot in slots:
            value = values.get(slot)
            columns[place("goal", slot)].append(
                NIL if value is None else check_known("symbol", "symbols", value, model.vocabulary)
            )
    return columns
