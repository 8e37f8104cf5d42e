"""What happened in a run."""

import dataclasses
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, ArrayLike, Bool, Float, Int

from attractorbind._area.base import AbstractArea, Choices, Forecasts
from attractorbind._area.recorded import RecordedChoices
from attractorbind._batch import batch_of, cut, filled, filled_state
from attractorbind._checks import check_fraction, check_known, entries, whole_number
from attractorbind._devices import on_host
from attractorbind._display import table_html, text_html
from attractorbind._engine.coding import Coding
from attractorbind._errors import ArgumentError, RunError
from attractorbind._expected import check_expected, missed
from attractorbind._keys import Rate
from attractorbind._lexicon import NOTHING, UNKNOWN, exact_symbols
from attractorbind._motor.area import Motor
from attractorbind._motor.hand import Drawing, drawings
from attractorbind._network import Network
from attractorbind._on_disk import checked_path, write_whole
from attractorbind._overlap import THRESHOLD
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import Schedule
from attractorbind._result import Result
from attractorbind._state import State, of_trial
from attractorbind._trace_firings import SECONDS, Firing, Firings, happened
from attractorbind._trace_table import foretold, table, told
from attractorbind._transfers import sending
from attractorbind._view.contents import Recorded, check_size, contents
from attractorbind._view.page import page
from attractorbind._view.widgets import widget

_NEARLY_ONE = 0.999


