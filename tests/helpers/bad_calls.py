"""A table of wrong calls, and a main program that makes them all and prints what each one raised.

It is run as a program of its own, as users run the library: without the checks of annotations that the test suite turns
on, which would raise their own errors first.
"""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportOperatorIssue=false

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import equinox as eqx
import gated
import jax
import jax.numpy as jnp
import numpy as np
from bad_measures import MEASURES
from bad_values import NOT_A_NUMBER, WRONG_COUNTS, WRONG_KEYS, WRONG_RATES, spread

import attractorbind as ab


def build(**changes) -> ab.Network:
    usual: dict[str, Any] = {
        "vocabulary": ab.Vocabulary(["dog", "cat", "mouse"]),
        "buffers": {"focus": 32, "agent": 24},
        "activity": 0.2,
        "rule": ab.PseudoInverse(),
        "key": jax.random.key(0),
    }
    return ab.build(**{**usual, **changes})


def prepare() -> SimpleNamespace:
    """What the calls need that is itself right."""
    network = build()
    program = ab.load("focus", ab.arg("noun"))
    return SimpleNamespace(
        network=network,
        one_way=build(relays=[("focus", "agent")]),
        nuclei=build(relay="nucleus"),
        unlinked=build(relays=[]),
        listing=ab.emit("focus").compile(network),
        other_order=build(buffers={"agent": 24, "focus": 32}),
        emitted=ab.run(network, ab.emit("focus")),
        other=build(buffers={"focus": 32, "place": 24}),
        growing=build(vocabulary=ab.Vocabulary(["dog"], spare=1), areas=[ab.Ensembles("e", ["focus"])]),
        remembering=build(areas=[ab.SnapshotMemory("m", ["focus"], units=64, capacity=4)]),
        remembered=ab.run(build(areas=[ab.SnapshotMemory("m", units=64, capacity=8)]), ab.hold(), record="decoded"),
        other_sizes=build(buffers={"focus": 32, "agent": 32}),
        other_words=build(vocabulary=ab.Vocabulary(["red", "green", "blue"])),
        trace=ab.run(network, program, args={"noun": ["dog", "cat"]}),
        decoded=ab.run(network, program, args={"noun": "dog"}, record="decoded"),
        states=ab.run(network, program, args={"noun": "dog"}, record="states"),
        nuclei_trace=ab.run(build(relay="nucleus"), ab.hold(), record="states"),
        choosing=gated.network(),
    )


DOG = ab.load("focus", "dog")
NOUN = ab.load("focus", ab.arg("noun"))
BOTH = NOUN + ab.load("agent", ab.arg("verb"))
PROGRAMS = {
    "load": lambda name: ab.load(name, "dog"),
    "present": lambda name: ab.present(name, "dog"),
    "clear": lambda name: ab.clear(name),
    "copy from": lambda name: ab.copy(name, "agent"),
    "copy to": lambda name: ab.copy("focus", name),
    "move from": lambda name: ab.move(name, "agent"),
    "swap": lambda name: ab.swap("focus", name),
    "swap via": lambda name: ab.swap("focus", "agent", via=name),
}


def state(w: SimpleNamespace, value: float, trials: int = 1) -> ab.State:
    silent = w.network.silent(trials)
    return silent.replace("focus", jnp.full_like(silent["focus"], value))


def deep(levels: int) -> ab.Program:
    program = DOG
    for _ in range(levels):
        program = ab.when(ab.empty("focus"), program)
    return program


