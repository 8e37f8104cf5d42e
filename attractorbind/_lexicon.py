"""Which symbol's code a state is, bit for bit: what most states of a run can be named by, without overlaps."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Bool, Int, Shaped

from attractorbind._kept import Few, kept
from attractorbind._network import Network

# For a state that is no symbol's code, and for one in which nothing is on.
UNKNOWN, NOTHING = -1, -2


def exact_symbols(
    network: Network, population: int, states: Shaped[np.ndarray, "trials units"]
) -> Int[np.ndarray, " trials"]:
    """The first symbol whose code each state is; `UNKNOWN` or `NOTHING` where it is none."""
    lexicons = _lexicons(network)
    if (lexicon := lexicons.get(population)) is None:
        codes = np.asarray(network.all_codes[population])[: len(network.vocabulary)]
        lexicon = lexicons.keep(population, _lexicon(codes))
    rows = np.packbits(states != 0, axis=1)
    return np.array([lexicon.get(row.tobytes(), UNKNOWN) for row in rows], np.int32)


@kept
def _lexicons(network: Network) -> Few[int, Mapping[bytes, int]]:
    return Few(len(network.all_codes))


def _lexicon(codes: Bool[np.ndarray, "symbols units"]) -> Mapping[bytes, int]:
    """From the bytes of each code to its symbol."""
    rows = np.packbits(codes, axis=1)
    # Of symbols that share a code the first counts, as it does among equal overlaps.
    lexicon = {row.tobytes(): symbol for symbol, row in reversed([*enumerate(rows)])}
    # A code of all units overlaps nothing, and silence is no symbol's.
    lexicon[np.packbits(np.ones(codes.shape[1], bool)).tobytes()] = UNKNOWN
    lexicon[bytes(rows.shape[1])] = NOTHING
    return lexicon
