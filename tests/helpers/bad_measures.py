"""Wrong calls of the measures of crosstalk, of lesions and of synapses of one's own; see `bad_calls`."""
# Wrong on purpose.
# pyright: reportArgumentType=false

import jax
import jax.numpy as jnp
import numpy as np
from bad_values import WRONG_COUNTS, WRONG_KEYS, WRONG_RATES, spread

import attractorbind as ab
from attractorbind import plotting

KEY = jax.random.key(0)
# A list of levels is right there.
WRONG_LEVELS = {kind: value for kind, value in WRONG_RATES.items() if kind != "a list"} | {
    "a list of lists": [[0.1]],
    "a list with one beyond": [0.1, 1.1],
    "a list of strings": ["0.1"],
    "nothing in it": [],
}
WRONG_MAPPINGS = {"a list": ["focus"], "a string": "focus", "a number": 1}

MEASURES: dict[str, tuple] = {
    # Stuck gates
    **spread(
        "run: stuck",
        lambda w, v: ab.run(w.network, ab.hold(), stuck=v),
        WRONG_MAPPINGS,
        "ArgumentError",
        "stuck is",
        "mapping",
    ),
    **spread(
        "run: stuck at",
        lambda w, v: ab.run(w.network, ab.hold(), stuck={"focus": v}),
        {kind: value for kind, value in WRONG_RATES.items() if kind != "a bool"},
        "ArgumentError",
        "stuck gate 'focus' is",
        "from 0 to 1",
    ),
    "run: stuck, unknown": (
        lambda w: ab.run(w.network, ab.hold(), stuck={"focs": 1}),
        "UnknownNameError",
        ("gate 'focs'", "'focus'?"),
    ),
    "run: stuck, branching": (
        lambda w: ab.run(w.network, ab.repeat(2, ab.hold()), stuck={"focs": 1}),
        "UnknownNameError",
        ("gate 'focs'", "'focus'?"),
    ),
    # Lesions
    **spread(
        "lesion: synapses",
        lambda w, v: ab.lesion(w.network, synapses=v, key=KEY),
        WRONG_RATES,
        "ArgumentError",
        "synapses is",
    ),
    **spread(
        "lesion: units", lambda w, v: ab.lesion(w.network, units=v, key=KEY), WRONG_RATES, "ArgumentError", "units is"
    ),
    **spread(
        "lesion: key", lambda w, v: ab.lesion(w.network, key=v), WRONG_KEYS, "ArgumentError", "key", "jax.random.key"
    ),
    "lesion: several keys": (
        lambda w: ab.lesion(w.network, key=jax.random.split(KEY)),
        "ArgumentError",
        ("(2,)", "give one key"),
    ),
    "lesion: no network": (lambda w: ab.lesion("net", key=KEY), "NetworkError", ("network is a str", "build")),
    # Synapses of one's own
    **spread(
        "replace: synapses",
        lambda w, v: w.network.replace("focus", "agent", v),
        {
            "None": None,
            "weights alone": np.zeros((32, 24)),
            "the other way round": ab.Synapses(jnp.zeros((24, 32)), jnp.zeros(32)),
        },
        "NetworkError",
        "from 'focus' to 'agent'",
        "(32, 24)",
    ),
    "replace: biases of the source": (
        lambda w: w.network.replace("focus", "agent", ab.Synapses(np.zeros((32, 24)), np.zeros(32))),
        "NetworkError",
        ("from 'focus' to 'agent'", "biases of shape (24,)"),
    ),
    "replace: not numbers": (
        lambda w: w.network.replace("focus", "agent", ab.Synapses(np.full((32, 24), "a"), np.zeros(24))),
        "NetworkError",
        ("from 'focus' to 'agent'", "numbers"),
    ),
    "replace: unknown": (
        lambda w: w.network.replace("focus", "agnt", None),
        "UnknownNameError",
        ("population 'agnt'", "'agent'?"),
    ),
    "synapses: not joined": (
        lambda w: w.one_way.synapses_between("agent", "focus"),
        "NetworkError",
        ("no projection leads from 'agent' to 'focus'", "'focus' to 'agent'"),
    ),
    # Crosstalk
    **spread(
        "crosstalk: trace",
        lambda w, v: ab.crosstalk(v),
        {"None": None, "a network": ab, "a string": "trace"},
        "ArgumentError",
        "trace is",
        "run",
    ),
    **spread(
        "crosstalk: expected",
        lambda w, v: ab.crosstalk(w.trace, v),
        WRONG_MAPPINGS,
        "ArgumentError",
        "expected is",
        "mapping",
    ),
    **spread(
        "crosstalk: expected of a buffer",
        lambda w, v: ab.crosstalk(w.trace, {"focus": v}),
        {"too few": ["dog"], "too many": ["dog"] * 3, "a number": 3},
        "ArgumentError",
        "buffer 'focus'",
        "2 trials",
    ),
    "crosstalk: unknown buffer": (
        lambda w: ab.crosstalk(w.trace, {"focs": "dog"}),
        "UnknownNameError",
        ("buffer 'focs'", "'focus'?"),
    ),
    "crosstalk: unknown symbol": (
        lambda w: ab.crosstalk(w.trace, {"focus": "dgo"}),
        "UnknownNameError",
        ("symbol 'dgo'", "'dog'?"),
    ),
    "crosstalk: no single ticks": (lambda w: ab.crosstalk(w.trace, tick=0), "ArgumentError", ("record=",)),
    "crosstalk: tick beyond": (lambda w: ab.crosstalk(w.states, tick=99), "ArgumentError", ("tick is 99", "0 to 2")),
    # Isolation and chains
    **{
        row: told
        for name in ("leak", "noise", "flips", "synapses", "units")
        for row, told in spread(
            f"isolation: {name}",
            lambda w, v, name=name: ab.isolation(w.network, **{name: v}, key=KEY),
            WRONG_LEVELS,
            "ArgumentError",
            f"{name} is",
        ).items()
    },
    **{
        row: told
        for name in ("leak", "noise", "flips", "synapses", "units")
        for row, told in spread(
            f"chains: {name}",
            lambda w, v, name=name: ab.chains(w.network, 2, **{name: v}, key=KEY),
            WRONG_RATES,
            "ArgumentError",
            f"{name} is",
        ).items()
    },
    **{
        f"{kind} without a key": (lambda w, call=call: call(w), "ArgumentError", ("but no key is given", "key="))
        for kind, call in {
            "isolation: noise": lambda w: ab.isolation(w.network, noise=[0.0, 0.1]),
            "isolation: flips": lambda w: ab.isolation(w.network, flips=0.1),
            "isolation: units": lambda w: ab.isolation(w.network, units=0.1),
            "chains: noise": lambda w: ab.chains(w.network, 2, noise=0.1),
            "chains: synapses": lambda w: ab.chains(w.network, 2, synapses=0.1),
            "stuck gates: noise": lambda w: ab.stuck_gates(w.network, noise=0.1),
        }.items()
    },
    "isolation: two lists": (
        lambda w: ab.isolation(w.network, leak=[0.1], noise=[0.1], key=KEY),
        "ArgumentError",
        ("leak and noise are both lists", "one of them"),
    ),
    **spread(
        "isolation: ticks", lambda w, v: ab.isolation(w.network, ticks=v), WRONG_COUNTS, "ArgumentError", "ticks is"
    ),
    **spread(
        "isolation: trials", lambda w, v: ab.isolation(w.network, trials=v), WRONG_COUNTS, "ArgumentError", "trials is"
    ),
    **spread(
        "isolation: stuck",
        lambda w, v: ab.isolation(w.network, stuck=v),
        WRONG_MAPPINGS,
        "ArgumentError",
        "stuck is",
        "mapping",
    ),
    **spread(
        "isolation: key",
        lambda w, v: ab.isolation(w.network, noise=0.1, key=v),
        WRONG_KEYS,
        "ArgumentError",
        "key",
        "jax.random.key",
    ),
    "isolation: stuck, unknown": (
        lambda w: ab.isolation(w.network, stuck={"focs": 1}),
        "UnknownNameError",
        ("gate 'focs'", "'focus'?"),
    ),
    "isolation: no network": (lambda w: ab.isolation(None), "NetworkError", ("network is a NoneType",)),
    **spread("chains: copies", lambda w, v: ab.chains(w.network, v), WRONG_COUNTS, "ArgumentError", "copies is"),
    **spread(
        "chains: trials", lambda w, v: ab.chains(w.network, 1, trials=v), WRONG_COUNTS, "ArgumentError", "trials is"
    ),
    "chains: no relays": (lambda w: ab.chains(w.unlinked, 1), "NetworkError", ("no chain of relays", "add relays")),
    "chains: no way back": (lambda w: ab.chains(w.one_way, 2), "NetworkError", ("and back", "add relays")),
    "chains: stuck, unknown": (
        lambda w: ab.chains(w.network, 1, stuck={"focs": 1}),
        "UnknownNameError",
        ("gate 'focs'", "'focus'?"),
    ),
    "chains: no network": (lambda w: ab.chains(None, 1), "NetworkError", ("network is a NoneType",)),
    "stuck gates: unknown": (
        lambda w: ab.stuck_gates(w.network, gates=["focs"]),
        "UnknownNameError",
        ("gate 'focs'", "'focus'?"),
    ),
    "stuck gates: one name": (
        lambda w: ab.stuck_gates(w.network, gates="focus"),
        "NetworkError",
        ("'focus'", "['focus']"),
    ),
    "stuck gates: none": (lambda w: ab.stuck_gates(w.network, gates=[]), "NetworkError", ("gates is empty",)),
    "stuck gates: no network": (lambda w: ab.stuck_gates(None), "NetworkError", ("network is a NoneType",)),
    # Energies
    **spread(
        "descend: sweeps",
        lambda w, v: ab.descend(w.network, w.network.silent(), sweeps=v, key=KEY),
        WRONG_COUNTS,
        "ArgumentError",
        "sweeps is",
    ),
    **spread(
        "descend: key",
        lambda w, v: ab.descend(w.network, w.network.silent(), key=v),
        WRONG_KEYS,
        "ArgumentError",
        "key",
        "jax.random.key",
    ),
    "descend: gate": (
        lambda w: ab.descend(w.network, w.network.silent(), ["focs"], key=KEY),
        "UnknownNameError",
        ("gate 'focs'", "'focus'?"),
    ),
    "descend: no state": (lambda w: ab.descend(w.network, 3, key=KEY), "NetworkError", ("state is 3",)),
    "descend: no network": (
        lambda w: ab.descend(None, w.network.silent(), key=KEY),
        "NetworkError",
        ("network is a NoneType",),
    ),
    **{
        f"landscape: {name}": (
            lambda w, value=value: ab.landscape(
                **{"network": w.network, "buffer": "focus", "first": "dog", "second": "cat", "key": KEY, **value}
            ),
            error,
            told,
        )
        for name, value, error, told in (
            ("buffer", {"buffer": "focs"}, "UnknownNameError", ("buffer 'focs'", "'focus'?")),
            ("symbol", {"second": "cta"}, "UnknownNameError", ("symbol 'cta'", "'cat'?")),
            ("same symbol", {"second": "dog"}, "ArgumentError", ("both 'dog'", "two symbols")),
            ("no symbol", {"first": 3}, "UnknownNameError", ("symbol 3",)),
            ("network", {"network": 3}, "NetworkError", ("network is a int",)),
            ("paths", {"paths": 0}, "ArgumentError", ("paths is 0",)),
            ("ticks", {"ticks": 1.5}, "ArgumentError", ("ticks is 1.5",)),
            ("key", {"key": 0}, "ArgumentError", ("key is 0", "jax.random.key")),
        )
    },
    # Pictures
    "plot_trace": (lambda w: plotting.plot_trace("dog"), "ArgumentError", ("trace is a str", "run()")),
    "plot_trace: not recorded": (lambda w: plotting.plot_trace(w.trace), "ArgumentError", ("recorded", "record=")),
    "animate_trace": (lambda w: plotting.animate_trace("dog"), "ArgumentError", ("trace is a str", "run()")),
    "animate_trace: seconds": (
        lambda w: plotting.animate_trace(w.states, seconds="1"),
        "ArgumentError",
        ("seconds is '1'",),
    ),
    "plot_network": (lambda w: plotting.plot_network("dog"), "NetworkError", ("network is a str",)),
    "plot_network: held": (
        lambda w: plotting.plot_network(w.network, held=["focus"]),
        "ArgumentError",
        ("held is ['focus']", "mapping"),
    ),
    "plot_network: of all trials": (
        lambda w: plotting.plot_network(w.network, held=w.trace.decode()),
        "ArgumentError",
        ("held['focus'] is ['dog', 'cat']", "decode()['focus'][0]"),
    ),
    "plot_network: no symbol": (
        lambda w: plotting.plot_network(w.network, held={"focus": "dgo"}),
        "UnknownNameError",
        ("symbol 'dgo'", "'dog'?"),
    ),
    "plot_capacity: nothing": (lambda w: plotting.plot_capacity({}), "ArgumentError", ("curves is {}",)),
    "plot_capacity: all shares": (
        lambda w: plotting.plot_capacity({"a": ([0.1, 0.2], ab.Proportion(np.array([1, 2]), 2))}),
        "ArgumentError",
        ("one Proportion", "for each load"),
    ),
    "plot_capacity: a list of limits": (
        lambda w: plotting.plot_capacity({"a": ([0.1], [ab.Proportion(np.array(1), 2)])}, limits=[0.1]),
        "ArgumentError",
        ("limits is [0.1]", "mapping"),
    ),
    "plot_program": (lambda w: plotting.plot_program("dog"), "ProgramError", ("program is a str", "load(")),
    "plot_energy": (
        lambda w: plotting.plot_energy(w.network),
        "ArgumentError",
        ("measure is a Network", "landscape()"),
    ),
    "plot_crosstalk": (lambda w: plotting.plot_crosstalk(1), "ArgumentError", ("measure is a int", "isolation()")),
    "plot_capacity: curves": (lambda w: plotting.plot_capacity([1]), "ArgumentError", ("curves is [1]", "mapping")),
    "plot_capacity: a curve": (
        lambda w: plotting.plot_capacity({"a": [1]}),
        "ArgumentError",
        ("the curve 'a' is [1]", "(loads, shares)"),
    ),
    "plot_capacity: shares": (
        lambda w: plotting.plot_capacity({"a": ([0.1], [0.9])}),
        "ArgumentError",
        ("the curve 'a'", "0.9", "Proportion"),
    ),
    "plot_capacity: loads": (
        lambda w: plotting.plot_capacity({"a": (["x"], [ab.Proportion(np.array(1), 2)])}),
        "ArgumentError",
        ("the load 'x'",),
    ),
    "plot_capacity: limits": (
        lambda w: plotting.plot_capacity({"a": ([0.1], [ab.Proportion(np.array(1), 2)])}, limits={"a": "b"}),
        "ArgumentError",
        ("the limit 'a' is 'b'",),
    ),
    "plot_program: axes": (
        lambda w: plotting.plot_program(ab.hold(), axes=3),
        "ArgumentError",
        ("axes is 3", "matplotlib"),
    ),
    "plot_choices: trace": (
        lambda w: plotting.plot_choices(w.network, "store"),
        "ArgumentError",
        ("trace is a Network", "run()"),
    ),
    "plot_choices: not recorded": (
        lambda w: plotting.plot_choices(w.trace, "store"),
        "ArgumentError",
        ("not recorded", "decoded"),
    ),
    "plot_choices: area": (
        lambda w: plotting.plot_choices(w.decoded, "store"),
        "UnknownNameError",
        ("basal ganglia 'store'",),
    ),
    # Rules
    "rules: network": (
        lambda w: ab.gating.rules("net", w.choosing.silent(), "store"),
        "NetworkError",
        ("network is a str", "build"),
    ),
    "rules: state of another network": (
        lambda w: ab.gating.rules(w.choosing, w.network.silent(), "store"),
        "NetworkError",
        ("state",),
    ),
    "rules: area": (lambda w: _rules(w, "stor"), "UnknownNameError", ("area 'stor'", "'store'?")),
    "rules: no basal ganglia": (
        lambda w: ab.gating.rules(w.remembering, w.remembering.silent(), "m"),
        "ArgumentError",
        ("'m' is no basal ganglia",),
    ),
    **spread(
        "rules: trial",
        lambda w, v: _rules(w, "store", v),
        {"too far": 1, "too far back": -1, "a string": "0", "None": None, "a bool": True},
        "ArgumentError",
        "trial is",
        "from 0 to 0",
    ),
    **spread(
        "rules: threshold", lambda w, v: _rules(w, "store", threshold=v), WRONG_RATES, "ArgumentError", "threshold is"
    ),
    "rules: compete": (lambda w: _rules(w, "store", compete=1), "ArgumentError", ("compete is 1",)),
    "rules: symbols": (
        lambda w: _rules(w, "store", symbols=["dog"]),
        "ArgumentError",
        ("symbols is ['dog']", "mapping"),
    ),
    "rules: symbols of a buffer that is not read": (
        lambda w: _rules(w, "store", symbols={"press": ["dog"]}),
        "UnknownNameError",
        ("buffer 'press'", "'word'"),
    ),
    "rules: one symbol": (
        lambda w: _rules(w, "store", symbols={"word": "dog"}),
        "ArgumentError",
        ("symbols of 'word'",),
    ),
    "rules: no symbol": (
        lambda w: _rules(w, "store", symbols={"word": ["dgo"]}),
        "UnknownNameError",
        ("symbol 'dgo'", "'dog'?"),
    ),
    "rules: no channel": (
        lambda w: _rules(w, "store").opens("word->frst"),
        "UnknownNameError",
        ("channel 'word->frst'", "'word->first'?"),
    ),
}


def _rules(w, area, trial=0, **arguments):
    return ab.gating.rules(w.choosing, w.choosing.silent(), area, trial, **arguments)
