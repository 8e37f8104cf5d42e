"""Listings made larger by what is never reached, so that programs of many sizes share one compiled run."""

import dataclasses

import numpy as np

from attractorbind._program.assembler import HALT
from attractorbind._program.listing import Listing, Questions, Rows

# A run pads its tables to powers of two; these are sizes that most of the programs that are drawn have room in.
_ROWS, _SLOTS, _QUESTIONS, _COUNTERS = 128, 16, 16, 16


def of_one_size(listing: Listing) -> Listing | None:
    """The same program as a listing of a size that all have; None if it is larger.

    It has rows that no other leads to, which put something out, and slots and questions that nothing asks for.
    """
    sizes = len(listing.labels), len(listing.slots), len(listing.questions.target), listing.counters
    missing = [most - size for most, size in zip((_ROWS, _SLOTS, _QUESTIONS, _COUNTERS), sizes, strict=True)]
    # One row at least is to be added: whether a program has outputs is compiled anew, too.
    if min(missing) < 0 or missing[0] == 0:
        return None
    rows, slots, questions, _ = missing
    last = {column.name: getattr(listing.rows, column.name) for column in dataclasses.fields(Rows)}
    added = {name: np.repeat(column[-1:], rows, axis=0) for name, column in last.items()}
    added |= {"emit": np.zeros(rows, np.int32), "then": np.full(rows, HALT, np.int32)}
    asked = {column.name: getattr(listing.questions, column.name) for column in dataclasses.fields(Questions)}
    # Never asked: whether the first population holds what the first slot names.
    nothing = {"gate": -1, "slot": 0, "target": 0, "channel": -1}
    slot = (next(iter(listing.wiring.buffers)), listing.vocabulary.names[0])
    return dataclasses.replace(
        listing,
        slots=listing.slots + (slot,) * slots,
        rows=Rows(**{name: np.concatenate([column, added[name]]) for name, column in last.items()}),
        questions=Questions(
            **{
                name: np.concatenate([column, np.full(questions, nothing[name], np.int32)])
                for name, column in asked.items()
            }
        ),
        counters=_COUNTERS,
        addresses=np.concatenate([listing.addresses, np.repeat(listing.addresses[-1:], rows)]),
        labels=listing.labels + ("",) * rows,
    )
