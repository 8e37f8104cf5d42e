"""A trial as a film: what is seen, the network with its gates and contents, and what is drawn, for architecture.py."""

from pathlib import Path

import numpy as np
from eight_images import SIDE
from eight_network import EYES, HAND, POSITIONS
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation

import attractorbind as ab
from attractorbind.plotting import plot_network

# Ticks of a trial between two pictures of the film, and how long each is shown.
STRIDE, SECONDS = 2, 0.15


def save_film(trace: ab.Trace, images: np.ndarray, path: Path) -> None:
    """Save the one trial of a run that was recorded, with the images that were seen in it.

    **Arguments:**

    - `images`: of shape (symbols, pixels), in the order in which they were seen.
    """
    gates = np.asarray(trace.gates).reshape(-1, len(trace.network.wiring.gates))
    names = [gate.name for gate in trace.network.wiring.gates]
    looks = np.cumsum(gates[:, names.index(f"{EYES}:next")] > 0.5)
    drawings, ticks = trace.drawings[HAND][0], [*range(0, len(gates) - 1, STRIDE), len(gates) - 1]
    figure, (seen, middle, drawn) = plt.subplots(
        1, 3, figsize=(13.0, 6.5), width_ratios=[1, 4, 1], layout="constrained"
    )

    def draw(tick: int) -> list:
        for axes, title in ((seen, "seen"), (drawn, "drawn"), (middle, f"tick {tick}")):
            axes.clear()
            axes.set_title(title)
        held = {buffer: symbols[0] for buffer, symbols in trace.decode(tick).items()}
        plot_network(trace.network, gates[tick], held=held, positions=POSITIONS, axes=middle)
        finished = [drawing.image for drawing in drawings if drawing.tick <= tick]
        shown = images[looks[tick] - 1] if looks[tick] else np.zeros(SIDE * SIDE)
        for axes, image in ((seen, shown.reshape(SIDE, SIDE)), (drawn, finished[-1] if finished else None)):
            axes.set_axis_off()
            if image is not None:
                axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        return []

    film = FuncAnimation(figure, draw, frames=ticks, interval=1000 * SECONDS)
    film.save(path, writer="pillow", dpi=60)
    plt.close(figure)
