"""Faults of models of ACT-R, each with the tests that are to find it."""

from fault import Fault

ACTIONS = "attractorbind._actr.actions"
CONDITIONS = "attractorbind._actr.conditions"
NAMING = "attractorbind._actr.naming"

MECHANISMS = "tests/actr/test_mechanisms.py::test_the_network_does_what_the_rules_say"
NAMES = "tests/actr/test_naming.py"
READ = "tests/actr/test_reading.py::test_what_is_outside_is_refused_with_line_and_form"

ACTR_FAULTS = [
    Fault(
        "actions: a slot that is to become empty keeps what it holds",
        ACTIONS,
        "changed = {**self.copied, **self.emptied}",
        "changed = {**self.copied}",
        (MECHANISMS,),
    ),
    Fault(
        "actions: a memory is made without the chunk's own symbol",
        ACTIONS,
        "place(buffer, slot) for slot in (None, *layout.slots[buffer])}",
        "place(buffer, slot) for slot in layout.slots[buffer]}",
        (NAMES,),
    ),
    Fault(
        "actions: a chunk that is asked for by itself is found in any case",
        ACTIONS,
        "if slot is None or slot not in cue]",
        "if slot not in cue]",
        (MECHANISMS,),
    ),
    Fault(
        "clock: a text that is put out has no words in it",
        "attractorbind._actr.clock",
        "self.lines.append(action.line(words))",
        'self.lines.append(action.text or " ".join(words))',
        (MECHANISMS,),
    ),
    Fault(
        "conditions: less or equal is less",
        CONDITIONS,
        '"<=": lambda first, second: first <= second',
        '"<=": lambda first, second: first < second',
        (MECHANISMS,),
    ),
    Fault(
        "conditions: a slot that is to differ is to be equal",
        CONDITIONS,
        "parts.append(~equal(bound[value], here))",
        "parts.append(equal(bound[value], here))",
        (MECHANISMS,),
    ),
    Fault(
        "matching: what is not held excludes all else",
        "attractorbind._actr.matching",
        "held and isinstance(other, Holds) and other.buffer",
        "isinstance(other, Holds) and other.buffer",
        (MECHANISMS,),
    ),
    Fault(
        "deliberation: a module that is at work ends one firing late",
        "attractorbind._actr.deliberation",
        "Count(clock, outcome.firings - 1, fails=False), following, ends",
        "Count(clock, outcome.firings, fails=False), following, ends",
        (MECHANISMS,),
    ),
    Fault(
        "layout: a buffer that a rule changes is harvested",
        "attractorbind._actr.layout",
        "if m.buffer not in told and m.buffer not in",
        "if m.buffer not in",
        (MECHANISMS,),
    ),
    Fault(
        "clock: a retrieval begins when it ends",
        "attractorbind._actr.clock",
        "return time + (usual[name]",
        "return self._now + (usual[name]",
        (MECHANISMS,),
    ),
    Fault(
        "naming: a new symbol is presented and not imprinted",
        NAMING,
        "read(buffer, imprint=True)",
        "read(buffer, imprint=False)",
        (NAMES,),
    ),
    Fault(
        "naming: a chunk for which no symbol is left is none",
        NAMING,
        " + until(~empty(buffer), hold(), limit=0)",
        "",
        (NAMES,),
    ),
    Fault(
        "forms: several empty lines count as one",
        "attractorbind._actr.forms",
        'line += token.count("\\n")',
        'line += "\\n" in token',
        (READ,),
    ),
    Fault(
        "forms: what is computed is read as a word",
        "attractorbind._actr.forms",
        "if part.word is not None and part.word in _COMPUTED:",
        "if part.word in _COMPUTED[1:]:",
        (READ,),
    ),
]
