"""What the view is told of a run, as plain data."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float, Int, PyTree

from attractorbind._area.base import Choices, Forecasts
from attractorbind._engine.coding import Coding
from attractorbind._errors import ArgumentError
from attractorbind._network import Network
from attractorbind._overlap import THRESHOLD
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import Schedule
from attractorbind._result import Result
from attractorbind._trace_firings import happened
from attractorbind._trace_table import foretold, told as told_of_choices
from attractorbind._view.changes import Column, column, columns, together
from attractorbind._view.places import HEIGHT, WIDTH, places

# How many symbols are shown of each buffer, those that it overlaps most.
_BEST = 3
# How many states are compared with all symbols at once; other numbers are filled up to a power of two, for each
# compiles anew.
_AT_ONCE = 4096
# What a browser can show: ticks of all trials, times buffers.
_MOST = 2**24


def check_size(ticks: int, buffers: int) -> None:
    """Raise if a run of so many ticks, of all trials together, is too much for a page."""
    if ticks * buffers > _MOST:
        raise ArgumentError(
            f"{ticks:,} ticks of all trials in {buffers} buffers are too much for a page; show fewer trials, "
            "trials=[0], say, or a shorter run"
        )


class Recorded(NamedTuple):
    """What is there of a run. Arrays are as in a `Trace`, of all trials.

    - `gates`: None where they were not recorded.
    - `areas`: the states of areas at the end.
    - `held`: what buffers hold at the end, as `Trace.decode` tells it.
    - `snapshots`: from an area and a trial to what it holds at the end.
    """

    network: Network
    program: Schedule | Listing
    result: Int[np.ndarray, " trials"]
    ticks: Int[np.ndarray, " trials"]
    rows: Int[np.ndarray, "ticks trials"] | None
    gates: Float[np.ndarray, "ticks *trials gates"] | None
    states: Mapping[str, Bool[np.ndarray, "ticks trials _units"]]
    best_symbol: Mapping[str, Int[np.ndarray, "ticks trials"]]
    best_overlap: Mapping[str, Float[np.ndarray, "ticks trials"]]
    areas: tuple[PyTree, ...]
    held: Mapping[str, Sequence[str | None]]
    outputs: Sequence[Sequence[str | None]]
    choices: Mapping[str, Choices]
    forecasts: Mapping[str, Forecasts]
    snapshots: Callable[[str, int], list[dict[str, str | None]]]


def contents(run: Recorded, trials: Sequence[int], missed: Sequence[Sequence[str]], start: Mapping[str, Any]) -> dict:
    """What the view shows of some trials of a run.

    **Arguments:**

    - `missed`: for each trial of the run, in words, what came out otherwise than expected.
    - `start`: where the view begins: the `trial`, the `tick`, and `text` to be read first.
    """
    lines, row_at = _lines(run.program)
    best = _best(run, trials)
    told = [_trial(run, trial, missed[trial], own) for trial, own in zip(trials, best, strict=True)]
    shared = run.gates is not None and run.gates.ndim == 2
    return {
        "title": f"attractorbind: {len(told)} of {len(run.ticks)} trials",
        **drawing(run.network),
        # What a row is for comes first, before gates without end.
        "heads": _instruction_first(run.program.heads),
        "lines": [_instruction_first(line) for line in lines],
        "gates_shared": columns(run.gates) if shared and run.gates is not None else None,
        "rows_shared": None if row_at is None else column(row_at),
        "hint": _hint(run),
        "trials": told,
        "start": dict(start),
    }


def nothing_yet(network: Network) -> dict[str, Any]:
    """What the view shows of a network before its first tick."""
    trial = {"number": 0, "ticks": 0, "wrong": [], "gates": None, "rows": None, "best": [], "held": [], "outputs": []}
    return {
        "title": "attractorbind",
        **drawing(network),
        "heads": [],
        "lines": [],
        "gates_shared": None,
        "rows_shared": None,
        "hint": "",
        "trials": [trial | {"events": [], "curves": {}, "snapshots": [[] for _ in network.wiring.areas]}],
        "start": {"trial": 0, "tick": 0, "text": ""},
    }


def drawing(network: Network) -> dict[str, Any]:
    """What is the same in all runs of a network: its symbols, and what is drawn of it."""
    wiring, at = network.wiring, places(network.wiring)
    kinds = dict.fromkeys(wiring.buffers, "buffer") | {area.name: area.kind for area in wiring.areas}
    return {
        "symbols": [*network.vocabulary],
        "buffers": [*wiring.buffers],
        "areas": [area.name for area in wiring.areas],
        "nodes": [{"name": name, "kind": kinds[name], "x": x, "y": y} for name, (x, y) in at.middles.items()],
        "size": [at.width, at.height],
        "box": [WIDTH, HEIGHT],
        "gates": [
            {
                "name": gate.name,
                "kind": gate.kind,
                "source": gate.source,
                "target": gate.target,
                "rest": gate.rest,
                "nuclei": [
                    wiring.populations[projection.target].name
                    for projection in wiring.projections
                    if projection.gate == number and wiring.populations[projection.target].kind == "nucleus"
                ],
            }
            for number, gate in enumerate(wiring.gates)
        ],
    }


def _hint(run: Recorded) -> str:
    """What was not recorded, and how it would be; nothing where all was."""
    if run.states:
        return ""
    if run.best_symbol:
        return 'Of each buffer only the best symbol was recorded; run with record="states" to see three overlaps.'
    return (
        "What buffers held at single ticks was not recorded, and is shown as it was at the end; run with "
        'record="states" to see every tick.'
    )


def _lines(program: Schedule | Listing) -> tuple[list[tuple[str, ...]], Int[np.ndarray, " ticks"] | None]:
    """The lines of the listing; of a straight line one for all ticks that are alike, and which it is at each tick."""
    if isinstance(program, Listing):
        return program.lines, None
    lines: list[tuple[str, ...]] = []
    row_at, first = [], 0
    for tick, (_, *shown, label) in enumerate(program.lines):
        if not lines or label or tuple(shown) != lines[-1][1:-1]:
            lines.append((str(tick), *shown, label))
            first = tick
        else:
            lines[-1] = (f"{first} to {tick}", *lines[-1][1:])
        row_at.append(len(lines) - 1)
    return lines, np.array(row_at, np.int32)


def _instruction_first(cells: Sequence[str]) -> list[str]:
    return [cells[0], cells[-1], *cells[1:-1]]


def _trial(run: Recorded, trial: int, missed: Sequence[str], best: list[Column]) -> dict[str, Any]:
    ticks, result = int(run.ticks[trial]), Result(int(run.result[trial]))
    ended = [] if result == Result.OK else [f"ended as {result.name}"]
    own_gates = run.gates is not None and run.gates.ndim == 3
    events = [*_events(run, trial, ticks)]
    return {
        "number": trial,
        "ticks": ticks,
        "wrong": [*ended, *missed],
        "gates": columns(run.gates[:ticks, trial]) if own_gates and run.gates is not None else None,
        "rows": None if run.rows is None else column(run.rows[:ticks, trial]),
        "best": best,
        "held": [held[trial] for held in run.held.values()],
        "outputs": list(run.outputs[trial]),
        "events": sorted(events),
        "curves": _curves(run, trial, ticks),
        "snapshots": [run.snapshots(area.name, trial) for area in run.network.wiring.areas],
    }


def _events(run: Recorded, trial: int, ticks: int) -> list[tuple[int, str]]:
    """What happened at single ticks, in words: rules that fired, choices, outcomes and forecasts."""
    events: list[tuple[int, str]] = []
    if isinstance(run.program, Listing) and run.rows is not None:
        events += [(tick, f"fired {name}") for name, tick in happened(run.program, run.rows[:, trial], ticks)]
    channels = {area.name: area.channels for area in run.network.wiring.areas}
    words = {name: told_of_choices(own, channels[name], trial, ticks) for name, own in run.choices.items()}
    words |= {name: foretold(own, trial, ticks) for name, own in run.forecasts.items()}
    for name, of_ticks in words.items():
        events += [(tick, f"{name}: {text}") for tick, text in enumerate(of_ticks) if text]
    return events


def _curves(run: Recorded, trial: int, ticks: int) -> dict[str, Column]:
    """Numbers that go with the ticks: what areas that choose expected, and how much better it came."""
    curves = {}
    for name, own in run.choices.items():
        curves[f"{name}: expected reward"] = _numbers(own.value, trial, ticks)
        curves[f"{name}: dopamine"] = _numbers(own.dopamine, trial, ticks)
    for name, own in run.forecasts.items():
        curves[f"{name}: surprise"] = _numbers(own.surprise, trial, ticks)
    return curves


def _numbers(of_all: Any, trial: int, ticks: int) -> Column:
    """Three decimals; what is no number, as before there was anything, is 0."""
    return column(np.nan_to_num(np.asarray(of_all)[:ticks, trial].astype(float), posinf=0, neginf=0).round(3) + 0.0)


def _best(run: Recorded, trials: Sequence[int]) -> list[list[Column]]:
    """For each trial, and each buffer, the symbols that it overlapped most and by how many hundredths, in turn."""
    found: list[list[Column]] = [[] for _ in trials]
    for name, index in run.network.wiring.buffers.items():
        if run.states:
            of_trials = _overlapped(run, index, run.states[name], trials)
        elif run.best_symbol:
            pairs = zip(run.best_symbol[name].T[list(trials)], run.best_overlap[name].T[list(trials)], strict=True)
            of_trials = [np.stack([symbol, _hundredths(most)], axis=1) for symbol, most in pairs]
        else:
            continue
        for own, trial, parts in zip(found, trials, of_trials, strict=True):
            own.append(together(parts[: int(run.ticks[trial])]))
    return found


def _overlapped(
    run: Recorded, buffer: int, states: Bool[np.ndarray, "ticks trials _units"], trials: Sequence[int]
) -> list[Int[np.ndarray, "ticks parts"]]:
    coding, known = Coding(run.network, run.areas), len(run.network.vocabulary)
    # Where symbols were imprinted, each trial has codes of its own.
    if coding.imprinted is None:
        of_all = states[:, list(trials)].transpose(1, 0, 2).reshape(-1, states.shape[2])
        parts = _best_of(of_all, lambda rows: coding.overlaps(buffer, rows), known)
        return list(parts.reshape(len(trials), states.shape[0], -1))

    def of_trial(trial: int) -> Callable[[jax.Array], jax.Array]:
        return lambda rows: coding.of_trial(trial, len(rows)).overlaps(buffer, rows)

    return [_best_of(states[:, trial], of_trial(trial), known) for trial in trials]


def _best_of(
    states: Bool[np.ndarray, "rows _units"], overlaps: Callable[[jax.Array], jax.Array], known: int
) -> Int[np.ndarray, "rows parts"]:
    """Of each state the symbols that it overlaps most; each different state is looked at once."""
    packed = np.packbits(states, axis=1)
    kinds = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1])))[:, 0]
    _, first, which = np.unique(kinds, return_index=True, return_inverse=True)
    different, parts = states[first].astype(np.float32), []
    for begin in range(0, len(different), _AT_ONCE):
        rows = different[begin : begin + _AT_ONCE]
        filled = np.zeros((1 << (len(rows) - 1).bit_length(), rows.shape[1]), np.float32)
        filled[: len(rows)] = rows
        most, symbols = jax.lax.top_k(overlaps(jnp.asarray(filled))[:, :known], min(_BEST, known))
        pairs = np.stack([np.asarray(symbols), _hundredths(np.asarray(most))], axis=2)
        parts.append(pairs.reshape(len(filled), -1)[: len(rows)])
    return np.concatenate(parts)[which.reshape(-1)] if parts else np.zeros((0, 2), np.int32)


def _hundredths(overlap: Float[np.ndarray, "*some"]) -> Int[np.ndarray, "*some"]:
    """Overlaps as they are told, of two decimals; what is held at all stays at or above the threshold."""
    told = np.rint(overlap * 100).astype(np.int32)
    least = round(THRESHOLD * 100)
    return np.where((overlap < THRESHOLD) & (told == least), least - 1, told)
