"""What a run is given: arguments, input sequences, a number of trials. Checked, and turned into arrays."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Int

from attractorbind._checks import check_count, entries
from attractorbind._engine.asking import NO_SYMBOL
from attractorbind._errors import ArgumentError, listed, unknown_name
from attractorbind._network import Network
from attractorbind._program.compiled import Compiled
from attractorbind._program.program import Arg
from attractorbind._state import check_trials, silent_shapes
from attractorbind._vocabulary import Vocabulary

# Trials for which there is always room, whatever the network.
_MANY = 1024
# On the host, or while JAX traces.
SomeArray = TypeVar("SomeArray", np.ndarray, jax.Array)


def check_given(program: Compiled, args: object, inputs: object) -> None:
    """Raise unless arguments are a mapping, and inputs are given where the program reads some."""
    if args is not None and not isinstance(args, Mapping):
        needed = listed(program.arguments) or "none"
        raise ArgumentError(f"args is {args!r}; give a mapping from the names of arguments, here {needed}, to symbols")
    if inputs is not None and not program.reads:
        raise ArgumentError("inputs= is given, but the program reads none; present them with read(buffer)")
    if inputs is None and program.reads:
        raise ArgumentError("inputs= is missing; the program has read(buffer), give it a list of symbols")


def slot_symbols(
    network: Network, program: Compiled, args: Mapping[str, Any]
) -> tuple[Int[np.ndarray, "slots _trials"], int | None]:
    """The symbols of each slot, one per trial, and the number of trials if the arguments tell."""
    needed = program.arguments
    if args and not needed:
        raise ArgumentError(f"argument {next(iter(args))!r} is given, but the program has none; name one by arg(name)")
    for name in args:
        if name not in needed:
            raise unknown_name("argument", "the program's arguments", name, needed)
    missing = [name for name in needed if name not in args]
    if missing:
        raise ArgumentError(f"argument {missing[0]!r} is missing; the program needs args= for {listed(needed)}")
    lists: dict[str, list[int]] = {}
    single = set()
    for name, value in args.items():
        if isinstance(value, str):
            single.add(name)
        check_length(network, value)
        symbols = [value] if isinstance(value, str) else entries(value)
        if not symbols:
            raise ArgumentError(f"argument {name!r} is {value!r}; give a symbol's name or a non-empty list of names")
        lists[name] = [network.vocabulary[symbol] for symbol in symbols]
    lengths = {name: len(symbols) for name, symbols in lists.items() if name not in single}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise ArgumentError(f"arguments are ragged: {told}; give each one symbol, or one for every trial")
    trials = next(iter(lengths.values()), None)
    width = trials or 1
    rows = [
        lists[symbol.name] if isinstance(symbol, Arg) else [network.vocabulary[symbol]] for _, symbol in program.slots
    ]
    table = [np.broadcast_to(np.array(row, np.int32), (width,)) for row in rows]
    return np.stack(table) if table else np.zeros((0, width), np.int32), trials


def input_symbols(vocabulary: Vocabulary, inputs: object) -> tuple[Int[np.ndarray, "_trials _length"], int | None]:
    """The input sequences as one array, filled up with `NO_SYMBOL`, and the number of trials if they tell."""
    if inputs is None:
        return np.zeros((1, 0), np.int32), None
    shape = "a list of names, or one such list per trial"
    given = entries(inputs)
    if given is None:
        raise ArgumentError(f"inputs is {inputs!r}; give {shape}")
    single = all(isinstance(symbol, str) for symbol in given)
    sequences = []
    for trial, sequence in enumerate([given] if single else given):
        sequences.append(entries(sequence))
        if sequences[-1] is None:
            raise ArgumentError(f"inputs of trial {trial} are {sequence!r}; give {shape}")
    filled = np.full((len(sequences), max(map(len, sequences))), NO_SYMBOL, np.int32)
    for row, sequence in zip(filled, sequences, strict=True):
        row[: len(sequence)] = [vocabulary[symbol] for symbol in sequence]
    return filled, None if single else len(sequences)


def check_after(after: Any) -> Int[np.ndarray, "*trials"] | None:
    """The ticks that trials have had before, as an array of one number or one per trial; None for none at all."""
    given = np.asarray(after) if isinstance(after, jax.Array) else after
    several = entries(given)
    if several == []:
        raise ArgumentError(f"after is {after!r}; give a number of ticks, or one for each trial, such as trace.ticks")
    counts = [check_count("after", number, least=0) for number in ([given] if several is None else several)]
    array = np.array(counts[0] if several is None else counts, np.int32)
    return array if array.any() else None


def check_length(network: Network, given: object) -> None:
    """Raise if it has an entry for each of more trials than can be kept, before any of them is looked at."""
    # Ranges, and arrays that repeat an entry, take no memory until then.
    if isinstance(given, np.ndarray) and given.ndim:
        count = len(given)
    else:
        count = len(given) if isinstance(given, Sequence) and not isinstance(given, str) else 0
    if count > _MANY:
        check_trials(silent_shapes(network.wiring, network.areas, network.origin), count)


def number_of_trials(known: Mapping[str, int | None]) -> int:
    """The number of trials that arguments, inputs, state and keys tell; one if none does."""
    told = {name: trials for name, trials in known.items() if trials is not None}
    several = {trials for trials in told.values() if trials != 1}
    if len(several) > 1:
        sources = ", ".join(f"{name} for {trials} trials" for name, trials in told.items())
        raise ArgumentError(f"numbers of trials differ: {sources}; give one for all, or one for each trial")
    return max(told.values(), default=1)


def over_trials(array: np.ndarray, trials: int, axis: int) -> np.ndarray:
    """The array with what was given for one trial given for all."""
    shape = list(array.shape)
    shape[axis] = trials
    return np.broadcast_to(array, shape)


def bucket(size: int, least: int) -> int:
    """The next power of two, so that programs of similar length share one compiled driver."""
    return max(least, 1 << (size - 1).bit_length()) if size else least


def padded(array: SomeArray, length: int, fill: int = 0) -> SomeArray:
    """The array made longer along its first axis, on the host or while JAX traces."""
    numbers: Any = jnp if isinstance(array, jax.Array) else np
    room = numbers.full((length - len(array), *array.shape[1:]), fill, array.dtype)
    return numbers.concatenate([array, room])


def padded_stream(stream: SomeArray) -> SomeArray:
    """The input sequences filled up to a length that many of them share."""
    return padded(stream.T, bucket(stream.shape[1], 8), fill=NO_SYMBOL).T
