"""Working-memory and decision tasks: episodes as arrays, as streams for a run, and as environments of gymnasium.

Environments need the extra `gym`: gymnasium.
"""

from attractorbind._tasks.bandit import bandit as bandit
from attractorbind._tasks.base import AbstractTask as AbstractTask
from attractorbind._tasks.criterion import Criterion as Criterion
from attractorbind._tasks.delayed_recall import delayed_recall as delayed_recall
from attractorbind._tasks.episodes import Episodes as Episodes
from attractorbind._tasks.matching import delayed_match as delayed_match, n_back as n_back
from attractorbind._tasks.one_two_ax import one_two_ax as one_two_ax
from attractorbind._tasks.role_filler import role_filler as role_filler
from attractorbind._tasks.spaun import (
    DIGITS as DIGITS,
    SPAUN as SPAUN,
    SPAUN_SYMBOLS as SPAUN_SYMBOLS,
    Questions as Questions,
    spaun as spaun,
)
from attractorbind._tasks.store_ignore_recall import store_ignore_recall as store_ignore_recall
from attractorbind._tasks.symbols import Answered as Answered, Symbols as Symbols
