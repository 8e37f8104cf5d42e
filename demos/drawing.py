"""A hand that draws what its eyes have seen, and writes what a buffer holds, having learned both by itself.

The eyes learn to name images. The hand draws strokes at random, sees them through the eyes, and learns from these alone
how to draw what they see; no image is ever told to be drawn. While more of the images are seen and named, it learns to
imagine what each name looks like. Then images that were never shown are seen, named, drawn and written by name. Told is
how a support vector classifier, trained on images and not on drawings, reads them; and how many drawings are nearer to
the image that was seen than to the mean of all images of its kind.

    python demos/drawing.py --seeds 5 --json drawing.json --picture drawing.png
    python demos/drawing.py --side 28 --pen 1 --strokes 3000 --seeds 5
    python demos/drawing.py images_background_small1.zip --side 28 --pen 0.5 --strokes 3000 --steps 15 --units 512
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
from drawn_images import Labelled, labelled
from intervals import told, within

import attractorbind as ab
from attractorbind import learning

HIDDEN = (256, 256)
# Drawn at once, looked at and corrected, and written by its name.
AT_ONCE, CORRECTED, WRITTEN = range(3)


class Drawn(NamedTuple):
    """What came of images that were seen.

    - `answers`: what each was taken for, or None.
    - `images`: of each the three drawings.
    """

    answers: np.ndarray
    images: np.ndarray


def build_network(images: Labelled, options: argparse.Namespace, seed: int) -> ab.Network:
    eyes = learning.Hierarchy(
        "eyes",
        sizes=[images.shown.shape[1], *HIDDEN],
        target="focus",
        rule=learning.Backpropagation(),
        optimiser=learning.Adam(1e-3),
    )
    return ab.build(
        ab.Vocabulary(sorted(set(images.shown_as))),
        buffers={"focus": options.units, "answer": options.units},
        relays=[("focus", "answer")],
        areas=[eyes, ab.Motor("hand", eye=eyes, reads="answer", pen=options.pen)],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def taught(network: ab.Network, images: Labelled, options: argparse.Namespace, seed: int) -> ab.State:
    """What the eyes learn of images, the hand of its own strokes, and of names that it hears while it sees."""
    lesson = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + ab.learn("eyes")
    state = ab.train(
        network,
        lesson,
        stimuli=images.shown,
        args={"name": images.shown_as.tolist()},
        epochs=options.epochs,
        batch=32,
        key=jax.random.key(100 + seed),
        progress=False,
    ).state
    state = ab.run(network, ab.babble("hand", options.strokes), state, key=jax.random.key(200 + seed)).state
    count = min(options.named, len(images.shown))
    some = np.random.default_rng(seed).permutation(len(images.shown))[:count]
    name = ab.see("eyes") + ab.copy("focus", "answer") + ab.imagine("hand")
    stimuli = {"eyes": images.shown[None, some]}
    return ab.run(network, ab.repeat(count, name), state, stimuli=stimuli, throw=False).state


def drawn(network: ab.Network, state: ab.State, images: np.ndarray, steps: int, *, noise: float, seed: int) -> Drawn:
    look = ab.see("eyes") + ab.copy("focus", "answer")
    program = look + ab.draw("hand", steps=0) + ab.draw("hand", steps=steps) + ab.write("hand", steps=steps)
    key = jax.random.key(300 + seed)
    trace = ab.run(network, program, state, stimuli={"eyes": images}, noise=noise, key=key, throw=False)
    sheets = [[drawing.image.ravel() for drawing in trial] for trial in trace.drawings["hand"]]
    return Drawn(np.array(trace.decode()["answer"], object), np.array(sheets))


def per_cent(right: np.ndarray) -> float:
    return 100 * float(np.mean(right))


def judge(network: ab.Network, state: ab.State, images: Labelled, found: Drawn) -> dict[str, float]:
    """How drawings are read, and what they are nearest to; all in per cent."""
    from sklearn.svm import SVC

    reader = SVC(C=10, gamma="scale").fit(images.shown, images.shown_as)
    means = {name: images.shown[images.shown_as == name].mean(axis=0) for name in np.unique(images.shown_as)}
    mean = np.stack([means[name] for name in images.new_as])

    def nearer(drawings: np.ndarray) -> float:
        apart, from_mean = (np.sum((drawings - each) ** 2, axis=1) for each in (images.new, mean))
        return per_cent(apart < from_mean)

    answered = found.answers != None  # noqa: E711 of each element
    # Without noise all that is written by one name is the same.
    written = found.images[answered, WRITTEN]
    seen = ab.run(network, ab.see("eyes"), state, stimuli={"eyes": written}, throw=False).decode()["focus"]
    at_once, corrected = found.images[:, AT_ONCE], found.images[:, CORRECTED]
    real = per_cent(reader.predict(images.new) == images.new_as)
    read = per_cent(reader.predict(corrected) == images.new_as)
    return {
        "named right by the network": per_cent(found.answers == images.new_as),
        "images read by the classifier": real,
        "drawings read": read,
        "drawings less images": read - real,
        "drawings nearer to the image": nearer(corrected),
        "drawn at once: read": per_cent(reader.predict(at_once) == images.new_as),
        "drawn at once: nearer": nearer(at_once),
        "written: read as the name": per_cent(reader.predict(written) == found.answers[answered]),
        "written: named so by the eyes": per_cent(np.array(seen, object) == found.answers[answered]),
    }


def show(path: Path, images: Labelled, found: Drawn, side: int) -> None:
    """Ten images, how they were drawn, and how their names were written."""
    try:
        import matplotlib

        matplotlib.use("Agg")
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise ab.ArgumentError("pictures need matplotlib; pip install 'attractorbind[plot]'") from error
    chosen = [int(np.flatnonzero(images.new_as == name)[0]) for name in sorted(set(images.new_as))[:10]]
    rows = {
        "seen": images.new[chosen],
        "at once": found.images[chosen, AT_ONCE],
        "corrected": found.images[chosen, CORRECTED],
        "written": found.images[chosen, WRITTEN],
    }
    figure, axes = plt.subplots(len(rows), len(chosen), figsize=(8, 3.5), constrained_layout=True)
    for line, (name, pictures) in zip(axes, rows.items(), strict=True):
        for panel, picture in zip(line, pictures, strict=True):
            panel.imshow(picture.reshape(side, side), cmap="gray_r", vmin=0, vmax=1)
            panel.set_xticks([])
            panel.set_yticks([])
        line[0].set_ylabel(name)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def look(options: argparse.Namespace) -> int:
    for name in ("seeds", "side", "strokes", "named", "epochs", "steps"):
        if getattr(options, name) < 1:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 1 or more")
    for path in (options.json, options.picture):
        if path is not None and not path.parent.is_dir():
            raise ab.ArgumentError(f"{path} cannot be written, for there is no folder {path.parent}")
    started, figures = time.perf_counter(), []
    for seed in range(options.first, options.first + options.seeds):
        images = labelled(options.file, options.side, seed, tuning=options.tuning)
        network = build_network(images, options, seed)
        state = taught(network, images, options, seed)
        found = drawn(network, state, images.new, options.steps, noise=options.noise, seed=seed)
        figures.append(judge(network, state, images, found))
        if options.picture and seed == options.first:
            show(options.picture, images, found, options.side)
        line = ", ".join(f"{name} {value:.1f}" for name, value in figures[-1].items())
        print(f"seed {seed}: {line}; {time.perf_counter() - started:.0f} s", flush=True)
    print(f"\n{len(images.new)} images never shown, {options.strokes} strokes; per cent, mean, 95% interval, worst")
    rows = {}
    for name in figures[0]:
        values = [found[name] for found in figures]
        rows[name] = {"mean": float(np.mean(values)), "within": within(values), "worst": min(values), "values": values}
        print(f"{name:32} {told(values)}")
    if options.json is not None:
        names = ("side", "strokes", "named", "epochs", "steps", "pen", "units", "noise", "first", "tuning")
        of = {"file": options.file and options.file.name, **{name: getattr(options, name) for name in names}}
        options.json.write_text(json.dumps({**of, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, help="a zip file of Omniglot's images; scikit-learn's digits")
    parser.add_argument("--side", type=int, default=8, help="pixels that images are made to have (%(default)s)")
    parser.add_argument("--pen", type=float, default=0.45, help="size of the pen, in pixels (%(default)s)")
    parser.add_argument("--strokes", type=int, default=1000, help="drawn at random to learn from (%(default)s)")
    parser.add_argument("--named", type=int, default=300, help="images seen and named to imagine by (%(default)s)")
    parser.add_argument("--epochs", type=int, default=20, help="of the eyes' training (%(default)s)")
    parser.add_argument("--steps", type=int, default=10, help="how often a drawing is corrected (%(default)s)")
    parser.add_argument("--units", type=int, default=256, help="of a buffer (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="while it draws, as for run (%(default)s)")
    parser.add_argument("--tuning", action="store_true", help="draw images to choose settings by, not the new ones")
    parser.add_argument("--first", type=int, default=0, help="the first seed (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="how many (%(default)s)")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--picture", type=Path, help="a file for a picture of seen, drawn and written")
    try:
        return look(parser.parse_args(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"drawing: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
