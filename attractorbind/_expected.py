"""What buffers are expected to hold at the end of a run, as users say it, and where it is otherwise."""

from collections.abc import Mapping, Sequence
from typing import Any

from attractorbind._checks import entries
from attractorbind._errors import ArgumentError
from attractorbind._network import Network


def check_expected(network: Network, expected: object) -> None:
    """Raise unless it maps buffers of the network to symbols, to None, or to lists of them."""
    if not isinstance(expected, Mapping):
        raise ArgumentError(f"expected is {expected!r}; give a mapping from buffers to the symbols they should hold")
    for buffer, symbols in expected.items():
        network.wiring.buffer(buffer)
        of_trials = entries(symbols)
        for symbol in [symbols] if of_trials is None else of_trials:
            if symbol is not None:
                network.vocabulary[symbol]


def missed(expected: Mapping[str, Any], held: Mapping[str, Sequence[str | None]], trials: int) -> list[list[str]]:
    """In words, for each trial, which buffers do not hold what is expected of them."""
    symbols = {buffer: _one_per_trial(buffer, names, trials) for buffer, names in expected.items()}
    return [
        [
            f"{buffer!r} holds {held[buffer][trial]!r}, not {names[trial]!r}"
            for buffer, names in symbols.items()
            if held[buffer][trial] != names[trial]
        ]
        for trial in range(trials)
    ]


def _one_per_trial(buffer: str, symbols: Any, trials: int) -> Sequence[str | None]:
    """What a buffer should hold in each trial, from one symbol for all of them or one for each."""
    if symbols is None or isinstance(symbols, str):
        return [symbols] * trials
    of_trials = entries(symbols) or []
    if len(of_trials) != trials:
        there_are = "there is 1 trial" if trials == 1 else f"there are {trials} trials"
        raise ArgumentError(
            f"expected gives {len(of_trials)} symbols for buffer {buffer!r}, but {there_are}; give one symbol for all "
            "trials, or a list with one for each"
        )
    return of_trials
