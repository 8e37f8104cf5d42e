"""Draws the picture of the README and of the first page: a run, its gates and its contents.

python docs/images/make.py
"""

from pathlib import Path

import jax
import matplotlib.pyplot as plt

import attractorbind as ab
from attractorbind.plotting import plot_network, plot_trace

HERE = Path(__file__).parent
RELAY = "focus->agent"


def main() -> None:
    """Draw it."""
    network = ab.build(
        ab.Vocabulary(["dog", "cat", "park"]),
        buffers={"focus": 256, "agent": 256, "place": 256},
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
    figure.savefig(HERE / "run.png", dpi=100)


if __name__ == "__main__":
    main()
