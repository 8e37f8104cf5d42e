"""A recorded run as text: which gates were open at each tick, what the buffers held after it, and what was chosen."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from attractorbind._area.base import Choices, Forecasts
from attractorbind._program.compiled import gate_columns
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import Schedule
from attractorbind._table import aligned


def table(
    program: Schedule | Listing,
    gates: Float[np.ndarray, "ticks gates"],
    contents: Sequence[dict[str, str | None]],
    rows: Int[np.ndarray, " ticks"] | None,
    choices: Mapping[str, Sequence[str]],
) -> str:
    """The run of one trial, see `Trace.table`.

    **Arguments:**

    - `gates`: the conductance of every gate at each tick.
    - `contents`: what each buffer held after each tick that the trial took.
    - `rows`: of a program that branches, the row of its table at which the trial was; otherwise None.
    - `choices`: for each area that chose something or was rewarded, what it did at each tick, in words.
    """
    lines = [("ticks", "latches closed", "gates open", *contents[0], *choices, "instruction")]
    row_before, first = None, 0
    for tick, held in enumerate(contents):
        if rows is None:
            label = program.labels[tick]
        else:
            label = "" if rows[tick] == row_before else program.labels[rows[tick]]
            row_before = rows[tick]
        told = (words[tick] for words in choices.values())
        shown = (*gate_columns(program.wiring, gates[tick]), *(name or "" for name in held.values()), *told)
        if label or shown != lines[-1][1:-1]:
            lines.append((str(tick), *shown, label))
            first = tick
        else:
            # Nothing new: one line for all these ticks.
            lines[-1] = (f"{first} to {tick}", *shown, lines[-1][-1])
    return "\n".join(aligned(lines, right=[]))


def told(choices: Choices, channels: Sequence[str], trial: int, ticks: int) -> list[str]:
    """What an area that chooses gates did in one trial, in words: at choices and outcomes, otherwise nothing.

    **Arguments:**

    - `choices`: of every tick of a run.
    - `channels`: the names of its channels.
    - `ticks`: how many ticks the trial took.
    """
    # No dopamine before the first tick.
    before = np.concatenate([np.zeros(1, np.float32), choices.dopamine[:, trial]])
    words = []
    for tick in range(ticks):
        parts = []
        decided, rewarded = bool(choices.decided[tick, trial]), bool(choices.rewarded[tick, trial])
        if decided:
            chosen, probability = np.asarray(choices.chosen[tick, trial]), np.asarray(choices.probability[tick, trial])
            parts.append(_opened(chosen, probability, channels))
        # With a critic that looks ahead, a choice tells more about the outcome before it.
        if rewarded or (decided and before[tick + 1] != before[tick]):
            parts.append(f"dopamine {_rounded(float(before[tick + 1])):+.2f}")
        if decided or rewarded:
            parts.append(f"value {_rounded(float(choices.value[tick, trial])):.2f}")
        words.append(", ".join(parts))
    return words


def foretold(forecasts: Forecasts, trial: int, ticks: int) -> list[str]:
    """How an area that predicts fared in one trial, in words: where it compared, otherwise nothing."""
    words = []
    for tick in range(ticks):
        told = f"error {forecasts.error[tick, trial, 0]:.2g}" + ", surprised" * bool(forecasts.chosen[tick, trial, 0])
        words.append(told if forecasts.stepped[tick, trial] else "")
    return words


def _opened(
    chosen: Bool[np.ndarray, " channels"], probability: Float[np.ndarray, " channels"], channels: Sequence[str]
) -> str:
    """The channels that opened, each with its probability; or that none did, with the probability of that."""
    opened = [
        f"{channel} ({chance:.2f})" for channel, own, chance in zip(channels, chosen, probability, strict=True) if own
    ]
    return " + ".join(opened) or f"nothing ({np.prod(1 - probability):.2f})"


def _rounded(number: float) -> float:
    """The number as it is told, and without a sign where that is 0."""
    return round(number, 2) + 0.0
