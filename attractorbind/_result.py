"""How a trial ended."""

import enum


class Result(enum.IntEnum):
    """How a trial ended; whether what it holds is right is another question, see `Network.report` and `overlaps`.

    - `OK`: settled, in finite numbers.
    - `UNSETTLED`: without noise, with nothing presented and under the gates of the last tick, the state would not come
        to rest in 10 ticks.
    - `NON_FINITE`: some field was infinite or not a number.
    - `LIMIT`: an `until` came to its limit, and the trial ended there.
    - `NO_FREE_CODE`: something was to be imprinted, and no spare symbol was left; the trial went on without it.
    """

    OK = 0
    UNSETTLED = 1
    NON_FINITE = 2
    LIMIT = 3
    NO_FREE_CODE = 4
