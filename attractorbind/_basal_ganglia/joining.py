"""How basal ganglia are joined to a network: the buffers that they read, their channels and their switches."""

from typing import Any

from attractorbind._basal_ganglia.conjunction import Conjunction
from attractorbind._checks import check_names
from attractorbind._errors import NetworkError
from attractorbind._visible import is_visible
from attractorbind._wiring import Heard

# What a program can tell basal ganglia to do; the channels' own switches follow.
SWITCHES = ("choose", "compete", "sample", "offer", "outcome", "amount", "penalty", "next", "begin")


def read_entries(name: str, reads: Any) -> tuple[list[tuple[tuple[str, ...], int]], tuple[Heard, ...]]:
    """The buffers of each entry of `reads`, with its conjunctive units, 0 for a single buffer; and what it hears."""
    entries, heard = [], []
    for entry in check_names(f"reads of {name!r}", reads, "buffers", NetworkError):
        if isinstance(entry, Heard):
            if entry in heard:
                raise NetworkError(f"reads of {name!r} names {entry.area!r} more than once; name each area once")
            heard.append(entry)
        elif isinstance(entry, Conjunction):
            entries.append((entry.buffers, entry.units))
        elif isinstance(entry, str):
            if ((entry,), 0) in entries:
                raise NetworkError(f"reads of {name!r} names {entry!r} more than once; name each buffer once")
            entries.append(((entry,), 0))
        else:
            raise NetworkError(
                f"reads of {name!r} has {entry!r}; give names of buffers, gating.Conjunction(...), or "
                "the surprise of a predictor, predictor.surprise"
            )
    if not entries and not heard:
        raise NetworkError(f"{name!r} reads nothing; give it at least one buffer, reads=['word'], say")
    return entries, tuple(heard)


def channel_names(name: str, gates: Any) -> tuple[str, ...]:
    """The names of the channels, or an error for what names none."""
    channels = tuple(check_names(f"gates of {name!r}", gates, "names of channels", NetworkError))
    if not channels:
        raise NetworkError(f"{name!r} has no channels; give it at least one gate, gates=['word->slot'], say")
    for channel in channels:
        if not is_visible(channel):
            raise NetworkError(f"channel {channel!a} of {name!r} has no name; give a gate's name, 'word->slot', say")
        if channel in SWITCHES or channels.count(channel) > 1:
            told = "is named twice" if channels.count(channel) > 1 else "is the name of a switch of its own"
            raise NetworkError(f"channel {channel!r} of {name!r} {told}; give it another name")
    return channels
