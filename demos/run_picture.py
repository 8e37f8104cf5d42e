"""Draw a run, the picture of the first page: the network as a relay opens, its gates, and what its buffers held.

python demos/run_picture.py docs/images/run.png
"""

import argparse
from pathlib import Path

import jax
import matplotlib.pyplot as plt

import attractorbind as ab
from attractorbind.plotting import plot_network, plot_trace

RELAY = "focus->agent"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", default=Path("run.png"), help="the picture (%(default)s)")
    parser.add_argument("--units", type=int, default=256, help="units of a buffer (%(default)s)")
    options = parser.parse_args(arguments)
    network = ab.build(
        ab.Vocabulary(["dog", "cat", "park"]),
        buffers=dict.fromkeys(["focus", "agent", "place"], options.units),
        relays="hub:focus",
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )
    program = ab.load("focus", "dog") + ab.move("focus", "agent")
    program += ab.load("focus", "park") + ab.move("focus", "place")
    trace = ab.run(network, program, record="states")
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), width_ratios=[2, 3], layout="constrained")
    tick = int(trace.gates[:, network.gates.index(RELAY)].argmax())
    held = {buffer: symbols[0] for buffer, symbols in trace.decode(tick).items()}
    plot_network(network, trace.gates[tick], held=held, axes=left)
    left.set_title(f"tick {tick}: {RELAY} opens")
    plot_trace(trace, axes=right)
    figure.savefig(options.file, dpi=100)


if __name__ == "__main__":
    main()
