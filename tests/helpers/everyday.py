"""A main program of everyday use, which prints what came out, and a hash of every state, for each of its parts.

It is run as a program of its own, as users run the library, once for every setting of JAX that users have.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import jax
import numpy as np

import attractorbind as ab

README = Path(__file__).parents[2] / "README.md"


def hash_of(tree: Any) -> str:
    """Of all numbers in it, whatever width JAX gives to those that are not part of a state."""
    digest = hashlib.blake2b(digest_size=8)
    for leaf in jax.tree.leaves(tree):
        digest.update(np.asarray(leaf).tobytes())
    return digest.hexdigest()


def states(state: ab.State) -> str:
    assert all(activity.dtype == np.float32 for activity in state.activities)
    return hash_of((state.activities, state.areas))


def readme() -> dict[str, Any]:
    """The README's first lines of Python, with smaller buffers."""
    (code,) = re.findall(r"^```python\n(.*?)^```", README.read_text(), re.DOTALL | re.MULTILINE)[:1]
    assert "noise=0.02" in code
    names: dict[str, Any] = {"print": lambda *_: None}
    exec(compile(code.replace("512", "96"), README.name, "exec"), names)
    network, trace = names["network"], names["trace"]
    weights = [(one.weights, one.bias) for one in network.synapses]
    return {
        "codes": hash_of(network.all_codes),
        "weights": hash_of(weights),
        "decoded": trace.decode(),
        "states": states(trace.state),
    }


def small() -> ab.Network:
    memory = ab.SnapshotMemory("episodes", ["agent", "patient"], units=256, capacity=6)
    return ab.build(
        ab.Vocabulary(["dog", "cat", "chased"]),
        buffers={"focus": 64, "agent": 64, "patient": 48},
        relays="hub:focus",
        relay="nucleus",
        areas=[memory],
        activity=0.125,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


def branching(network: ab.Network) -> dict[str, Any]:
    told = ab.read("focus") + ab.copy("focus", "agent") + ab.read("focus")
    asked = ab.equal("focus", "agent") | ab.holds("focus", ab.arg("x"))
    told += ab.until(ab.empty("focus"), ab.when(asked, ab.emit("focus")) + ab.read("focus"), limit=20)
    options = {"args": {"x": ["cat", "dog", "dog"]}, "inputs": [["dog", "cat", "dog"], ["cat", "dog"], ["cat"] * 3]}
    trace = ab.run(network, told, **options, noise=0.01, key=jax.random.key(2), record="states", throw=False)
    outcome = ab.simulate(network, ab.repeat(2, ab.copy("focus", "agent")).compile(network), trace.state)
    return {
        "outputs": trace.outputs,
        "ticks": trace.ticks.tolist(),
        "results": trace.result.tolist(),
        "recorded": hash_of(trace.states),
        "states": states(trace.state),
        "simulated": states(outcome.state),
    }


def memory(network: ab.Network) -> dict[str, Any]:
    told = ab.Program()
    for agent, patient in (("dog", "cat"), ("cat", "dog"), ("dog", "dog")):
        told += ab.load("agent", agent) + ab.load("patient", patient) + ab.store("episodes", ["agent", "patient"])
    told += ab.load("agent", ab.arg("who")) + ab.recall("episodes", cue=["agent"])
    told += ab.copy("patient", "focus") + ab.recall("episodes", cue=["agent"], older=True)
    trace = ab.run(network, told, args={"who": ["dog", "cat", "chased"]}, record="decoded")
    return {
        "decoded": trace.decode(),
        "snapshots": trace.snapshots("episodes"),
        "states": states(trace.state),
        "symbols": hash_of([best.astype(np.int32) for best in trace.best_symbol.values()]),
        "overlaps": hash_of([most.astype(np.float32) for most in trace.best_overlap.values()]),
    }


def ensembles() -> dict[str, Any]:
    network = ab.build(
        ab.Vocabulary(["dog", "cat"], spare=2),
        buffers={"focus": 64, "agent": 48},
        areas=[ab.Ensembles("ensembles")],
        activity=0.125,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )
    told = ab.present("focus", ab.arg("x")) + ab.imprint_now("focus") + ab.copy("focus", "agent")
    told += ab.when(ab.holds("agent", "new1"), ab.emit("agent"))
    trace = ab.run(network, told, args={"x": ["new1", "dog", "new0"]}, record="decoded")
    return {"decoded": trace.decode(), "outputs": trace.outputs, "states": states(trace.state)}


def by_hand(network: ab.Network) -> dict[str, Any]:
    state = ab.run(network, ab.load("focus", "dog"), network.silent(3)).state
    external = {"focus": np.ones((3, 64)), "agent": np.arange(3 * 64).reshape(3, 64) % 3 - 1}
    options = {"external": external, "noise": 0.05, "leak": 0.125, "key": jax.random.key(5)}
    after = ab.tick(network, state, {"focus->agent": 0.5}, **options)
    gates = np.stack([network.gating(open=["agent->focus"], closed=["focus"])] * 3)
    return {"tick": states(after), "step": states(ab.step(network, after, gates, key=jax.random.key(1), noise=0.1))}


def main() -> None:
    network = small()
    parts = {
        "README": readme(),
        "branching": branching(network),
        "memory": memory(network),
        "ensembles": ensembles(),
        "by hand": by_hand(network),
    }
    print(json.dumps(parts))


if __name__ == "__main__":
    main()