# What is wrong: the call, the error it must raise, and what its message must hold: the culprit, and the cure.
CALLS: dict[str, tuple] = {
    **MEASURES,
    # Vocabulary
    "vocabulary: nothing in it": (lambda w: ab.Vocabulary([]), "VocabularyError", ("at least one symbol", "list")),
    "vocabulary: a string": (lambda w: ab.Vocabulary("dog"), "VocabularyError", ("'dog'", "['dog']")),
    "vocabulary: None": (lambda w: ab.Vocabulary(None), "VocabularyError", ("None", "list of names")),
    "vocabulary: a number": (lambda w: ab.Vocabulary(5), "VocabularyError", ("5", "list of names")),
    "vocabulary: repeated": (lambda w: ab.Vocabulary(["a", "b", "a"]), "VocabularyError", ("'a'", "each name once")),
    "vocabulary: empty name": (lambda w: ab.Vocabulary(["a", ""]), "VocabularyError", ("symbol 1", "''")),
    "vocabulary: blank name": (lambda w: ab.Vocabulary(["a", " \t"]), "VocabularyError", ("symbol 1", "visible")),
    "vocabulary: number for a name": (
        lambda w: ab.Vocabulary(["a", 3]),
        "VocabularyError",
        ("symbol 1 is 3", "string"),
    ),
    "vocabulary: None for a name": (lambda w: ab.Vocabulary([None]), "VocabularyError", ("symbol 0 is None", "string")),
    "vocabulary: spare and ordinary": (
        lambda w: ab.Vocabulary(["a", "b"], spare=["c", "b"]),
        "VocabularyError",
        ("spare symbols 'b'", "names that no other symbol has"),
    ),
    "vocabulary: spare called as a made-up one": (
        lambda w: ab.Vocabulary(["new1"], spare=3),
        "VocabularyError",
        ("spare symbols 'new1'",),
    ),
    "vocabulary: spare repeated": (
        lambda w: ab.Vocabulary(["a"], spare=["c", "c"]),
        "VocabularyError",
        ("repeated spare symbols", "'c'", "each name once"),
    ),
    **spread(
        "vocabulary: spare",
        lambda w, v: ab.Vocabulary(["a"], spare=v),
        {"a string": "new", "half a number": 1.5, "None": None, "a number in it": [3], "blank": [" "]},
        "VocabularyError",
        "spare",
        "['new']|list of names|names are strings|visible",
    ),
    **spread(
        "vocabulary: count of spare",
        lambda w, v: ab.Vocabulary(["a"], spare=v),
        {"negative": -1, "a bool": True, "too large": 2**40},
        "ArgumentError",
        "spare is",
        "whole number|at the most",
    ),
    # Ensembles
    **spread(
        "ensembles: name",
        lambda w, v: ab.Ensembles(v),
        {"empty": "", "a gate's": "a->e", "a number": 3, "None": None},
        "NetworkError",
        "area name",
        "non-empty string",
    ),
    **spread(
        "ensembles: buffers",
        lambda w, v: ab.Ensembles("e", v),
        {"a string": "focus", "a number": 3, "none": [], "repeated": ["focus", "focus"]},
        "NetworkError",
        "buffers of area 'e'",
        "list of buffer names|name each buffer once|name one buffer",
    ),
    **spread(
        "ensembles: strength",
        lambda w, v: ab.Ensembles("e", strength=v),
        {"none": 0, "negative": -1.0, "infinite": float("inf"), "a string": "1", "a bool": True},
        "ArgumentError",
        "strength of area 'e' is",
        "finite number above 0",
    ),
    "ensembles: without spare symbols": (
        lambda w: build(areas=[ab.Ensembles("e")]),
        "NetworkError",
        ("area 'e'", "the vocabulary has none", "spare=8"),
    ),
    "ensembles: two of them": (
        lambda w: build(vocabulary=ab.Vocabulary(["a"], 2), areas=[ab.Ensembles("e"), ab.Ensembles("f")]),
        "NetworkError",
        ("'e' and 'f'", "leave one of them out"),
    ),
    "ensembles: unknown buffer": (
        lambda w: build(vocabulary=ab.Vocabulary(["a"], 2), areas=[ab.Ensembles("e", ["focs"])]),
        "UnknownNameError",
        ("'focs'", "did you mean 'focus'"),
    ),
    "build: free beside spare": (
        lambda w: build(vocabulary=ab.Vocabulary(["a"], 2), free=3),
        "NetworkError",
        ("free is 3", "spare symbols", "without any"),
    ),
    "imprint: spare symbols": (
        lambda w: ab.imprint(w.growing, ["yak"]),
        "NetworkError",
        ("spare symbols 'new0'", "imprint_now"),
    ),
    **spread(
        "imprint_now: buffer",
        lambda w, v: ab.imprint_now(v),
        {"None": None, "a number": 3, "a list": ["focus"]},
        "ProgramError",
        "cannot imprint",
        "name of a buffer",
    ),
    **spread(
        "read: imprint",
        lambda w, v: ab.read("focus", imprint=v),
        {"None": None, "a number": 1, "a string": "yes"},
        "ArgumentError",
        "imprint is",
        "True or False",
    ),
    "imprint_now: no area": (
        lambda w: ab.run(w.network, ab.imprint_now("focus")),
        "NetworkError",
        ("imprint_now('focus')", "the network has none", "Ensembles('ensembles')"),
    ),
    "imprint_now: unknown buffer": (
        lambda w: ab.run(w.growing, ab.imprint_now("focs")),
        "UnknownNameError",
        ("'focs'", "did you mean 'focus'"),
    ),
    "imprint_now: buffer that is not read": (
        lambda w: ab.run(w.growing, ab.imprint_now("agent")),
        "UnknownNameError",
        ("buffer of area 'e'", "'agent'", "'focus'"),
    ),
    **spread(
        "vocabulary lookup",
        lambda w, v: w.network.vocabulary[v],
        {"unknown": "dgo", "None": None, "a number": 0, "a list": ["dog"], "a slice": slice(1)},
        "UnknownNameError",
        "unknown symbol",
        "'dog', 'cat', 'mouse'",
    ),
    # Snapshot memory
    **spread(
        "memory: name",
        lambda w, v: ab.SnapshotMemory(v),
        {"empty": "", "blank": " ", "a gate's": "a->m", "a control's": "m:store", "a number": 3, "None": None},
        "NetworkError",
        "area name",
        "non-empty string",
    ),
    **spread(
        "memory: buffers",
        lambda w, v: ab.SnapshotMemory("m", v),
        {"a string": "focus", "a number": 3, "none": [], "repeated": ["focus", "focus"]},
        "NetworkError",
        "list of buffer names|name each buffer once|name one buffer",
    ),
    **spread(
        "memory: units",
        lambda w, v: ab.SnapshotMemory("m", units=v),
        WRONG_COUNTS | {"one": 1},
        "ArgumentError",
        "units of memory 'm' is",
        "whole number of at least 2",
    ),
    **spread(
        "memory: capacity",
        lambda w, v: ab.SnapshotMemory("m", capacity=v),
        WRONG_COUNTS,
        "ArgumentError",
        "capacity of memory 'm' is",
        "whole number",
    ),
    **spread(
        "memory: activity",
        lambda w, v: ab.SnapshotMemory("m", activity=v),
        WRONG_RATES,
        "ArgumentError",
        "activity is",
        "from 0 to 1",
    ),
    **spread(
        "memory: activity beyond use",
        lambda w, v: ab.SnapshotMemory("m", units=100, activity=v),
        {"none": 0.001, "all": 1.0},
        "NetworkError",
        "of the 100 units of memory 'm'",
        "change activity=",
    ),
    **spread(
        "build: memories",
        lambda w, v: build(areas=v),
        {"one": ab.SnapshotMemory("m"), "a name": "m", "None": None, "names": ["m"], "a number": 3},
        "NetworkError",
        "areas",
        "SnapshotMemory",
    ),
    "build: memory with a buffer's name": (
        lambda w: build(areas=[ab.SnapshotMemory("focus")]),
        "NetworkError",
        ("'focus' is given twice",),
    ),
    "build: two memories with one name": (
        lambda w: build(areas=[ab.SnapshotMemory("m"), ab.SnapshotMemory("m")]),
        "NetworkError",
        ("'m' is given twice",),
    ),
    "build: memory of an unknown buffer": (
        lambda w: build(areas=[ab.SnapshotMemory("m", ["focsu"])]),
        "UnknownNameError",
        ("buffer 'focsu'", "did you mean 'focus'?"),
    ),
    "build: buffer with a memory's gate for a name": (
        lambda w: build(buffers={"m:store": 32}, areas=[ab.SnapshotMemory("m")]),
        "NetworkError",
        ("needs a gate 'm:store'", "rename"),
    ),
    **spread(
        "build: free",
        lambda w, v: build(free=v),
        {name: v for name, v in WRONG_COUNTS.items() if name != "zero"},
        "ArgumentError",
        "free is",
        "whole number of at least 0",
    ),
    **spread(
        "store: memory",
        lambda w, v: ab.store(v, ["focus"]),
        {"None": None, "a number": 3, "a list": ["m"]},
        "ProgramError",
        "memory is",
        "name",
    ),
    **spread(
        "store: buffers",
        lambda w, v: ab.store("m", v),
        {"a string": "focus", "none": [], "None": None, "repeated": ["focus", "focus"], "a number": [3], "lists": [[]]},
        "ProgramError",
        "buffers",
        "list of buffer names|name one buffer|name each buffer once",
    ),
    **spread(
        "recall: cue",
        lambda w, v: ab.recall("m", v),
        {"a string": "focus", "none": [], "None": None, "repeated": ["focus", "focus"], "a number": [3]},
        "ProgramError",
        "cue",
        "list of buffer names|name one buffer|name each buffer once",
    ),
    **spread(
        "recall: into",
        lambda w, v: ab.recall("m", ["focus"], into=v),
        {"a string": "agent", "none": [], "repeated": ["agent", "agent"], "a number": 3},
        "ProgramError",
        "into",
        "list of buffer names|name one buffer|name each buffer once",
    ),
    "recall: into the cue": (
        lambda w: ab.recall("m", ["focus", "agent"], into=["agent"]),
        "ProgramError",
        ("'agent' is in the cue and in into=",),
    ),
    **spread(
        "recall: older",
        lambda w, v: ab.recall("m", ["focus"], older=v),
        {"None": None, "a number": 1, "a string": "yes"},
        "ProgramError",
        "older is",
        "True or False",
    ),
    "forget: cue": (lambda w: ab.forget("m", []), "ProgramError", ("cue is empty", "one buffer")),
    "forget: memory": (lambda w: ab.forget(None, ["focus"]), "ProgramError", ("memory is None",)),
    **spread(
        "run: unknown memory",
        lambda w, v: ab.run(w.remembering, v),
        {
            "store": ab.store("mm", ["focus"]),
            "recall": ab.recall("mm", ["focus"]),
            "forget": ab.forget("mm", ["focus"]),
        },
        "UnknownNameError",
        "unknown memory 'mm'; memories are 'm'; did you mean 'm'?",
    ),
    **spread(
        "run: no memory at all",
        lambda w, v: ab.run(w.network, v),
        {"store": ab.store("m", ["focus"]), "recall": ab.recall("m", ["focus"])},
        "UnknownNameError",
        "unknown memory 'm'; there are no memories",
    ),
    **spread(
        "run: buffer the memory does not know",
        lambda w, v: ab.run(w.remembering, v),
        {
            "store": ab.store("m", ["agent"]),
            "recall": ab.recall("m", ["agent"]),
            "recall into": ab.recall("m", ["focus"], into=["agent"]),
            "forget": ab.forget("m", ["agent"]),
        },
        "UnknownNameError",
        "'agent'",
        "'focus'",
        "'m'",
    ),
    "run: progress of 1": (lambda w: ab.run(w.network, ab.hold(), progress=1), "ArgumentError", ("progress", "True")),
    "run: after minus one": (lambda w: ab.run(w.network, ab.hold(), after=-1), "ArgumentError", ("after", "-1")),
    "run: after nothing": (lambda w: ab.run(w.network, ab.hold(), after=[]), "ArgumentError", ("after", "ticks")),
    "run: after ticks of other trials": (
        lambda w: ab.run(w.network, ab.hold(), w.network.silent(3), after=[1, 2]),
        "ArgumentError",
        ("after=", "3 trials"),
    ),
    "simulate: after of the wrong shape": (
        lambda w: ab.simulate(w.network, ab.hold().compile(w.network), w.network.silent(3), after=np.zeros(2, int)),
        "ArgumentError",
        ("after", "(2,)"),
    ),
    "simulate: after half a tick": (
        lambda w: ab.simulate(w.network, ab.hold().compile(w.network), w.network.silent(), after=np.zeros(1)),
        "ArgumentError",
        ("after", "ticks"),
    ),
    "run: nothing left to recall": (
        lambda w: ab.run(w.remembering, ab.recall("m", ["focus"])),
        "ProgramError",
        ("nothing to recall", "'m'"),
    ),
    "run: state of another memory": (
        lambda w: ab.run(w.remembering, ab.hold(), w.remembered.state),
        "NetworkError",
        ("areas are not those",),
    ),
    "run: state without a memory": (
        lambda w: ab.run(w.remembering, ab.hold(), w.network.silent()),
        "NetworkError",
        ("areas are not those",),
    ),
    "state: replace a memory": (
        lambda w: w.remembering.silent().replace("m", jnp.zeros((1, 64))),
        "NetworkError",
        ("'m' is an area", "'focus'"),
    ),
    "state: neither population nor memory": (
        lambda w: w.remembering.silent()["mm"],
        "UnknownNameError",
        ("unknown population 'mm'", "'focus', 'agent', 'm'", "did you mean 'm'?"),
    ),
    "tick: external on a memory": (
        lambda w: ab.tick(w.remembering, w.remembering.silent(), external={"m": jnp.zeros((1, 64))}),
        "UnknownNameError",
        ("unknown population 'm'",),
    ),
    "fields: a memory's gate": (
        lambda w: ab.fields(w.remembering, w.remembering.silent(), ["m->focus"]),
        "NetworkError",
        ("gate 'm->focus' is that of an area", "'focus'"),
    ),
    "energy: a memory's gate": (
        lambda w: ab.energy(w.remembering, w.remembering.silent(), ["m->focus"]),
        "NetworkError",
        ("gate 'm->focus' is that of an area", "'focus'"),
    ),
    "memory: too large": (
        lambda w: ab.SnapshotMemory("m", units=250_000),
        "NetworkError",
        ("too large to count exactly",),
    ),
    "memory: buffer that is no name": (
        lambda w: ab.SnapshotMemory("m", [["focus"]]),
        "NetworkError",
        ("['focus']", "list of buffer names"),
    ),
    **spread(
        "load: path",
        lambda w, v: ab.Network.load(v),
        {"None": None, "a number": 3, "empty": "", "nowhere": "/no/such/file"},
        "FileError",
        "path is|cannot read",
    ),
    **spread(
        "load: classes",
        lambda w, v: ab.Network.load("nowhere", classes=v),
        {"a class": ab.Hebbian, "None": None, "a rule": [ab.Hebbian()], "a name": "Own", "no module's class": [int]},
        "FileError",
        "classes",
        "list of classes|give classes themselves|takes a list",
    ),
    **spread(
        "save: path",
        lambda w, v: w.network.save(v),
        {"None": None, "a number": 3, "empty": "", "nowhere": "/no/such/folder/file"},
        "FileError",
        "path is|cannot write",
    ),
    **spread(
        "cache: directory",
        lambda w, v: ab.cache(v),
        {"None": None, "a number": 3, "bytes": b"a", "empty": "", "a file": __file__, "in a file": f"{__file__}/a"},
        "FileError",
        "directory is|cannot make",
    ),
    "cache: no name of a folder": (lambda w: ab.cache("a\0b"), "FileError", ("'a\\x00b'", "give another name")),
    "harmony: a memory's gate": (
        lambda w: ab.harmony(w.remembering, w.remembering.silent(), "focus->m"),
        "NetworkError",
        ("gate 'focus->m' is that of an area", "'focus'"),
    ),
    **spread(
        "trace.table: trial",
        lambda w, v: w.decoded.table(v),
        {"too far": 1, "too far back": -2, "a string": "0", "None": None, "a bool": True},
        "ArgumentError",
        "trial is",
        "1 trials",
    ),
    "trace.table: nothing recorded": (lambda w: w.trace.table(), "ArgumentError", ("not recorded", "decoded")),
    **spread(
        "trace.save_html: trials",
        lambda w, v: w.decoded.save_html("run.html", trials=v),
        {"none": [], "a number": 0, "a string": "0", "too far": [1], "a bool": [True]},
        "ArgumentError",
        "trials is|trial is",
    ),
    "trace.save_html: no path": (lambda w: w.decoded.save_html(None), "FileError", ("give the name of a file",)),
    "trace.save_html: expected": (
        lambda w: w.decoded.save_html("run.html", expected=["dog"]),
        "ArgumentError",
        ("expected is ['dog']", "a mapping from buffers"),
    ),
    "trace.explore: expected of a buffer that is not there": (
        lambda w: w.decoded.explore(expected={"agnt": "dog"}),
        "UnknownNameError",
        ("unknown buffer 'agnt'", "did you mean 'agent'?"),
    ),
    "trace.explore: expected of other trials": (
        lambda w: w.decoded.explore(expected={"agent": ["dog", "cat"]}),
        "ArgumentError",
        ("there is 1 trial",),
    ),
    "explore: no network": (lambda w: ab.explore(w.trace), "NetworkError", ("network is a Trace",)),
    "explore: several keys": (
        lambda w: ab.explore(w.network, key=jax.random.split(jax.random.key(0))),
        "ArgumentError",
        ("key has shape (2,)", "give one key"),
    ),
    **spread(
        "trace.snapshots: trial",
        lambda w, v: w.remembered.snapshots("m", v),
        {"too far": 1, "a string": "0", "None": None},
        "ArgumentError",
        "trial is",
    ),
    "trace.snapshots: unknown memory": (
        lambda w: w.remembered.snapshots("mm"),
        "UnknownNameError",
        ("unknown area 'mm'", "did you mean 'm'?"),
    ),
    # Imprinting
    "imprint: no network": (lambda w: ab.imprint(None, ["yak"]), "NetworkError", ("network is a NoneType",)),
    **spread(
        "imprint: names",
        lambda w, v: ab.imprint(w.network, v),
        {"one string": "yak", "none": [], "None": None, "a number": [3], "blank": [" "], "known": ["dog"]},
        "VocabularyError",
        "list of names|list of new symbols|names are strings|visible character|already",
    ),
    "imprint: twice the same": (
        lambda w: ab.imprint(w.network, ["yak", "yak"]),
        "VocabularyError",
        ("'yak'", "each name once"),
    ),
    # Building
    "build: plain list for a vocabulary": (
        lambda w: build(vocabulary=["dog", "cat"]),
        "NetworkError",
        ("vocabulary is a list", "attractorbind.Vocabulary"),
    ),
    **spread(
        "build: buffers",
        lambda w, v: build(buffers=v),
        {"None": None, "empty": {}, "a list": ["focus"], "empty list": [], "a string": "focus", "a number": 512},
        "NetworkError",
        "buffer",
        "{'focus': 512}",
    ),
    **spread(
        "build: buffer name",
        lambda w, v: build(buffers={v: 32}, relays=[]),
        {"empty": "", "blank": " ", "a relay's": "a->b", "a number": 3, "None": None},
        "NetworkError",
        "buffer name",
        "non-empty string",
    ),
    **spread(
        "build: units",
        lambda w, v: build(buffers={"focus": v, "agent": 24}),
        WRONG_COUNTS | {"one": 1},
        "ArgumentError",
        "units of buffer 'focus' is",
        "whole number of at least 2",
    ),
    **spread(
        "build: activity",
        lambda w, v: build(activity=v),
        WRONG_RATES,
        "ArgumentError",
        "activity is",
        "0",
        "1",
    ),
    **spread(
        "build: activity", lambda w, v: build(activity=v), {"0": 0, "1": 1.0}, "ArgumentError", "activity is", "above 0"
    ),
    "build: activity leaves no unit on": (
        lambda w: build(activity=0.001),
        "NetworkError",
        ("'focus'", "0.001", "change activity= or the units"),
    ),
    "build: activity leaves no unit off": (
        lambda w: build(activity=0.999),
        "NetworkError",
        ("'focus'", "0.999", "change"),
    ),
    **spread(
        "build: relays",
        lambda w, v: build(relays=v),
        {"None": None, "a number": 5, "unknown word": "everything", "empty string": "", "other prefix": "spoke:focus"},
        "NetworkError",
        "relays=",
        "'all', 'hub:NAME' or a list of pairs",
    ),
    "build: hub unknown": (lambda w: build(relays="hub:focs"), "UnknownNameError", ("'focs'", "did you mean 'focus'")),
    "build: hub unnamed": (
        lambda w: build(relays="hub:"),
        "UnknownNameError",
        ("unknown buffer ''", "'focus', 'agent'"),
    ),
    **spread(
        "build: relay",
        lambda w, v: build(relays=[v]),
        {"a string": "focus->agent", "two letters": "fa", "a triple": ("focus", "agent", "x"), "a single": ("focus",)}
        | {"a number": 5, "None": None},
        "NetworkError",
        "is not a pair",
        "(source, target)",
    ),
    "build: relays a mapping": (
        lambda w: build(relays={"focus": "agent"}),
        "NetworkError",
        ("'focus'", "list of pairs"),
    ),
    "build: relay from nowhere": (
        lambda w: build(relays=[("x", "agent")]),
        "UnknownNameError",
        ("'x'", "'focus', 'agent'"),
    ),
    "build: relay to nowhere": (
        lambda w: build(relays=[("focus", "agnt")]),
        "UnknownNameError",
        ("'agnt'", "'agent'?"),
    ),
    "build: relay to a list": (
        lambda w: build(relays=[("focus", ["agent"])]),
        "UnknownNameError",
        ("['agent']", "'focus'"),
    ),
    "build: relay to itself": (lambda w: build(relays=[("focus", "focus")]), "NetworkError", ("'focus'", "latch")),
    "build: relay twice": (
        lambda w: build(relays=[("focus", "agent")] * 2),
        "NetworkError",
        ("'focus->agent'", "each pair once"),
    ),
    **spread(
        "build: rule",
        lambda w, v: build(rule=v),
        {"None": None, "a class": ab.MaximalStability, "a string": "hebbian", "a function": len},
        "NetworkError",
        "rule is",
        "MaximalStability()",
    ),
    **spread(
        "build: codes",
        lambda w, v: build(codes=v),
        {"None": None, "an array": np.zeros((3, 32)), "a list": ["focus"]},
        "NetworkError",
        "codes is a",
        "{'focus': array}",
    ),
    "build: codes of an unknown buffer": (
        lambda w: build(codes={"agnt": np.eye(3, 24)}),
        "UnknownNameError",
        ("'agnt'", "'agent'?"),
    ),
    **spread(
        "build: codes of a buffer",
        lambda w, v: build(codes={"agent": v}),
        {
            "None": None,
            "too few symbols": np.eye(2, 24),
            "too many units": np.eye(3, 32),
            "ragged": [[0, 1], [1], [0]],
            "words": np.full((3, 24), "1"),
            "undefined": np.where(np.eye(3, 24) > 0, np.nan, 0.0),
            "a half": np.eye(3, 24) / 2,
            "signs": 2 * np.eye(3, 24) - 1,
            "all off": np.eye(3, 24) * np.array([[1], [0], [1]]),
            "all on": 1 - np.eye(3, 24) * np.array([[1], [0], [1]]),
        },
        "NetworkError",
        "codes['agent']",
        "it must be of zeros and ones, of shape (3, 24)|a code needs at least one unit on and one off",
    ),
    "build: two symbols of one code": (
        lambda w: build(codes={"agent": np.eye(3, 24)[[0, 1, 0]]}),
        "NetworkError",
        ("'dog' and 'mouse' have the same code in buffer 'agent'", "give each its own"),
    ),
    "imprint: codes of other symbols": (
        lambda w: ab.imprint(w.network, ["new"], codes={"agent": np.eye(3, 24)}),
        "NetworkError",
        ("codes['agent']", "(1, 24)"),
    ),
    **spread(
        "build: rules",
        lambda w, v: build(rules=v),
        {"None": None, "a rule": ab.Hebbian(), "a list": ["focus"], "a rule's class": {"focus": ab.Hebbian}}
        | {"None for a rule": {"focus->agent": None}},
        "NetworkError",
        "rules is|rules['focus",
        "Hebbian()|MaximalStability()",
    ),
    **spread(
        "build: rules of unknown gates",
        lambda w, v: build(rules={v: ab.Hebbian()}),
        {"another name": "agnt", "no relay": "focus->focus", "a number": 3, "None": None},
        "UnknownNameError",
        "unknown latch or relay",
        "'focus', 'agent'",
    ),
    "build: rules of an area's gate": (
        lambda w: build(areas=[ab.SnapshotMemory("m", units=64, capacity=4)], rules={"m:store": ab.Hebbian()}),
        "UnknownNameError",
        ("'m:store'", "'focus->agent'"),
    ),
    **spread(
        "build: key",
        lambda w, v: build(key=v),
        WRONG_KEYS | {"None": None, "several": jax.random.split(jax.random.key(0), 2)},
        "ArgumentError",
        "key",
        "jax.random.key",
    ),
    **spread(
        "build: kind of relay",
        lambda w, v: build(relay=v),
        {"unknown": "loop", "None": None, "a number": 2, "a list": ["direct"]},
        "NetworkError",
        "relay=",
        "'direct' and 'nucleus'",
    ),
    **spread(
        "build: kind of latch",
        lambda w, v: build(latch=v),
        {"unknown": "nucleus", "None": None, "a number": 2},
        "NetworkError",
        "latch=",
        "'recurrence' and 'loop'",
    ),
    # Writing programs
    **{
        f"unknown buffer: {kind}": (
            lambda w, make=make: ab.run(w.network, make("agnt")),
            "UnknownNameError",
            ("unknown buffer 'agnt'", "'focus', 'agent'", "did you mean 'agent'?"),
        )
        for kind, make in PROGRAMS.items()
    },
    **spread(
        "unknown symbol",
        lambda w, v: ab.run(w.network, v),
        {"load": ab.load("focus", "dgo"), "present": ab.present("focus", "dgo")},
        "UnknownNameError",
        "unknown symbol 'dgo'",
        "did you mean 'dog'?",
    ),
    **spread(
        "unknown gate",
        lambda w, v: ab.run(w.network, v),
        {"open": ab.gates(open=["focus->agnt"]), "half open": ab.gates(open={"focus->agnt": 0.5})}
        | {"closed": ab.gates(closed=["focus->agnt"])},
        "UnknownNameError",
        "unknown gate 'focus->agnt'",
        "did you mean 'focus->agent'?",
    ),
    "gates: one name open": (lambda w: ab.gates(open="focus"), "ProgramError", ("open=", "['focus']")),
    "gates: one name closed": (lambda w: ab.gates(closed="focus"), "ProgramError", ("closed=", "['focus']")),
    "gates: number open": (lambda w: ab.gates(open=5), "ProgramError", ("open=", "5", "list")),
    "gates: number closed": (lambda w: ab.gates(closed=3), "ProgramError", ("closed=", "3", "list")),
    "gates: None open": (lambda w: ab.gates(open=None), "ProgramError", ("open=", "None", "list")),
    "gates: None closed": (lambda w: ab.gates(closed=None), "ProgramError", ("closed=", "None", "list")),
    "gates: both": (lambda w: ab.gates(open=["a"], closed=["a"]), "ProgramError", ("'a'", "name it once")),
    **spread(
        "gates: opening",
        lambda w, v: ab.gates(open={"focus": v}),
        # True is as good as 1 here.
        {kind: value for kind, value in WRONG_RATES.items() if kind != "a bool"},
        "ArgumentError",
        "opening of gate 'focus' is",
        "from 0 to 1",
    ),
    **spread("gates: ticks", lambda w, v: ab.gates(ticks=v), WRONG_COUNTS, "ArgumentError", "ticks is", "whole number"),
    **spread("hold: ticks", lambda w, v: ab.hold(v), WRONG_COUNTS, "ArgumentError", "ticks is", "whole number"),
    **spread(
        "present: ticks",
        lambda w, v: ab.present("focus", "dog", ticks=v),
        WRONG_COUNTS,
        "ArgumentError",
        "ticks is",
        "whole number",
    ),
    **spread(
        "present: symbol",
        lambda w, v: ab.present("focus", v),
        {"None": None, "a number": 0, "a list": ["dog"]},
        "ProgramError",
        "cannot present",
        "symbol's name or arg(name)",
    ),
    **spread(
        "load: symbol",
        lambda w, v: ab.load("focus", v),
        {"None": None, "a number": 0, "a list": ["dog"]},
        "ProgramError",
        "cannot load",
        "symbol's name or arg(name)",
    ),
    **spread(
        "arg: name",
        lambda w, v: ab.arg(v),
        {"empty": "", "blank": " ", "None": None, "a number": 3},
        "ProgramError",
        "argument's name",
        "non-empty string",
    ),
    **spread("program plus", lambda w, v: DOG + v, {"a number": 3, "None": None}, "ProgramError", "3|None", "Program"),
    **spread("program plus", lambda w, v: DOG + v, {"a list": [DOG]}, "ProgramError", "list", "Program"),
    "program: a number plus it": (lambda w: 3 + DOG, "ProgramError", ("3", "Program")),
    **spread(
        "program: times",
        lambda w, v: DOG * v,
        {kind: value for kind, value in WRONG_COUNTS.items() if kind != "zero"},
        "ArgumentError",
        "number of repetitions is",
        "whole number of at least 0",
    ),
    "program: times -1 from the left": (lambda w: -1 * DOG, "ArgumentError", ("repetitions is -1", "at least 0")),
    **spread(
        "program: empty",
        lambda w, v: ab.run(w.network, v),
        {"from the start": ab.Program(), "times 0": DOG * 0},
        "ProgramError",
        "empty",
        "hold()",
    ),
    "copy to itself": (lambda w: ab.run(w.network, ab.copy("focus", "focus")), "NetworkError", ("'focus'", "itself")),
    "move to itself": (lambda w: ab.run(w.network, ab.move("focus", "focus")), "NetworkError", ("'focus'", "itself")),
    "swap with itself": (
        lambda w: ab.run(w.network, ab.swap("focus", "focus")),
        "AttractorBindError",
        ("'focus'", "itself"),
    ),
    "swap via itself": (
        lambda w: ab.run(w.network, ab.swap("focus", "agent", via="agent")),
        "ProgramError",
        ("via='agent'", "third buffer"),
    ),
    "copy without a relay": (
        lambda w: ab.run(w.one_way, ab.copy("agent", "focus")),
        "NetworkError",
        ("'agent->focus' is missing", "add ('agent', 'focus') to relays="),
    ),
    "swap without a relay": (
        lambda w: ab.run(w.one_way, ab.swap("focus", "agent")),
        "NetworkError",
        ("'agent->focus' is missing", "relays=", "via="),
    ),
    **spread(
        "compile: network",
        lambda w, v: DOG.compile(v),
        {"None": None, "a string": "network", "a vocabulary": ab.Vocabulary(["dog"])},
        "NetworkError",
        "network is a",
        "attractorbind.build",
    ),
    "expand: network": (lambda w: DOG.expand(None), "NetworkError", ("network is a NoneType", "attractorbind.build")),
    "hold: a table too long": (
        lambda w: (ab.hold(2**20) + ab.hold()).compile(w.network),
        "ProgramError",
        ("1048576 ticks", "repeat(n, body)"),
    ),
    "hold: more than 32 bits": (lambda w: ab.hold(2**31), "ArgumentError", ("ticks is 2147483648", "at the most")),
    **spread(
        "rules: margin",
        lambda w, v: ab.Perceptron(margin=v),
        {"zero": 0, "negative": -1.0, "not a number": NOT_A_NUMBER, "infinite": float("inf"), "a string": "1"},
        "ArgumentError",
        "margin is",
        "finite number above 0",
    ),
    "rules: epochs": (lambda w: ab.Perceptron(epochs=0), "ArgumentError", ("epochs is 0", "whole number")),
    "rules: ridge": (lambda w: ab.PseudoInverse(ridge=-1.0), "ArgumentError", ("ridge is -1.0", "above 0")),
    "rules: tolerance": (
        lambda w: ab.MaximalStability(tolerance=NOT_A_NUMBER),
        "ArgumentError",
        ("tolerance is nan", "above 0"),
    ),
    "rules: iterations": (
        lambda w: ab.MaximalStability(max_iterations=1.5),
        "ArgumentError",
        ("max_iterations is 1.5", "whole number"),
    ),
    # Control
    **spread(
        "when: condition",
        lambda w, v: ab.when(v, DOG),
        {"None": None, "a bool": True, "a string": "empty", "a program": DOG},
        "ProgramError",
        "is not a condition",
        "equal(), holds(), empty() or chosen()",
    ),
    **spread(
        "until: condition",
        lambda w, v: ab.until(v, DOG, limit=2),
        {"None": None, "a function": ab.empty},
        "ProgramError",
        "is not a condition",
        "equal(), holds(), empty() or chosen()",
    ),
    **spread(
        "when: then",
        lambda w, v: ab.when(ab.empty("focus"), v),
        {"None": None, "a list": [DOG], "a condition": ab.empty("focus")},
        "ProgramError",
        "then is",
        "give a program",
    ),
    "when: otherwise": (
        lambda w: ab.when(ab.empty("focus"), DOG, 0),
        "ProgramError",
        ("otherwise is 0", "give a program"),
    ),
    "until: no limit": (lambda w: ab.until(ab.empty("focus"), DOG), "ProgramError", ("no limit", "give limit=")),
    "cycle: no limit": (
        lambda w: ab.cycle([ab.production(when=ab.empty("focus"), then=DOG)]),
        "ProgramError",
        ("no limit", "give limit="),
    ),
    **{
        f"empty body: {kind}": (call, "ProgramError", ("is empty", "at least one instruction"))
        for kind, call in {
            "repeat": lambda w: ab.repeat(2, ab.Program()),
            "until": lambda w: ab.until(ab.empty("focus"), ab.Program(), limit=2),
            "production": lambda w: ab.production(when=ab.empty("focus"), then=ab.Program()),
            "procedure": lambda w: ab.procedure(ab.Program)(),
        }.items()
    },
    "program: of a list": (lambda w: ab.Program([DOG, DOG]), "ProgramError", ("joined by +", "load()")),
    "nested too deeply": (lambda w: deep(3000).compile(w.network), "ProgramError", ("nested too deeply",)),
    **spread(
        "a jump out of the table",
        lambda w, v: replace(w.listing, rows=replace(w.listing.rows, **v)),
        {"then": {"then": np.array([9], np.int32)}, "otherwise": {"otherwise": np.array([-7], np.int32)}},
        "ProgramError",
        "row 0 goes on at row",
        "the table has 1 rows",
    ),
    "a row without ticks": (
        lambda w: replace(w.listing, rows=replace(w.listing.rows, ticks=np.array([0], np.int32))),
        "ProgramError",
        ("row 0 takes no ticks",),
    ),
    "run: state of a network in another order": (
        lambda w: ab.run(w.network, DOG, w.other_order.silent()),
        "NetworkError",
        ("network.silent()",),
    ),
    "harmony: no network": (
        lambda w: ab.harmony("x", w.network.silent(), "focus"),
        "NetworkError",
        ("network is a str",),
    ),
    "energy: no network": (lambda w: ab.energy(3, w.network.silent()), "NetworkError", ("network is a int",)),
    "fields: no network": (lambda w: ab.fields(None, w.network.silent()), "NetworkError", ("network is a None",)),
    "repeat: body": (lambda w: ab.repeat(2, None), "ProgramError", ("body is None", "give a program")),
    **spread(
        "repeat: times",
        lambda w, v: ab.repeat(v, DOG),
        {kind: value for kind, value in WRONG_COUNTS.items() if kind != "zero"} | {"huge": 2**31},
        "ArgumentError",
        "times is",
        "whole number|at the most",
    ),
    **spread(
        "until: limit",
        lambda w, v: ab.until(ab.empty("focus"), DOG, limit=v),
        {kind: value for kind, value in WRONG_COUNTS.items() if kind not in ("zero", "None")} | {"huge": 2**31},
        "ArgumentError",
        "limit is",
        "whole number|at the most",
    ),
    **spread(
        "cycle: limit",
        lambda w, v: ab.cycle([ab.production(when=ab.empty("focus"), then=DOG)], limit=v),
        {"a string": "2", "negative": -1},
        "ArgumentError",
        "limit is",
    ),
    "cycle: nothing": (lambda w: ab.cycle([], limit=2), "ProgramError", ("at least one production", "production(")),
    "cycle: programs": (lambda w: ab.cycle([DOG], limit=2), "ProgramError", ("not a production", "production(")),
    "cycle: a number": (lambda w: ab.cycle(3, limit=2), "ProgramError", ("3", "list of productions")),
    "cycle: one name twice": (
        lambda w: ab.cycle([ab.production(when=ab.empty("focus"), then=DOG, name="a")] * 2, limit=2),
        "ProgramError",
        ("'a'", "name of its own"),
    ),
    "production: name": (
        lambda w: ab.production(when=ab.empty("focus"), then=DOG, name=""),
        "ProgramError",
        ("''", "give a text"),
    ),
    "production: when": (lambda w: ab.production(when=None, then=DOG), "ProgramError", ("not a condition",)),
    "production: then": (
        lambda w: ab.production(when=ab.empty("focus"), then=None),
        "ProgramError",
        ("then is None", "give a program"),
    ),
    "condition: in an if": (
        lambda w: 1 if ab.empty("focus") else 2,
        "ProgramError",
        ("empty('focus')", "when()"),
    ),
    "condition: and": (lambda w: ab.empty("focus") and ab.empty("agent"), "ProgramError", ("~ & |",)),
    "condition: not": (lambda w: not ab.equal("focus", "agent"), "ProgramError", ("~ & |",)),
    **spread(
        "condition: joined to",
        lambda w, v: ab.empty("focus") & v,
        {"None": None, "a bool": True, "a program": DOG},
        "ProgramError",
        "is not a condition",
    ),
    "condition: joined by or": (lambda w: ab.empty("focus") | "x", "ProgramError", ("is not a condition",)),
    "equal: with itself": (lambda w: ab.equal("focus", "focus"), "ProgramError", ("itself", "two buffers")),
    "equal: no relay": (
        lambda w: ab.when(ab.equal("focus", "agent"), DOG).compile(w.unlinked),
        "NetworkError",
        ("equal('focus', 'agent')", "'focus->agent'", "'agent->focus'", "('focus', 'agent') to relays="),
    ),
    **{
        f"unknown buffer: {kind}": (
            lambda w, program=program: ab.run(w.network, program),
            "UnknownNameError",
            ("unknown buffer 'agnt'", "'focus', 'agent'", "did you mean 'agent'?"),
        )
        for kind, program in {
            "equal first": ab.when(ab.equal("agnt", "focus"), DOG),
            "equal second": ab.when(ab.equal("focus", "agnt"), DOG),
            "holds": ab.when(ab.holds("agnt", "dog"), DOG),
            "empty": ab.when(ab.empty("agnt"), DOG),
            "read": ab.read("agnt"),
            "emit": ab.emit("agnt"),
            "in a branch": ab.when(ab.empty("focus"), DOG, ab.clear("agnt")),
            "in a loop": ab.repeat(2, ab.copy("focus", "agnt")),
        }.items()
    },
    "holds: unknown symbol": (
        lambda w: ab.run(w.network, ab.when(ab.holds("focus", "dgo"), DOG)),
        "UnknownNameError",
        ("unknown symbol 'dgo'", "did you mean 'dog'?"),
    ),
    **spread(
        "holds: symbol",
        lambda w, v: ab.holds("focus", v),
        {"None": None, "a number": 3},
        "ProgramError",
        "names no symbol",
        "arg(name)",
    ),
    "holds: argument missing": (
        lambda w: ab.run(w.network, ab.when(ab.holds("focus", ab.arg("noun")), DOG)),
        "ArgumentError",
        ("'noun' is missing", "args="),
    ),
    "procedure: no function": (lambda w: ab.procedure(DOG), "ProgramError", ("procedure", "function that returns")),
    "procedure: returns nothing": (
        lambda w: ab.procedure(lambda: None)(),
        "ProgramError",
        ("returned None", "must return a program"),
    ),
    "empty branches": (lambda w: ab.Program().compile(w.network), "ProgramError", ("empty", "at least one")),
    **spread(
        "inputs",
        lambda w, v: ab.run(w.network, ab.read("focus"), inputs=v),
        {"a string": "dog", "a number": 3, "a mapping": {"dog": 1}, "mixed": ["dog", ["cat"]], "numbers": [[0], 3]},
        "AttractorBindError",
        "inputs|symbol",
        "list|symbols are",
    ),
    "inputs: unknown symbol": (
        lambda w: ab.run(w.network, ab.read("focus"), inputs=[["dog"], ["dgo"]]),
        "UnknownNameError",
        ("unknown symbol 'dgo'", "did you mean 'dog'?"),
    ),
    "inputs: for a program that reads none": (
        lambda w: ab.run(w.network, DOG, inputs=["dog"]),
        "ArgumentError",
        ("inputs", "read(buffer)"),
    ),
    "inputs: for a program that only branches": (
        lambda w: ab.run(w.network, ab.when(ab.empty("focus"), DOG), inputs=["dog"]),
        "ArgumentError",
        ("inputs", "read(buffer)"),
    ),
    "inputs: other trials than args": (
        lambda w: ab.run(
            w.network, ab.read("agent") + NOUN, args={"noun": ["dog", "cat"]}, inputs=[["dog"], ["cat"], ["dog"]]
        ),
        "ArgumentError",
        ("2 trials", "3 trials", "one for"),
    ),
    "inputs: missing": (
        lambda w: ab.run(w.network, ab.read("focus")),
        "ArgumentError",
        ("inputs= is missing", "read"),
    ),
    "gates: not recorded": (
        lambda w: w.emitted.gates,
        "ArgumentError",
        ('record="decoded"',),
    ),
    "harmony: unknown gate": (
        lambda w: ab.harmony(w.network, w.network.silent(), "focus->agnt"),
        "UnknownNameError",
        ("unknown gate 'focus->agnt'", "did you mean 'focus->agent'?"),
    ),
    "harmony: no state": (lambda w: ab.harmony(w.network, None, "focus"), "NetworkError", ("network.silent()",)),
    "run: listing for other buffers": (
        lambda w: ab.run(w.network, ab.emit("focus").compile(w.other)),
        "ProgramError",
        ("place: 24", "agent: 24", "compile it for this network"),
    ),
    # Running
    **spread(
        "run: network",
        lambda w, v: ab.run(v, DOG),
        {"None": None, "a program": DOG},
        "NetworkError",
        "network is a",
        "attractorbind.build",
    ),
    **spread(
        "run: program",
        lambda w, v: ab.run(w.network, v),
        {"None": None, "a string": "load", "a list": [DOG], "a function": ab.load},
        "ProgramError",
        "program is a",
        "Program",
    ),
    "run: compiled for other buffers": (
        lambda w: ab.run(w.network, DOG.compile(w.other)),
        "ProgramError",
        ("place: 24", "agent: 24", "compile it for this network"),
    ),
    "run: compiled for other relays": (
        lambda w: ab.run(w.network, DOG.compile(w.one_way)),
        "ProgramError",
        ("'agent->focus'", "compile it for this network"),
    ),
    "run: compiled for nuclei": (
        lambda w: ab.run(w.network, DOG.compile(w.nuclei)),
        "ProgramError",
        ("nucle", "compile it for this network"),
    ),
    "run: compiled for other words": (
        lambda w: ab.run(w.network, ab.load("focus", "red").compile(w.other_words)),
        "ProgramError",
        ("'red'", "'dog'", "compile it for this network"),
    ),
    "args: missing": (lambda w: ab.run(w.network, NOUN), "ArgumentError", ("'noun' is missing", "args=")),
    "args: one missing": (
        lambda w: ab.run(w.network, BOTH, args={"noun": "dog"}),
        "ArgumentError",
        ("'verb' is missing",),
    ),
    "args: unknown": (
        lambda w: ab.run(w.network, NOUN, args={"noun": "dog", "nown": "cat"}),
        "UnknownNameError",
        ("unknown argument 'nown'", "did you mean 'noun'?"),
    ),
    "args: for a program without": (
        lambda w: ab.run(w.network, DOG, args={"noun": "dog"}),
        "ArgumentError",
        ("argument 'noun' is given", "the program has none", "arg(name)"),
    ),
    "args: ragged": (
        lambda w: ab.run(w.network, BOTH, args={"noun": ["dog", "cat"], "verb": ["dog"] * 3}),
        "ArgumentError",
        ("ragged", "'noun' has 2", "'verb' has 3", "one for every trial"),
    ),
    "args: ragged by one": (
        lambda w: ab.run(w.network, BOTH, args={"noun": ["dog", "cat"], "verb": ["dog"]}),
        "ArgumentError",
        ("ragged", "'verb' has 1"),
    ),
    **spread(
        "args: value",
        lambda w, v: ab.run(w.network, NOUN, args={"noun": v}),
        {
            "a number": 3,
            "None": None,
            "empty": [],
            "a set": {"dog"},
            "a mapping": {"dog": 1},
            "an argument": ab.arg("x"),
        },
        "ArgumentError",
        "argument 'noun' is",
        "symbol's name or a non-empty list",
    ),
    **spread(
        "args: symbol",
        lambda w, v: ab.run(w.network, NOUN, args={"noun": v}),
        {"unknown": "dgo", "empty": "", "one of many": ["dog", "dgo"], "numbers": [0, 1], "lists": [["dog"]]},
        "UnknownNameError",
        "unknown symbol",
        "'dog', 'cat', 'mouse'",
    ),
    **spread(
        "args",
        lambda w, v: ab.run(w.network, NOUN, args=v),
        {"a string": "dog", "a list": ["dog"], "a number": 3},
        "ArgumentError",
        "args",
        "'noun'",
    ),
    "args: other trials than the state": (
        lambda w: ab.run(w.network, NOUN, w.network.silent(3), args={"noun": ["dog", "cat"]}),
        "ArgumentError",
        ("3 trials", "2", "one for each"),
    ),
    **spread(
        "run: noise", lambda w, v: ab.run(w.network, DOG, noise=v), WRONG_RATES, "ArgumentError", "noise is", "0 to 1"
    ),
    **spread(
        "run: leak", lambda w, v: ab.run(w.network, DOG, leak=v), WRONG_RATES, "ArgumentError", "leak is", "0 to 1"
    ),
    "run: noise without a key": (
        lambda w: ab.run(w.network, DOG, noise=0.1),
        "ArgumentError",
        ("noise is 0.1", "key=jax.random.key(0)"),
    ),
    **spread(
        "run: key",
        lambda w, v: ab.run(w.network, DOG, noise=0.1, key=v),
        WRONG_KEYS,
        "ArgumentError",
        "key",
        "jax.random.key|one for each",
    ),
    **spread(
        "run: key without noise",
        lambda w, v: ab.run(w.network, DOG, key=v),
        WRONG_KEYS,
        "ArgumentError",
        "key",
        "jax.random.key|one for each",
    ),
    "run: too few keys": (
        lambda w: ab.run(
            w.network, NOUN, args={"noun": ["dog"] * 3}, noise=0.1, key=jax.random.split(jax.random.key(0), 2)
        ),
        "ArgumentError",
        ("key= for 2 trials", "args= for 3 trials"),
    ),
    **spread(
        "run: record",
        lambda w, v: ab.run(w.network, DOG, record=v),
        {"unknown": "state", "None": None, "a list": ["states"], "a bool": True},
        "ArgumentError",
        "record is",
        "'final', 'decoded', 'states'",
    ),
    **spread(
        "run: sharding",
        lambda w, v: ab.run(w.network, DOG, sharding=v),
        {"a number": 8, "devices": jax.devices(), "a spec": jax.sharding.PartitionSpec("trials")},
        "ArgumentError",
        "sharding is a",
        "jax.make_mesh",
    ),
    **spread(
        "run: axes of sharding",
        lambda w, v: ab.run(w.network, DOG, sharding=v),
        {"another": jax.make_mesh((1,), ("batch",)), "one too many": jax.make_mesh((1, 1), ("trials", "model"))},
        "ArgumentError",
        "sharding has the axes",
        '"trials" and "units"',
    ),
    "run: state of another network": (
        lambda w: ab.run(w.network, DOG, w.other.silent()),
        "NetworkError",
        ("'place': 24", "'agent': 24", "network.silent()"),
    ),
    "run: state of other sizes": (
        lambda w: ab.run(w.network, DOG, w.other_sizes.silent()),
        "NetworkError",
        ("'agent': 32", "'agent': 24"),
    ),
    **spread(
        "run: state of no zeros and ones",
        lambda w, v: ab.run(w.network, DOG, state(w, v)),
        {"halves": 0.5, "twos": 2.0, "minus ones": -1.0, "not numbers": NOT_A_NUMBER},
        "NetworkError",
        "'focus'",
        "0 and 1",
    ),
    **spread(
        "run: state",
        lambda w, v: ab.run(w.network, DOG, v),
        {"an array": jnp.zeros((1, 32)), "a mapping": {"focus": "dog"}, "a number": 0, "a symbol": "dog"},
        "NetworkError",
        "state",
        "network.silent()",
    ),
    # Traces
    "decode: tick not recorded": (
        lambda w: w.trace.decode(0),
        "ArgumentError",
        ('record="decoded"', 'record="states"'),
    ),
    **{
        f"decode: tick {tick!r} of {record}": (
            lambda w, tick=tick, record=record: getattr(w, record).decode(tick=tick),
            "ArgumentError",
            ("tick is", "0 to 2"),
        )
        for record in ("decoded", "states")
        for tick in (3, -4, 1.5, "0")
    },
    **spread(
        "decode: threshold",
        lambda w, v: w.trace.decode(threshold=v),
        WRONG_RATES,
        "ArgumentError",
        "threshold is",
        "0 to 1",
    ),
    "overlaps: unknown population": (lambda w: w.trace.overlaps("agnt"), "UnknownNameError", ("'agnt'", "'agent'?")),
    "overlaps: tick of decoded": (lambda w: w.decoded.overlaps("focus", 0), "ArgumentError", ('record="states"',)),
    "overlaps: tick not recorded": (lambda w: w.trace.overlaps("focus", 0), "ArgumentError", ('record="states"',)),
    "overlaps: tick out of range": (lambda w: w.states.overlaps("focus", 3), "ArgumentError", ("tick is 3", "0 to 2")),
    "overlaps: tick of a nucleus": (
        lambda w: w.nuclei_trace.overlaps("focus->agent", 0),
        "AttractorBindError",
        ("'focus->agent'", "buffer"),
    ),
    # Ticks by hand, and facts
    "tick: external of another shape": (
        lambda w: ab.tick(w.network, w.network.silent(2), external={"focus": jnp.zeros((1, 32))}),
        "NetworkError",
        ("'focus'", "(1, 32)", "(2, 32)"),
    ),
    "tick: external of the unknown": (
        lambda w: ab.tick(w.network, w.network.silent(), external={"agnt": jnp.zeros((1, 24))}),
        "UnknownNameError",
        ("'agnt'", "'agent'?"),
    ),
    **spread(
        "tick: external field",
        lambda w, v: ab.tick(w.network, w.network.silent(), external={"focus": v}),
        {"None": None, "a number": 1.0, "a string": "dog", "a short list": [1.0]},
        "NetworkError",
        "'focus'",
        "(1, 32)",
    ),
    **spread(
        "tick: external",
        lambda w, v: ab.tick(w.network, w.network.silent(), external=v),
        {"a number": 1.0, "an array": jnp.ones((1, 32)), "a name": "focus"},
        "NetworkError",
        "external",
    ),
    **spread(
        "tick: noise",
        lambda w, v: ab.tick(w.network, w.network.silent(), noise=v),
        WRONG_RATES,
        "ArgumentError",
        "noise",
    ),
    **spread(
        "tick: leak", lambda w, v: ab.tick(w.network, w.network.silent(), leak=v), WRONG_RATES, "ArgumentError", "leak"
    ),
    "tick: noise without a key": (
        lambda w: ab.tick(w.network, w.network.silent(), noise=0.1),
        "ArgumentError",
        ("noise is 0.1", "key="),
    ),
    **spread(
        "tick: key",
        lambda w, v: ab.tick(w.network, w.network.silent(), noise=0.1, key=v),
        WRONG_KEYS,
        "ArgumentError",
        "key",
        "jax.random.key|one for each",
    ),
    "tick: state of another network": (
        lambda w: ab.tick(w.network, w.other.silent()),
        "NetworkError",
        ("network.silent()",),
    ),
    "tick: state of halves": (lambda w: ab.tick(w.network, state(w, 0.5)), "NetworkError", ("'focus'", "0 and 1")),
    "tick: no state": (lambda w: ab.tick(w.network, None), "NetworkError", ("state", "network.silent()")),
    **{
        f"{kind}, traced": (call, error, (f"{kind.split()[-1]} is traced", "outside"))
        for kind, call, error in (
            (
                "tick: network",
                lambda w: eqx.filter_jit(lambda network: ab.tick(network, w.network.silent()))(w.network),
                "NetworkError",
            ),
            (
                "run: network",
                lambda w: eqx.filter_jit(lambda network: ab.run(network, DOG).ticks)(w.network),
                "NetworkError",
            ),
            (
                "tick: state",
                lambda w: jax.jit(lambda state: ab.tick(w.network, state))(w.network.silent()),
                "NetworkError",
            ),
            (
                "run: state",
                lambda w: jax.vmap(lambda state: ab.run(w.network, DOG, state).ticks)(w.network.silent(2)),
                "NetworkError",
            ),
            (
                "run: key",
                lambda w: jax.vmap(lambda key: ab.run(w.network, DOG, noise=0.1, key=key).ticks)(
                    jax.random.split(jax.random.key(0), 3)
                ),
                "ArgumentError",
            ),
            (
                "tick: gates",
                lambda w: jax.vmap(lambda gates: ab.tick(w.network, w.trace.state, gates))(jnp.ones((2, 4))),
                "NetworkError",
            ),
        )
    },
    **{
        f"{kind}, within jit": (lambda w, call=call: jax.jit(lambda: call(w))(), error, ("call is traced", "outside"))
        for kind, call, error in (
            ("tick", lambda w: ab.tick(w.network, w.trace.state), "NetworkError"),
            ("run", lambda w: ab.run(w.network, DOG).ticks, "NetworkError"),
            ("energy", lambda w: ab.energy(w.network, w.trace.state), "NetworkError"),
            ("build", lambda w: build().drive, "NetworkError"),
        )
    },
    "run: noise, traced": (
        lambda w: jax.vmap(lambda noise: ab.run(w.network, DOG, noise=noise).ticks)(jnp.zeros(2)),
        "ArgumentError",
        ("noise is traced", "once for each noise"),
    ),
    "tick: no network": (lambda w: ab.tick(None, w.network.silent()), "NetworkError", ("network is a NoneType",)),
    **{
        f"{kind}: {wrong}": (lambda w, call=call, gates=gates: call(w, gates), error, fragments)
        for kind, call in {
            "gates of a tick": lambda w, gates: ab.tick(w.network, w.network.silent(), gates),
            "gates of an energy": lambda w, gates: ab.energy(w.network, w.network.silent(), gates),
            "gates of fields": lambda w, gates: ab.fields(w.network, w.network.silent(), gates),
            "gates of a partition": lambda w, gates: w.network.partition(gates),
        }.items()
        for wrong, gates, error, fragments in (
            ("unknown", ["focus->agnt"], "UnknownNameError", ("'focus->agnt'", "did you mean")),
            ("a string", "focus->agent", "AttractorBindError", ("gates=", "'focus->agent'", "['focus->agent']")),
            ("a number", 5, "AttractorBindError", ("gates=", "5", "list")),
            ("None", None, "AttractorBindError", ("gates=", "None", "list")),
            ("too wide", {"focus->agent": 2}, "ArgumentError", ("'focus->agent' is 2", "0 to 1")),
            ("too few", np.ones(2, np.float32), "NetworkError", ("4 gates", "(2,)")),
            ("too large", np.full(4, 2, np.float32), "NetworkError", ("from 0 to 1",)),
            ("not numbers", np.full(4, np.nan, np.float32), "NetworkError", ("from 0 to 1",)),
            ("words", np.array(["a", "b", "c", "d"]), "UnknownNameError", ("unknown gate 'a'", "'focus'")),
        )
    },
    "gating: one name": (lambda w: w.network.gating(open="focus"), "AttractorBindError", ("'focus'", "['focus']")),
    "gating: one name closed": (
        lambda w: w.network.gating(closed="focus"),
        "AttractorBindError",
        ("'focus'", "['focus']"),
    ),
    "gating: unknown": (lambda w: w.network.gating(closed=["agnt"]), "UnknownNameError", ("gate 'agnt'", "'agent'?")),
    "energy: state of another network": (
        lambda w: ab.energy(w.network, w.other.silent()),
        "NetworkError",
        ("silent()",),
    ),
    "energy: state of halves": (lambda w: ab.energy(w.network, state(w, 0.5)), "NetworkError", ("'focus'", "0 and 1")),
    "energy: no state": (lambda w: ab.energy(w.network, "dog"), "NetworkError", ("state", "network.silent()")),
    "fields: state of another network": (
        lambda w: ab.fields(w.network, w.other.silent()),
        "NetworkError",
        ("silent()",),
    ),
    "codes: unknown": (lambda w: w.network.codes("agnt"), "UnknownNameError", ("population 'agnt'", "'agent'?")),
    "codes: a number": (lambda w: w.network.codes(0), "UnknownNameError", ("population 0", "'focus', 'agent'")),
    **spread(
        "silent: trials", lambda w, v: w.network.silent(v), WRONG_COUNTS, "ArgumentError", "trials is", "whole number"
    ),
    "state: unknown population": (lambda w: w.network.silent()["agnt"], "UnknownNameError", ("'agnt'", "'agent'?")),
    **spread(
        "replace: synapses",
        lambda w, v: w.network.replace("focus", "agent", ab.Synapses(*v) if isinstance(v, tuple) else v),
        {
            "None": None,
            "an array": np.zeros((32, 24)),
            "the other way round": (np.zeros((24, 32)), np.zeros(32)),
            "no bias": (np.zeros((32, 24)), np.zeros(())),
            "words": (np.full((32, 24), "1"), np.zeros(24)),
            "complex": (np.full((32, 24), 1j), np.zeros(24)),
            "None for an array": (None, np.zeros(24)),
            "a list": ([[0.0] * 24] * 32, np.zeros(24)),
            "undefined": (np.full((32, 24), np.nan), np.zeros(24)),
            "infinite": (np.zeros((32, 24)), np.full(24, -np.inf)),
            "beyond float32": (np.full((32, 24), 1e300), np.zeros(24)),
            "sums beyond float32": (np.full((32, 24), 3e38), np.zeros(24)),
        },
        "NetworkError",
        "from 'focus' to 'agent', replace was given",
        "weights of shape (32, 24)|real numbers|scale them down",
    ),
    "state: replace the unknown": (
        lambda w: w.network.silent().replace("agnt", jnp.zeros((1, 24))),
        "UnknownNameError",
        ("'agnt'", "'agent'?"),
    ),
    **spread(
        "state: replace by",
        lambda w, v: w.network.silent().replace("focus", v),
        {
            "too few units": jnp.zeros((1, 8)),
            "no trials": jnp.zeros(32),
            "None": None,
            "a symbol": "dog",
            "a list": [1.0],
        },
        "NetworkError",
        "'focus'",
        "(1, 32)",
    ),
}


def main() -> None:
    world = prepare()
    forbid_computing()
    raised = {}
    for name, (call, _, _) in CALLS.items():
        try:
            call(world)
            raised[name] = [[], "nothing was raised"]
        except Exception as error:
            raised[name] = [[kind.__name__ for kind in type(error).__mro__], str(error)]
    print(json.dumps(raised))


def forbid_computing() -> None:
    """From here on, whoever draws codes or updates a network gets an error that is not the library's."""
    import attractorbind._build as building
    import attractorbind._engine.driver as running
    import attractorbind._imprint as imprinting
    import attractorbind._tick as ticking

    class ComputedError(Exception):
        pass

    def forbidden(*_, **__):
        raise ComputedError("something was computed before the input was checked")

    building.draw_codes = imprinting.draw_codes = imprinting.learn = forbidden
    running._drive = ticking._tick = forbidden


if __name__ == "__main__":
    main()
