"""Wrong calls by kinds: no number, no list of names, no name, too large, or made by hand; see wrong_calls.py."""
# Wrong on purpose.
# pyright: reportArgumentType=false, reportCallIssue=false

from types import SimpleNamespace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from bad_calls import build
from bad_values import spread
from wrong_calls import Calls, print_raised

import attractorbind as ab
from attractorbind import testing

NOT_NUMBERS = {
    "complex": 1j,
    "complex of NumPy": np.complex64(0.1),
    "complex of JAX": jnp.ones((), jnp.complex64),
    "a date": np.datetime64("2020-01-01"),
    "a span of time": np.timedelta64(1),
    "None": None,
    "bytes": b"1",
    "a bytearray": bytearray(b"1"),
    "a memoryview": memoryview(b"1"),
    "an array of one number": np.array([0.5]),
}


def not_arrays(*shape: int) -> dict[str, Any]:
    """What is no array of numbers, though of this shape."""
    return {
        "complex": np.zeros(shape, np.complex64),
        "dates": np.zeros(shape, "M8[D]"),
        "spans of time": np.zeros(shape, "m8[s]"),
        "None": np.full(shape, None),
        "strings": np.full(shape, "1"),
        "bytes": b"dog",
        "a bytearray": bytearray(b"dog"),
        "a memoryview": memoryview(b"dog"),
        "ragged": [[0, 1], [0]],
    }


BYTES = {"bytes": b"dog", "a bytearray": bytearray(b"dog"), "a memoryview": memoryview(b"dog")}
NO_LISTS = {**BYTES, "a set": {"focus"}, "a frozenset": frozenset(["focus"]), "a mapping": {"focus": 0.5}}
INVISIBLE = {
    "zero width": "\u200b",
    "a byte order mark": "\ufeff",
    "controls": "\x00\x1b",
    "a line break": "\n",
    "no-break space": "\u00a0",
    "fillers": "\u3164\u2800",
    "half a surrogate pair": "a\ud800",
}
LONG = "x" * 5000


class _Rule(ab.AbstractStorageRule):
    """A rule that returns what it is told to."""

    returned: Any = eqx.field(static=True)

    def learn(self, source: Any, target: Any, *, recurrent: bool) -> Any:
        return self.returned


def hierarchy(sizes: list[int]) -> ab.learning.Hierarchy:
    return ab.learning.Hierarchy("eyes", sizes=sizes, target="focus", rule=ab.learning.Backpropagation())


def by_hand(network: ab.Network, **changes: Any) -> ab.State:
    """A state of which parts are something else."""
    state = network.silent(2)
    for name, value in changes.items():
        object.__setattr__(state, name, value)
    return state


FOCUS, AGENT = jnp.zeros((2, 32)), jnp.zeros((2, 24))
STATES = {
    "ragged": {"activities": (FOCUS, AGENT[:1])},
    "no trial": {"activities": (FOCUS[:0], AGENT[:0])},
    "without trials": {"activities": (FOCUS[0], AGENT[0])},
    "one array": {"activities": (FOCUS,)},
    "lists": {"activities": (FOCUS.tolist(), AGENT.tolist())},
    "a list of arrays": {"activities": [FOCUS, AGENT]},
    "None": {"activities": None},
    "complex": {"activities": (FOCUS.astype(jnp.complex64), AGENT)},
    "strings": {"activities": (np.full((2, 32), "1"), AGENT)},
    "no origin": {"origin": None},
    "no names": {"names": None},
}
# Whatever runs from a state.
STARTS = {
    "run": lambda w, state: ab.run(w.network, ab.hold(), state),
    "tick": lambda w, state: ab.tick(w.network, state),
    "energy": lambda w, state: ab.energy(w.network, state),
}
STRATEGIES = ["vocabularies", "buffers", "relays", "kinds", "rules", "activities", "memories", "seeds"]
TOO_MANY = {"a million": 10**6, "2**30": 2**30}


