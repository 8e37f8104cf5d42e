"""The data set that a network is trained on: symbols, inputs and stimuli of every example, checked."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import jax
import numpy as np
from jaxtyping import Array, Int, Key

from attractorbind._inputs import check_given, input_symbols, number_of_trials, over_trials, slot_symbols
from attractorbind._network import Network
from attractorbind._program.listing import Listing
from attractorbind._program.schedule import Schedule
from attractorbind._stimuli import check_seen, check_stimuli


class Lessons(NamedTuple):
    """The data set: symbols of the program's slots, input streams and stimuli, each with a row for every example."""

    symbols: Int[np.ndarray, "slots examples"]
    stream: Int[np.ndarray, "examples length"]
    stimuli: Mapping[str, np.ndarray]
    examples: int

    def batches(self, size: int, key: Key[Array, ""]) -> Iterator[Int[np.ndarray, " batch"]]:
        """The rows of each batch of an epoch; those that fill no batch are left out."""
        order = np.asarray(jax.random.permutation(key, self.examples))
        for first in range(0, self.examples - size + 1, size):
            yield order[first : first + size]


def lessons_of(
    network: Network, compiled: Schedule | Listing, stimuli: Any, args: Mapping[str, Any] | None, inputs: Any
) -> Lessons:
    """The data set, checked."""
    check_given(compiled, args, inputs)
    symbols, named = slot_symbols(network, compiled, args or {})
    stream, streams = input_symbols(network.vocabulary, inputs)
    arrays, watching = check_stimuli(network, stimuli)
    check_seen(network, compiled, arrays, None)
    examples = number_of_trials({"args=": named, "inputs=": streams, "stimuli=": watching})
    return Lessons(
        over_trials(symbols, examples, axis=1),
        over_trials(stream, examples, axis=0),
        {name: over_trials(array, examples, axis=0) for name, array in arrays.items()},
        examples,
    )