class Trace(eqx.Module):
    """What happened in a run, for each trial of the batch; made by `run`.

    **Attributes:**

    - `state`: the final `State`; a later run can go on from it. Of a run that was spread over several processes each
        has the part that its own devices computed; all else that a trace tells, every process is told of all trials.
    - `result`: one `Result` per trial.
    - `ticks`: how many ticks each trial took.
    - `program`: the `Schedule` or `Listing` that was run.
    - `states`: with `record="states"`, buffer to states, shape (ticks, trials, units); otherwise empty.
    - `best_symbol`, `best_overlap`: with `record="decoded"`, buffer to the most overlapping symbol, as its index in the
        vocabulary (past its end for a code that is free), and to that overlap, shape (ticks, trials); otherwise empty.
    - `rows`: of a program that branches and that was recorded, if only its firings, the row of its table at which each
        trial was, shape (ticks, trials), -1 after its end; otherwise None. What is recorded after a trial's end is its
        final state.
    - `choices`: of a recorded run, for each area that chooses gates its `Choices` at every tick; otherwise empty.
    - `forecasts`: likewise, for each area that predicts, its `Forecasts`.
    - `drawings`: of any run, for each hand the `Drawing`s of each trial.
    """

    network: Network
    program: Schedule | Listing = eqx.field(static=True)
    state: State
    result: Int[np.ndarray, " trials"]
    ticks: Int[np.ndarray, " trials"]
    states: dict[str, Bool[np.ndarray, "ticks trials _units"]]
    best_symbol: dict[str, Int[np.ndarray, "ticks trials"]]
    best_overlap: dict[str, Float[np.ndarray, "ticks trials"]]
    rows: Int[np.ndarray, "ticks trials"] | None
    output_symbols: Int[np.ndarray, "trials _room"]
    output_counts: Int[np.ndarray, " trials"]
    recorded_choices: dict[str, Choices | Forecasts]

    @property
    def choices(self) -> Mapping[str, Choices]:
        """What each area that chooses gates did at every tick, see above; empty if the run was not recorded."""
        known = [area.name for area in self.network.wiring.areas if area.chooses]
        own = {name: each for name, each in self.recorded_choices.items() if isinstance(each, Choices)}
        return RecordedChoices(own, known)

    @property
    def forecasts(self) -> Mapping[str, Forecasts]:
        """How each area that predicts fared at every tick, see above; empty if the run was not recorded."""
        known = [area.name for area in self.network.wiring.areas if area.channels and not area.chooses]
        own = {name: each for name, each in self.recorded_choices.items() if isinstance(each, Forecasts)}
        return RecordedChoices(own, known, "predictor")

    @property
    def drawings(self) -> Mapping[str, list[list[Drawing]]]:
        """What each hand has drawn: of each trial its drawings in order, as many of the last as it has `sheets`."""
        pairs = zip(self.network.areas, on_host(self.state.areas), strict=True)
        own = {area.name: drawings(state, area.pen.shape) for area, state in pairs if isinstance(area, Motor)}
        return RecordedChoices(own, own, "hand")

    @property
    def gates(self) -> Float[np.ndarray, "ticks *trials gates"]:
        """Conductance of every gate at every tick, the last axis as in `network.gates`.

        Of shape (ticks, gates) for a straight line, which all trials share; otherwise (ticks, trials, gates), all
        closed after a trial's end, and recorded only with `record="decoded"` or `record="states"`.
        """
        if isinstance(self.program, Schedule):
            return self.program.gates
        choosing = [area.name for area in self.network.wiring.areas if area.channels]
        if self.rows is None or (choosing and not self.recorded_choices):
            raise ArgumentError('the gates of single ticks were not recorded; run with record="decoded" or "states"')
        parts = [own.chosen for own in self.recorded_choices.values()]
        channels = np.concatenate([np.zeros((*self.rows.shape, 0), bool), *parts], axis=2)
        return np.where((self.rows >= 0)[..., None], self.program.chosen(self.rows, channels), np.float32(0))

    @property
    def outputs(self) -> list[list[str | None]]:
        """What each trial put out by `emit`, in order; None where the buffer held no symbol."""
        names = (*self._slots, None)
        pairs = zip(self.output_symbols, self.output_counts, strict=True)
        return [[names[symbol] for symbol in symbols[:count]] for symbols, count in pairs]

    @property
    def ok(self) -> bool:
        """Whether every trial ended well."""
        return bool((self.result == Result.OK).all())

    @sending
    def decode(self, tick: int | None = None, *, threshold: Rate = THRESHOLD) -> dict[str, list[str | None]]:
        """The symbol that each buffer holds, one per trial: the one whose code its state overlaps most.

        Symbols that were imprinted have the codes that they had at the end of the run; with `record="decoded"`, at the
        tick itself.

        **Arguments:**

        - `tick`: which tick, counted from 0, negative from the end; the final state if not given. Needs
            `record="decoded"` or `record="states"`.
        - `threshold`: overlap below which no symbol stands, and the answer is None.

        **Returns:** buffer to a list of names or None, one per trial.
        """
        threshold = check_fraction("threshold", threshold)
        decoded = {}
        for buffer in self.network.buffers:
            if tick is not None and self.best_symbol:
                row = self._row(tick)
                best, most = self.best_symbol[buffer][row], self.best_overlap[buffer][row]
            elif (exact := _exact(self, buffer, tick, threshold)) is not None:
                decoded[buffer] = exact
                continue
            else:
                match = np.asarray(self.overlaps(buffer, tick))
                best, most = match.argmax(axis=1), match.max(axis=1)
            decoded[buffer] = self._names(best, most, threshold)
        return decoded

    @sending
    def overlaps(self, population: str, tick: int | None = None) -> Float[Array, "trials symbols"]:
        """The overlap of a population's state with every symbol; see `attractorbind.overlaps`.

        **Arguments:**

        - `population`: a buffer, or, for the final state, a nucleus.
        - `tick`: which tick, with `record="states"`; the final state if not given.
        """
        index = self.state.names.index(check_known("population", "populations", population, self.state.names))
        return self._overlaps(index, jnp.asarray(_states(self, population, tick), jnp.float32))

    @sending
    def table(self, trial: int = 0) -> str:
        """The run of one trial as text: at each tick the gates that were not at rest, and what the buffers held then.

        Where gates were chosen there is a column for each area that chooses: at a choice each channel that
        opened, with its own probability, or "nothing", with the probability that none of them opens; at an outcome the
        dopamine; at both the reward that was expected, the value. A predictor's tells the error of its first time
        scale where what came was compared with what it had foreseen, and whether it was surprised.

        **Arguments:**

        - `trial`: which trial. Needs `record="decoded"` or `record="states"`.

        **Example:**

            >>> import attractorbind as ab, jax
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
            ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> program = ab.load("focus", "dog") + ab.move("focus", "agent")
            >>> print(ab.run(network, program, record="decoded").table())
            ticks   latches closed  gates open    focus  agent  instruction
            0 to 2                                dog           load('focus', 'dog')
            3       agent           focus->agent  dog    dog    move('focus', 'agent') > copy('focus', 'agent')
            4                       focus->agent  dog    dog
            5 to 6                                dog    dog
            7       focus                                dog    clear('focus')
        """
        self._row(0)
        trial = self._trial(trial)
        contents = [
            {name: of[trial] for name, of in self.decode(tick).items()} for tick in range(int(self.ticks[trial]))
        ]
        rows = None if self.rows is None else self.rows[:, trial]
        channels = {area.name: area.channels for area in self.network.wiring.areas if area.name in self.choices}
        choices = {name: told(self.choices[name], own, trial, int(self.ticks[trial])) for name, own in channels.items()}
        choices |= {name: foretold(own, trial, int(self.ticks[trial])) for name, own in self.forecasts.items()}
        happened = {name: words for name, words in choices.items() if any(words)}
        gates = self.gates if rows is None else self.gates[:, trial]
        return table(self.program, gates, contents, rows, happened)

    @sending
    def snapshots(self, area: str | AbstractArea, trial: int = 0) -> list[dict[str, str | None]]:
        """What an area holds at the end, in words; of a `SnapshotMemory` its snapshots, the oldest first.

        **Arguments:**

        - `area`: the area, or its name.
        - `trial`: which trial.

        **Raises:** `UnknownNameError` for an area that is not there, `ArgumentError` for a trial.

        **Returns:** for each snapshot a mapping from the area's buffers to the symbol in it, or None.

        **Example:**

            >>> import attractorbind as ab, jax
            >>> network = ab.build(ab.Vocabulary(["ann", "park"]), buffers={"who": 64, "where": 64}, relays=[],
            ...     areas=[ab.SnapshotMemory("episodes", units=256)], activity=0.1, rule=ab.PseudoInverse(),
            ...     key=jax.random.key(0))
            >>> program = ab.load("who", "ann") + ab.store("episodes", ["who"])
            >>> program += ab.load("where", "park") + ab.store("episodes", ["who", "where"])
            >>> ab.run(network, program).snapshots("episodes")
            [{'who': 'ann', 'where': None}, {'who': 'ann', 'where': 'park'}]
        """
        wiring, trial, areas = self.network.wiring, self._trial(trial), on_host(self.state.areas)
        index = wiring.area(area.name if isinstance(area, AbstractArea) else area)

        def decode(buffer: str, states: Bool[np.ndarray, "rows _units"]) -> list[str | None]:
            coding = Coding(self.network, areas).of_trial(trial, len(states))
            match = coding.overlaps(wiring.buffer(buffer), jnp.asarray(states, jnp.float32))
            return self._names(match.argmax(axis=1), match.max(axis=1), THRESHOLD)

        state = of_trial(areas[index], trial)
        return self.network.areas[index].contents(self.network.buffers, state, decode)

    def firings(self, trial: int = 0) -> Firings:
        """The production rules that fired in one trial; `print` shows them as ACT-R prints its trace.

        Each firing takes 50 ms, as in ACT-R, and nothing else takes time; the clock of a model with a declarative
        memory is that of `attractorbind.actr.Run`.

        **Arguments:**

        - `trial`: which trial. Needs `record="firings"`, or more, see `run`.

        **Raises:** `ArgumentError` for a trial, or for a run of which nothing was recorded.

        **Returns:** a `Firings`, a sequence of `Firing`: the rule's name, the tick, and the time in seconds.

        **Example:**

            >>> import attractorbind as ab, jax
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
            ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> rules = [ab.production(when=ab.holds("focus", "dog"), then=ab.load("focus", "cat"), name="meow"),
            ...     ab.production(when=ab.holds("focus", "cat"), then=ab.move("focus", "agent"), name="come")]
            >>> program = ab.load("focus", "dog") + ab.cycle(rules, limit=5)
            >>> print(ab.run(network, program, record="firings").firings())
                 0.050   PROCEDURAL             PRODUCTION-FIRED meow
                 0.100   PROCEDURAL             PRODUCTION-FIRED come
        """
        trial = self._trial(trial)
        if isinstance(self.program, Schedule):
            return Firings(())
        if self.rows is None:
            raise ArgumentError('firings were not recorded; run with record="firings", "decoded" or "states"')
        events = happened(self.program, np.asarray(self.rows[:, trial]), int(self.ticks[trial]))
        return Firings(
            tuple(Firing(name, tick, round(SECONDS * number, 3)) for number, (name, tick) in enumerate(events, 1))
        )

    @sending
    def save_html(
        self,
        path: str | os.PathLike[str],
        *,
        expected: Mapping[str, Any] | None = None,
        trials: Sequence[int] | None = None,
    ) -> None:
        """Write the run as one file to be stepped through in a browser; it needs nothing else, and no network.

        It shows the network with its open gates, what buffers hold and the three symbols that each overlaps most, when
        each gate was open, the program's listing with the row at which the trial is, rules that fired, choices,
        expected rewards and dopamine, what was put out, and what memories hold at the end. A trial *went wrong* if its
        result is not `Result.OK`, or if at the end a buffer holds something else than is expected.

        **Arguments:**

        - `path`: the file; what was there before is replaced.
        - `expected`: buffer to the symbol that it should hold at the end, or to None, or to a list with one of these
            for each trial of the run; buffers that are not named may hold anything.
        - `trials`: which trials; by default all.

        The run needs `record="states"` for all of this, and shows what there is of it otherwise.

        **Raises:** `ArgumentError` for trials that are not there, or that are too much for a page; `UnknownNameError`
        for buffers or symbols that are not there; `FileError` if the file cannot be written.

        **Example:**

            >>> import attractorbind as ab, jax, pathlib, tempfile
            >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64, "agent": 64}, activity=0.1,
            ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
            >>> program = ab.load("focus", ab.arg("noun")) + ab.move("focus", "agent")
            >>> trace = ab.run(network, program, args={"noun": ["dog", "cat"]}, record="states")
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     trace.save_html(pathlib.Path(folder) / "run.html", expected={"agent": ["dog", "cat"]})
        """
        where = checked_path(path)
        write_whole(where, [page(shown(self, expected=expected, trials=trials))])

    @sending
    def explore(self, *, expected: Mapping[str, Any] | None = None, trials: Sequence[int] | None = None) -> Any:
        """The run to be stepped through in a notebook: Jupyter, marimo, VS Code. Needs the extra `view`.

        **Arguments:**

        - `expected`, `trials`: as for `save_html`, which shows the same as a file.

        **Raises:** as `save_html`; `ImportError` where anywidget is not installed.

        **Returns:** a widget of anywidget.
        """
        return widget(shown(self, expected=expected, trials=trials))

    def check(self) -> None:
        """Raise `RunError` unless every trial ended well."""
        if self.ok:
            return
        counts = Counter(Result(code) for code in self.result.tolist())
        first = int(np.flatnonzero(self.result)[0])
        cures = {
            Result.UNSETTLED: "let it settle with hold(), give it more units or a lower activity, noise or leak",
            Result.NON_FINITE: "look for infinite weights in network.synapses, or take a lower rate of what learns",
            Result.LIMIT: "raise the limit of until() or cycle(), or see why its condition does not come to hold",
            Result.NO_FREE_CODE: "give the vocabulary more spare symbols, Vocabulary(names, spare=...)",
        }
        ended = {
            Result.UNSETTLED: "unsettled",
            Result.NON_FINITE: "non-finite",
            Result.LIMIT: "ended at a limit",
            Result.NO_FREE_CODE: "had no spare symbol left for what was to be imprinted",
        }
        told = "; ".join(
            f"{counts[result]} of {len(self.result)} trials {ended[result]}: {cure}"
            for result, cure in cures.items()
            if counts[result]
        )
        raise RunError(f"{told}; the first is trial {first}; look at error.trace, or run with throw=False", self)

    @property
    def _slots(self) -> tuple[str | None, ...]:
        """The symbol of every code, None for a code that is free."""
        return (*self.network.vocabulary, *[None] * self.network.free)

    def _overlaps(self, population: int, states: Float[Array, "trials units"]) -> Float[Array, "trials symbols"]:
        """The overlap of each trial's state with every symbol, as the trials know them at the end."""
        trials = len(states)
        areas = on_host(self.state.areas)
        coding = Coding(self.network, areas)
        batch = batch_of(self.network, self.state, trials)
        if coding.imprinted is not None:
            coding = Coding(self.network, filled_state(dataclasses.replace(self.state, areas=areas), batch).areas)
        match = coding.overlaps(population, filled(states, batch))
        return cut(match[:, : len(self.network.vocabulary)], trials)

    def _names(self, best: ArrayLike, most: ArrayLike, threshold: float) -> list[str | None]:
        names = self._slots
        pairs = zip(np.asarray(best), np.asarray(most), strict=True)
        # Silence overlaps nothing, whatever the threshold.
        return [names[symbol] if overlap >= max(threshold, 1e-6) else None for symbol, overlap in pairs]

    def _trial(self, trial: object) -> int:
        trials = len(self.ticks)
        number = whole_number(trial)
        if number is None or not -trials <= number < trials:
            raise ArgumentError(
                f"trial is {trial!r}; the run has {trials} trials, give a whole number from 0 to {trials - 1}"
            )
        return number % trials

    def _row(self, tick: int) -> int:
        if not (self.best_symbol or self.states):
            raise ArgumentError('single ticks were not recorded; run with record="decoded" or record="states"')
        ticks = int(self.ticks.max())
        number = whole_number(tick)
        if number is None or not -ticks <= number < ticks:
            raise ArgumentError(f"tick is {tick!r}; the run has {ticks} ticks, 0 to {ticks - 1}")
        return number % ticks

    def _repr_html_(self) -> str:
        return _html(self)

    def __repr__(self) -> str:
        counts = Counter(Result(code).name.lower() for code in self.result.tolist())
        results = ", ".join(f"{count} {name}" for name, count in counts.items())
        return f"Trace({self.state.trials} trials, {int(self.ticks.max())} ticks: {results})"