def prepare() -> SimpleNamespace:
    """What the calls need that is itself right."""
    network = build()
    return SimpleNamespace(
        network=network,
        codes=network.codes("focus"),
        seeing=build(
            areas=[ab.learning.Hierarchy("eyes", sizes=[4], target="focus", rule=ab.learning.Backpropagation())]
        ),
        trace=ab.run(network, ab.hold(), record="decoded"),
    )


CALLS: Calls = {
    # What is no number
    **spread("noise", lambda w, v: ab.run(w.network, ab.hold(), noise=v), NOT_NUMBERS, "ArgumentError", "noise is"),
    **spread("opening", lambda w, v: ab.gates(open={"focus": v}), NOT_NUMBERS, "ArgumentError", "from 0 to 1"),
    **spread("ridge", lambda w, v: ab.PseudoInverse(ridge=v), NOT_NUMBERS, "ArgumentError", "ridge is"),
    **spread(
        "units", lambda w, v: build(buffers={"focus": v}), NOT_NUMBERS, "ArgumentError", "units of buffer 'focus'"
    ),
    **spread("trial", lambda w, v: w.trace.table(v), NOT_NUMBERS, "ArgumentError", "trial is"),
    **spread("tick", lambda w, v: w.trace.decode(tick=v), {"a span": np.timedelta64(1)}, "ArgumentError", "tick is"),
    **spread("probability", lambda w, v: ab.tasks.bandit(2, [v, 0.1]), NOT_NUMBERS, "ArgumentError", "probability 1"),
    # What is no array of numbers
    **spread("codes", lambda w, v: build(codes={"focus": v}), not_arrays(3, 32), "NetworkError", "zeros and ones"),
    **spread(
        "external field",
        lambda w, v: ab.tick(w.network, w.network.silent(2), external={"focus": v}),
        not_arrays(2, 32),
        "NetworkError",
        "external field of 'focus'",
        "(2, 32)",
    ),
    **spread(
        "stimuli",
        lambda w, v: ab.show(w.seeing, w.seeing.silent(2), {"eyes": v}),
        not_arrays(2, 4),
        "ArgumentError",
        "stimuli of 'eyes'",
    ),
    **spread(
        "replace",
        lambda w, v: w.network.silent(2).replace("focus", v),
        not_arrays(2, 32),
        "NetworkError",
        "population 'focus'",
        "(2, 32)",
    ),
    **spread("overlaps: states", lambda w, v: ab.overlaps(v, w.codes), not_arrays(2, 32), "ArgumentError", "activity"),
    **spread("overlaps: codes", lambda w, v: ab.overlaps(w.codes, v), not_arrays(2, 32), "ArgumentError", "codes"),
    **spread(
        "overlaps: width",
        lambda w, v: ab.overlaps(v, w.codes),
        {"other": np.zeros((2, 31)), "none": np.zeros((2, 0)), "no axis": np.zeros(()), "a list": [[1, 0]]},
        "ArgumentError",
        "of the same units",
    ),
    **spread(
        "tick: gates",
        lambda w, v: ab.tick(w.network, w.network.silent(2), v),
        {
            "strings": np.full((2, 4), "focus"),
            "objects": np.full((2, 4), None),
            "keys": jax.random.split(jax.random.key(0), (2, 4)),
            "a row of keys": jax.random.split(jax.random.key(0), 4),
            "a key": jax.random.key(0),
            "complex": np.zeros((2, 4), complex),
        },
        "NetworkError",
        "gates",
    ),
    # What is no list of names
    **spread("vocabulary", lambda w, v: ab.Vocabulary(v), NO_LISTS, "VocabularyError", "a list of names"),
    **spread("store", lambda w, v: ab.store("m", v), NO_LISTS, "ProgramError", "buffers is", "a list of buffer names"),
    **spread("imprint", lambda w, v: ab.imprint(w.network, v), NO_LISTS, "VocabularyError", "names is", "a list"),
    **spread(
        "relays", lambda w, v: build(relays=v), NO_LISTS, "NetworkError", "relay", "list of pairs|(source, target)"
    ),
    **spread(
        "relay", lambda w, v: build(relays=[v]), {**NO_LISTS, "a set": {"focus", "agent"}}, "NetworkError", "pair"
    ),
    **spread("areas", lambda w, v: build(areas=v), {**BYTES, "a set": set()}, "NetworkError", "list of areas"),
    **spread(
        "reads",
        lambda w, v: ab.gating.BasalGanglia("b", reads=v, gates=["a"]),
        NO_LISTS,
        "NetworkError",
        "reads of 'b'",
        "list of buffers",
    ),
    **spread(
        "channels",
        lambda w, v: ab.gating.BasalGanglia("b", reads=["focus"], gates=v),
        NO_LISTS,
        "NetworkError",
        "gates of 'b'",
        "names of channels",
    ),
    **spread("closed", lambda w, v: ab.gates(closed=v), BYTES, "ProgramError", "closed=", "list of gate names"),
    **spread("gating: closed", lambda w, v: w.network.gating((), v), BYTES, "NetworkError", "closed=", "gate names"),
    "closed: conductances": (lambda w: ab.gates(closed={"f": 0.5}), "ProgramError", ["closed={'f': 0.5}", "open="]),
    "gating: closed: conductances": (
        lambda w: w.network.gating(closed={"focus": 0.5}),
        "NetworkError",
        ["closed={'focus': 0.5}", "open="],
    ),
    **spread(
        "args",
        lambda w, v: ab.run(w.network, ab.load("focus", ab.arg("w")), args={"w": v}),
        {**BYTES, "a set": {"dog"}, "a mapping": {"dog": 1}},
        "ArgumentError",
        "argument 'w' is",
        "list of names",
    ),
    **spread(
        "inputs",
        lambda w, v: ab.run(w.network, ab.read("focus"), inputs=v),
        {**BYTES, "a set": {"dog"}, "lists of bytes": [b"dog"]},
        "ArgumentError",
        "inputs",
        "list of names",
    ),
    "relays: a hub without a name": (lambda w: build(relays="hub"), "NetworkError", ["relays='hub'", "hub:NAME"]),
    # Names
    **spread("symbol", lambda w, v: ab.Vocabulary([v]), INVISIBLE, "VocabularyError", "symbol 0", "visible"),
    **spread(
        "spare", lambda w, v: ab.Vocabulary(["a"], [v]), INVISIBLE, "VocabularyError", "spare symbol 0", "visible"
    ),
    **spread("buffer", lambda w, v: build(buffers={v: 32}), INVISIBLE, "NetworkError", "buffer name", "non-empty"),
    **spread("area", lambda w, v: ab.SnapshotMemory(v), INVISIBLE, "NetworkError", "area name", "non-empty"),
    **spread("argument", lambda w, v: ab.arg(v), INVISIBLE, "ProgramError", "argument's name", "non-empty"),
    **spread("arms", lambda w, v: ab.tasks.bandit([v, "b"]), INVISIBLE, "ArgumentError", "arms has", "visible"),
    "symbols that look the same": (
        lambda w: ab.Vocabulary(["caf\u00e9", "cafe\u0301"]),
        "VocabularyError",
        [r"'caf\xe9' and 'cafe\u0301'", "NFC"],
    ),
    "a spare symbol that looks as another": (
        lambda w: ab.Vocabulary(["\u00e5"], ["a\u030a"]),
        "VocabularyError",
        ["look the same", "NFC"],
    ),
    "buffers that look the same": (
        lambda w: build(buffers={"\u00e9": 32, "e\u0301": 32}),
        "NetworkError",
        ["look the same", "another name"],
    ),
    # What is too large
    **spread("size", lambda w, v: build(buffers={"focus": v}), TOO_MANY, "NetworkError", "of memory", "fewer units"),
    **spread("free", lambda w, v: build(free=v), {"2**30": 2**30}, "NetworkError", "of memory", "fewer symbols"),
    **spread(
        "trials", lambda w, v: w.network.silent(v), {"2**30": 2**30}, "ArgumentError", "of memory", "fewer trials"
    ),
    "too many spare symbols": (lambda w: ab.Vocabulary(["a"], 2**30), "ArgumentError", ["of memory", "fewer"]),
    "too large a memory": (lambda w: ab.SnapshotMemory("m", capacity=2**30), "NetworkError", ["of memory", "capacity"]),
    "too large a hierarchy": (
        lambda w: build(areas=[hierarchy([10**6] * 2)]),
        "NetworkError",
        ["area 'eyes'", "of memory", "fewer units"],
    ),
    **spread(
        "trials that had ticks before",
        lambda w, v: ab.run(w.network, ab.hold(), after=v),
        {"a range": range(10**9), "an array": np.broadcast_to(np.int32(1), 10**9)},
        "ArgumentError",
        "the state of 1,000,000,000 trials",
        "of memory",
    ),
    "too many trials of arguments": (
        lambda w: ab.run(w.network, ab.load("focus", ab.arg("x")), args={"x": np.broadcast_to("dog", 10**9)}),
        "ArgumentError",
        ["the state of 1,000,000,000 trials", "of memory"],
    ),
    "too many stimuli": (
        lambda w: ab.show(w.seeing, w.seeing.silent(), {"eyes": np.broadcast_to(np.float32(1), (10**9, 4))}),
        "ArgumentError",
        ["the state of 1,000,000,000 trials", "of memory"],
    ),
    "too many symbols to read": (
        lambda w: ab.run(w.network, ab.read("focus"), inputs=np.broadcast_to("dog", 10**9)),
        "ArgumentError",
        ["a list of 1,000,000,000 entries", "of memory"],
    ),
    "too much to record": (
        lambda w: ab.run(w.network, ab.hold(10**6), w.network.silent(10**3), record="states"),
        "ArgumentError",
        ["1,000 trials at 1,000,000 ticks", "of memory", "record="],
    ),
    "too long a program": (lambda w: ab.hold() * 2**30, "ProgramError", ["1073741824 times", "repeat(1073741824"]),
    # States made by hand
    **{
        f"{name}: a state: {kind}": (
            lambda w, start=start, own=own: start(w, by_hand(w.network, **own)),
            "NetworkError",
            ["state", "network.silent"],
        )
        for name, start in STARTS.items()
        for kind, own in STATES.items()
    },
    # Rules that return something else
    **spread(
        "a rule",
        lambda w, v: build(rule=_Rule(v)),
        {"None": None, "a number": 3, "an array": "W", "a pair": (1, 2)},
        "NetworkError",
        "_Rule returned",
        "it must return Synapses",
    ),
    **spread(
        "a rule: synapses",
        lambda w, v: build(rule=_Rule(ab.Synapses(v, v))),
        {"None": None, "a number": 3, "a string": "W", "a list": [[1.0]], "complex": 1j},
        "NetworkError",
        "_Rule returned",
    ),
    # Reference, checks and strategies
    **spread(
        "reference: args",
        lambda w, v: testing.reference(w.network, ab.load("focus", ab.arg("w")), args=v),
        {"unknown": {"w": "dgo"}, "another": {"w": "dog", "v": "dog"}, "none": {}, "a list": {"w": ["dog"]}, "3": 3},
        "AttractorBindError",
        "argument|args|'dgo'",
    ),
    **spread(
        "reference: inputs",
        lambda w, v: testing.reference(w.network, ab.read("focus"), inputs=v),
        {"unknown": ["dgo"], "lists": [["dog"]], "a string": "dog", **BYTES, "a number": 3, "None": None},
        "AttractorBindError",
        "inputs|unknown symbol",
    ),
    "check_capacity: corruption": (
        lambda w: testing.check_capacity(build(activity=0.6), corruption=1.0),
        "ArgumentError",
        ["corruption is 1", "0.68 at the most"],
    ),
    **spread(
        "strategies",
        lambda w, v: testing.networks(**{v: 3}),
        {name: name for name in STRATEGIES},
        "ArgumentError",
        "Hypothesis strategy",
    ),
    "vocabularies: sizes": (lambda w: testing.vocabularies(sizes=3), "ArgumentError", ["sizes is 3", "st.just(3)"]),
    "states: trials": (lambda w: testing.states(w.network, trials=3), "ArgumentError", ["trials is 3", "st.just(3)"]),
    "gatings: conductances": (
        lambda w: testing.gatings(w.network, conductances=0.5),
        "ArgumentError",
        ["conductances is 0.5", "st.just(0.5)"],
    ),
    # How it is called
    "production: in order": (
        lambda w: ab.production("name", ab.empty("focus"), ab.hold()),
        "ProgramError",
        ["'name'", "when="],
    ),
    "production: nothing": (lambda w: ab.production(), "ProgramError", ["None is not a condition", "empty()"]),
    **spread(
        "swap: via", lambda w, v: ab.swap("a", "b", via=v), {"a list": ["c"], "a number": 3}, "ProgramError", "via is"
    ),
    **spread(
        "strict", lambda w, v: build(strict=v), {"an array": np.ones(2), "a word": "no"}, "ArgumentError", "strict is"
    ),
    **spread(
        "throw",
        lambda w, v: ab.run(w.network, ab.hold(), throw=v),
        {"an array": np.ones(2), "a word": "no"},
        "ArgumentError",
        "throw is",
    ),
    # Pure functions, which know types and shapes even while JAX traces
    **spread(
        "simulate: network",
        lambda w, v: ab.simulate(v, ab.hold().compile(w.network), w.network.silent()),
        {"None": None, "a name": "network"},
        "NetworkError",
        "network is",
    ),
    **spread(
        "simulate: state",
        lambda w, v: ab.simulate(w.network, ab.hold().compile(w.network), v),
        {"None": None, "an array": np.zeros((1, 32))},
        "NetworkError",
        "state is",
    ),
    **spread(
        "simulate: symbols",
        lambda w, v: ab.simulate(w.network, ab.load("focus", "dog").compile(w.network), w.network.silent(2), symbols=v),
        {"names": [["dog", "cat"]], "of other trials": np.zeros((1, 3), int), "fractions": np.zeros((1, 2))},
        "ArgumentError",
        "symbols is",
    ),
    **spread(
        "simulate: keys",
        lambda w, v: ab.simulate(w.network, ab.hold().compile(w.network), w.network.silent(2), keys=v),
        {"one": jax.random.key(0), "numbers": np.zeros(2), "a number": 3},
        "ArgumentError",
        "keys",
    ),
    **spread(
        "step: gates",
        lambda w, v: ab.step(w.network, w.network.silent(2), v),
        {"names": ["focus"], "too few": np.zeros(3), "of other trials": np.zeros((3, 4)), "strings": np.full(4, "1")},
        "NetworkError",
        "gates is",
    ),
    # Texts
    **spread(
        "a long name", lambda w, v: ab.Vocabulary(["a", v, v]), {"x": LONG}, "VocabularyError", "give each name once"
    ),
    **spread("a long value", lambda w, v: ab.gates(open={"f": v}), {"x": LONG}, "ArgumentError", "from 0 to 1"),
    "a long buffer": (lambda w: ab.run(w.network, ab.clear(LONG)), "UnknownNameError", ["unknown buffer 'xxx"]),
    "many long names": (
        lambda w: build(vocabulary=ab.Vocabulary([f"{number} {LONG}" for number in range(3)]), activity=0.2).vocabulary[
            "a"
        ],
        "UnknownNameError",
        ["unknown symbol 'a'"],
    ),
    "traced": (
        lambda w: jax.jit(lambda noise: ab.run(w.network, ab.hold(), noise=noise).ticks)(0.1),
        "AttractorBindError",
        ["noise is traced|is traced", "attractorbind.step"],
    ),
}
if __name__ == "__main__":
    print_raised(CALLS, prepare())
