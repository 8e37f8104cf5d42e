"""One gated copy of a symbol from a memory to another: here, in nengo-spa, in torchhd, and in a plain NumPy loop.

The vocabulary is the same size everywhere. What a copy is differs, and so does what it buys:

- here and in the NumPy loop, binary populations with a latch each; the source holds a symbol, the relay opens for as
  long as `copy` says, and the target must have every unit right at the end. NumPy runs the same weights and gates;
- in nengo-spa, two recurrent memories of spiking neurons, simulated in steps of 1 ms for 0.5 s; basal ganglia and
  thalamus route source to target while a scalar is high, and the symbol most similar to what the target's neurons hold
  at the end must be the right one, and similar at all. Trials run one after the other, as a simulator is one model;
- in torchhd, a lookup: the most similar vector of the vocabulary to a corrupted one. Nothing moves or is held.

Seconds to build include learning the weights and compiling. Runs are repeated, in turns, and medians are told. Needs
the extra `bench`.

    python benchmarks/peers.py --symbols 50 512
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import nengo  # pyright: ignore[reportMissingImports]
import nengo_spa as spa  # pyright: ignore[reportMissingImports]
import numpy as np
import torch  # pyright: ignore[reportMissingImports]
import torchhd  # pyright: ignore[reportMissingImports]
from recording import record
from tqdm import tqdm

import attractorbind as ab

# Units or dimensions of a memory, by size of vocabulary: nengo-spa's own advice for so many symbols.
DIMENSIONS = {50: 128, 512: 512}
UNITS = 512
# Below this similarity to every symbol, nengo-spa's target is taken to hold nothing.
SIMILAR = 0.3
# A run takes a batch of trials and says how many of its copies are right.
Run = Callable[[int], int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=int, nargs="+", choices=list(DIMENSIONS), default=list(DIMENSIONS))
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 256])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--spiking", type=int, default=16, help="nengo-spa runs at most so many trials of a batch")
    options = parser.parse_args()
    rows = [row for symbols in options.symbols for row in compared(symbols, options)]
    record("peers", rows)


def compared(symbols: int, options: argparse.Namespace) -> list[dict[str, Any]]:
    makers = {"attractorbind": ours, "NumPy loop": in_numpy, "torchhd": in_torchhd, "nengo-spa": in_nengo}
    rows = []
    for batch in options.batch:
        sizes = {name: min(batch, options.spiking) if name == "nengo-spa" else batch for name in makers}
        built: dict[str, float] = {}
        runs: dict[str, Run] = {}
        for name, make in makers.items():
            started = time.perf_counter()
            runs[name] = make(symbols)
            # The first run compiles.
            if name != "nengo-spa":
                runs[name](sizes[name])
            built[name] = time.perf_counter() - started
        times: dict[str, list[float]] = {name: [] for name in makers}
        right: dict[str, list[int]] = {name: [] for name in makers}
        for _ in tqdm(range(options.rounds), desc=f"{symbols} symbols, batch {batch}"):
            for name, run in runs.items():
                started = time.perf_counter()
                right[name].append(run(sizes[name]))
                times[name].append(time.perf_counter() - started)
        spiking = statistics.median(times["nengo-spa"]) / sizes["nengo-spa"]
        for name, size in sizes.items():
            seconds = statistics.median(times[name])
            rows.append(
                {
                    "library": name,
                    "symbols": symbols,
                    "batch": batch,
                    "trials run": size,
                    "right": sum(right[name]) / (size * options.rounds),
                    "build s": built[name],
                    "run s": seconds,
                    "copies/s": size / seconds,
                    "run to nengo-spa's run": size / seconds * spiking,
                    "run to its build and run": size / seconds * (built["nengo-spa"] / batch + spiking),
                    "both to both": (built["nengo-spa"] + spiking * batch) / (built[name] + seconds / size * batch),
                }
            )
    return rows


def network(symbols: int) -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"S{number}" for number in range(symbols)]),
        buffers={"source": UNITS, "target": UNITS},
        relays=[("source", "target")],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


def chosen(symbols: int, trials: int) -> np.ndarray:
    """Which symbol each trial copies."""
    # The first trial does not copy the first symbol, which is also what argmax finds where nothing is held.
    return (np.arange(trials) * 7 + 3) % symbols


def ours(symbols: int) -> Run:
    jax.clear_caches()
    built = network(symbols)
    program = ab.copy("source", "target").compile(built)
    codes, wanted = np.asarray(built.codes("source"), np.float32), np.asarray(built.codes("target"))

    def run(trials: int) -> int:
        which = chosen(symbols, trials)
        start = built.silent(trials).replace("source", jnp.asarray(codes[which]))
        final = np.asarray(ab.run(built, program, start).state["target"]) > 0
        return int((final == wanted[which]).all(axis=1).sum())

    return run


def in_numpy(symbols: int) -> Run:
    # Its weights are learned here, as ours are.
    jax.clear_caches()
    built = network(symbols)
    program = ab.copy("source", "target").compile(built)
    assert isinstance(program, ab.Schedule)
    codes = {name: np.asarray(built.codes(name), np.float32) for name in built.buffers}
    synapses = [
        (projection.source, projection.target, projection.gate, np.asarray(learned.weights), np.asarray(learned.bias))
        for projection, learned in zip(built.wiring.projections, built.synapses, strict=True)
    ]

    def run(trials: int) -> int:
        which = chosen(symbols, trials)
        states = [codes["source"][which], np.zeros((trials, UNITS), np.float32)]
        for gates in program.gates:
            fields = [np.zeros((trials, UNITS), np.float32) for _ in states]
            for source, target, gate, weights, bias in synapses:
                if gates[gate]:
                    fields[target] += gates[gate] * (states[source] @ weights + bias)
            states = [(field > 0).astype(np.float32) for field in fields]
        return int((states[1] == codes["target"][which]).all(axis=1).sum())

    return run


def in_torchhd(symbols: int) -> Run:
    torch.manual_seed(0)
    vocabulary = torchhd.random(symbols, DIMENSIONS[symbols])

    def run(trials: int) -> int:
        which = torch.from_numpy(chosen(symbols, trials))
        flips = torch.where(torch.rand(trials, DIMENSIONS[symbols]) < 0.1, -1.0, 1.0)
        found = torchhd.dot_similarity(vocabulary[which] * flips, vocabulary).argmax(dim=-1)
        return int((vocabulary[found] == vocabulary[which]).all(dim=-1).sum())

    return run


def in_nengo(symbols: int) -> Run:
    dimensions = DIMENSIONS[symbols]
    vocabulary = spa.Vocabulary(dimensions, pointer_gen=np.random.RandomState(0), max_similarity=0.4)
    vocabulary.populate("; ".join(f"S{number}" for number in range(symbols)))
    presented = ["S0"]
    with spa.Network(seed=0) as model:
        source, target = (spa.State(vocabulary, feedback=1.0) for _ in range(2))
        gate = spa.Scalar()
        shown = spa.Transcode(lambda t: presented[0] if t < 0.15 else "0", output_vocab=vocabulary)
        opened = nengo.Node(lambda t: 1.0 if 0.2 < t < 0.4 else 0.0)
        nengo.Connection(opened, gate.input)
        shown >> source  # pyright: ignore[reportUnusedExpression]
        with spa.ActionSelection():
            spa.ifmax("copy", gate, source >> target)
            spa.ifmax("wait", 0.5)
        probe = nengo.Probe(target.output, synapse=0.03)
    # Otherwise nengo would take decoders from a file that an earlier run has left, and seem faster to build.
    nengo.rc.set("decoder_cache", "enabled", "False")
    simulator = nengo.Simulator(model, progress_bar=False)

    def run(trials: int) -> int:
        right = 0
        for symbol in chosen(symbols, trials):
            presented[0] = f"S{symbol}"
            simulator.reset(seed=0)
            simulator.run(0.5)
            similarity = vocabulary.vectors @ simulator.data[probe][-1]
            right += int(np.argmax(similarity) == symbol and similarity[symbol] > SIMILAR)
        return right

    return run


if __name__ == "__main__":
    main()