def _states(
    trace: Trace, population: str, tick: int | None
) -> Float[Array, "trials _units"] | Bool[np.ndarray, "trials _units"]:
    """What a population does at a tick, or at the end."""
    if tick is None:
        return on_host(trace.state[population])
    trace.network.wiring.buffer(population)
    if not trace.states and not trace.best_symbol:
        trace._row(tick)
    if not trace.states:
        raise ArgumentError('the states of single ticks were not recorded; run with record="states"')
    return trace.states[population][trace._row(tick)]


def shown(
    trace: Trace,
    *,
    expected: Mapping[str, Any] | None = None,
    trials: Sequence[int] | None = None,
    start: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the view is told of a run, see `Trace.save_html`; `start` says where it begins, as in `contents`."""
    everyone = len(trace.ticks)
    numbers = range(everyone) if trials is None else [trace._trial(trial) for trial in _listed(trials)]
    if expected is not None:
        check_expected(trace.network, expected)
    check_size(int(trace.ticks[list(numbers)].sum()), len(trace.network.buffers))
    held = trace.decode()
    known = isinstance(trace.program, Schedule) or bool(trace.states or trace.best_symbol)
    recorded = Recorded(
        network=trace.network,
        program=trace.program,
        result=trace.result,
        ticks=trace.ticks,
        rows=trace.rows,
        gates=trace.gates if known else None,
        states=trace.states,
        best_symbol=trace.best_symbol,
        best_overlap=trace.best_overlap,
        areas=on_host(trace.state.areas),
        held=held,
        outputs=trace.outputs,
        choices=trace.choices,
        forecasts=trace.forecasts,
        snapshots=trace.snapshots,
    )
    wrong = missed(expected or {}, held, everyone)
    first = {"trial": numbers[0], "tick": 0, "text": ""}
    return contents(recorded, numbers, wrong, first if start is None else start)


def _listed(trials: object) -> list[Any]:
    listed = entries(trials)
    if not listed:
        raise ArgumentError(f"trials is {trials!r}; give a list of trials, such as range(4), one at least")
    return listed


# These are functions, since a bound method of a module of Equinox takes longer to make than all that they do.
def _exact(trace: Trace, buffer: str, tick: int | None, threshold: float) -> list[str | None] | None:
    """The symbols whose codes a buffer's states are; None if one is no code, or codes may be imprinted."""
    network = trace.network
    # The overlap of a code with itself is 1 but for the last digits.
    if threshold > _NEARLY_ONE or Coding(network, trace.state.areas).imprinted is not None:
        return None
    symbols = exact_symbols(network, network.wiring.buffers[buffer], np.asarray(_states(trace, buffer, tick)))
    if (symbols == UNKNOWN).any():
        return None
    names = tuple(network.vocabulary)
    return [None if symbol == NOTHING else names[symbol] for symbol in symbols.tolist()]


def _html(trace: Trace) -> str:
    """The first trial tick by tick, if it was recorded; otherwise what every buffer holds at the end."""
    if trace.states or trace.best_symbol:
        return text_html(f"{trace!r}, trial 0", trace.table())
    contents, outputs = trace.decode(), trace.outputs
    spoken = ["outputs"] if any(outputs) else []
    rows = [
        (trial, *(held[trial] or "" for held in contents.values()), *[" ".join(map(str, outputs[trial]))] * len(spoken))
        for trial in range(len(trace.ticks))
    ]
    return table_html(f"{trace!r}, at the end", ("trial", *contents, *spoken), rows)
