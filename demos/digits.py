"""Learn to read digits, by any of the credit rules, into a buffer whose attractor cleans up what was read.

The digit that a picture shows is clamped in the buffer "focus", a code of 512 units that its latch holds; the hierarchy
"eyes" sees the picture and learns, through the relay back from the buffer, to drive the buffer to that code. Then
pictures that were never shown are seen: the hierarchy drives the buffer, and the attractor cleans up. Last, a program
works with what was seen: three pictures are bound to three places, and the network answers whether the first equals the
third, and which is in the middle.

Without a file it reads scikit-learn's digits, 1,797 pictures of 8 x 8 pixels; a file of NumPy's (.npz) has `images`, of
shape (pictures, height, width), and `labels`. A fifth of the pictures are for testing: drawn from every class alike
(stratified), or the last, which other people wrote (last).

    python demos/digits.py --rule all --seeds 3
    python demos/digits.py my_pictures.npz --rule contrastive-hebbian --split last --augment
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from digit_pictures import Pictures, baselines, read_pictures, split
from digit_settings import SETTINGS, Setting, Settings
from intervals import told

import attractorbind as ab
from attractorbind import learning

PLACES = ("first", "second", "third")
HIDDEN = (256, 256)


def build_network(pictures: Pictures, eyes: learning.Hierarchy, units: int, seed: int) -> ab.Network:
    """The eyes and the buffer that they drive; three places, a buffer for what is asked, and one for the answer."""
    relays = [("focus", place) for place in PLACES] + [("first", "third"), ("second", "answer")]
    return ab.build(
        ab.Vocabulary([*pictures.names, "same?", "middle?", "yes", "no"]),
        buffers=dict.fromkeys(("focus", *PLACES, "asked", "answer"), units),
        relays=relays,
        areas=[eyes],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def lesson() -> ab.Program:
    """Clamp what a picture shows, see the picture, and learn."""
    return ab.load("focus", ab.arg("shown")) + ab.see("eyes", write=False) + ab.learn("eyes")


def questions() -> ab.Program:
    """See three pictures, bind them to places, then answer what is asked about them until nothing more is."""
    look = ab.Program()
    for place in PLACES:
        look += ab.see("eyes") + ab.copy("focus", place)
    same = ab.when(ab.equal("first", "third"), ab.load("answer", "yes"), ab.load("answer", "no"))
    answer = ab.when(ab.holds("asked", "same?"), same, ab.copy("second", "answer"))
    return look + ab.repeat(2, ab.read("asked") + answer + ab.emit("answer"))


class Scores(NamedTuple):
    """How a rule fares; all but the last three in per cent.

    - `classes`: right with one output unit per class, trained by itself.
    - `cleaned`: right in the buffer, after its attractor has cleaned up.
    - `outputs`: where the code nearest to the hierarchy's output is right.
    - `answered`: three pictures and both answers right.
    - `expected`: the chance that three pictures are, the third power of `cleaned`.
    - `angles`: to the gradient, in degrees, for each layer, in the network.
    - `updates`, `seconds`: of training in the network.
    """

    classes: float
    cleaned: float
    outputs: float
    answered: float
    expected: float
    angles: tuple[float, ...]
    updates: int
    seconds: float


class Training(NamedTuple):
    """The eyes, and how long and with what they are trained."""

    eyes: learning.Hierarchy
    epochs: int
    batch: int
    augment: learning.Distortion | None


def training(setting: Setting, readout: str, train: Pictures, options: argparse.Namespace) -> Training:
    """What a setting and the options ask for."""
    epochs, batch = options.epochs or setting.epochs, min(setting.batch, len(train.labels))
    eyes = learning.Hierarchy(
        "eyes",
        sizes=[train.images.shape[1], *HIDDEN],
        target="focus",
        rule=setting.rule,
        readout=readout,
        optimiser=learning.Adam(setting.rate, updates=epochs * (len(train.labels) // batch)),
    )
    distortion = learning.Distortion(train.shape, shift=1.0, rotation=0.3, scale=0.2)
    return Training(eyes, epochs, batch, distortion if options.augment else None)


def score_alone(setting: Setting, train: Pictures, test: Pictures, options: argparse.Namespace, seed: int) -> float:
    """Per cent right of a hierarchy with one output unit per class, trained by itself."""
    eyes, epochs, batch, augment = training(setting, setting.readout, train, options)
    targets = np.eye(len(train.names))[train.labels]
    fitted = learning.fit(
        eyes, train.images, targets, epochs=epochs, batch=batch, key=jax.random.key(seed), augment=augment
    )
    classes = np.asarray(fitted.learned.layers.forward(jnp.asarray(test.images)).rates[-1]).argmax(axis=1)
    return 100 * float((classes == test.labels).mean())


def score(chosen: Settings, train: Pictures, test: Pictures, options: argparse.Namespace, seed: int) -> Scores:
    """Train a hierarchy by itself, and another in a network, and test both."""
    classes = score_alone(chosen.augmented if options.augment else chosen.classes, train, test, options, seed)
    if options.alone:
        nothing = math.nan
        return Scores(classes, nothing, nothing, nothing, nothing, (), 0, 0.0)
    eyes, epochs, batch, augment = training(chosen.codes, "sigmoid", train, options)
    network = build_network(train, eyes, options.units, seed)
    started = time.perf_counter()
    trained = ab.train(
        network,
        lesson(),
        stimuli=train.images,
        args={"shown": train.shown()},
        epochs=epochs,
        batch=batch,
        key=jax.random.key(seed),
        augment=augment,
        progress=sys.stderr.isatty(),
    )
    seconds = time.perf_counter() - started
    seen = ab.run(network, ab.see("eyes"), trained.state, stimuli={"eyes": test.images}, throw=False)
    cleaned = np.mean([name == shown for name, shown in zip(seen.decode()["focus"], test.shown(), strict=True)])
    overlaps = np.asarray(ab.overlaps(seen.state["eyes"].evidence, network.codes("focus")))[:, : len(test.names)]
    angles = np.degrees(np.arccos(trained.history.cosine.mean(axis=0)))
    answered, expected = ask(network, trained.state, test, float(cleaned), seed, show=options.examples)
    return Scores(
        classes,
        100 * float(cleaned),
        100 * float((overlaps.argmax(axis=1) == test.labels).mean()),
        100 * answered,
        100 * expected,
        tuple(map(float, angles)),
        len(trained.history.loss),
        seconds,
    )


def ask(
    network: ab.Network, state: ab.State, test: Pictures, single: float, seed: int, *, show: int
) -> tuple[float, float]:
    """How often all three pictures and both answers are right, and the chance that three pictures are."""
    random = np.random.default_rng(seed)
    rows = np.concatenate([random.permutation(len(test.labels))[:, None] for _ in PLACES], axis=1)
    # In half of the trials the third shows what the first does.
    for trial in range(0, len(rows), 2):
        alike = np.flatnonzero(test.labels == test.labels[rows[trial, 0]])
        rows[trial, 2] = random.choice(alike)
    trace = ab.run(
        network,
        questions(),
        state,
        stimuli={"eyes": test.images[rows]},
        inputs=[["same?", "middle?"]] * len(rows),
        throw=False,
    )
    held = trace.decode()
    right = 0
    for trial, (answers, labels) in enumerate(zip(trace.outputs, test.labels[rows], strict=True)):
        shown = [test.names[label] for label in labels]
        wanted = ["yes" if shown[0] == shown[2] else "no", shown[1]]
        places = [held[place][trial] for place in PLACES]
        right += answers == wanted and places == shown
        if trial < show:
            told = " ".join(map(str, places))
            print(f"  seen {told}: first equals third? {answers[0]}; in the middle? {answers[1]} (shown {shown})")
    return right / len(rows), single ** len(PLACES)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", help="pictures; by default scikit-learn's digits")
    parser.add_argument("--rule", choices=[*SETTINGS, "all"], default="backpropagation")
    parser.add_argument("--split", choices=["stratified", "last"], default="stratified")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--augment", action="store_true", help="show pictures from other sides")
    parser.add_argument("--validate", action="store_true", help="test on a fifth of the pictures for training")
    parser.add_argument("--alone", action="store_true", help="only one output unit per class, without a network")
    parser.add_argument("--units", type=int, default=512, help="of every buffer")
    parser.add_argument("--epochs", type=int, help="instead of those of the setting")
    parser.add_argument("--examples", type=int, default=0, help="answers to show")
    parser.add_argument("--json", type=Path, help="a file for the figures of every seed")
    options = parser.parse_args(arguments)
    if options.seeds < 1 or (options.epochs is not None and options.epochs < 1) or options.units < 64:
        parser.error("--seeds and --epochs must be 1 or more, --units 64 or more")
    train, test = split(read_pictures(options.file), options.split)
    if options.validate:
        train, test = split(train, options.split)
    print(f"{len(train.labels)} pictures for training, {len(test.labels)} for testing ({options.split})")
    others = baselines(train, test)
    for name, right in others.items():
        print(f"{name:<26} {right:5.1f}")
    heads = ("one unit per class", "in the buffer", "nearest code", "3 and answers")
    print(f"{'% right':<26}", *(f"{head:>20}" for head in heads), "  p^3  angles, updates, s")
    figures: dict[str, list[dict]] = {}
    for name in SETTINGS if options.rule == "all" else [options.rule]:
        scores = [score(SETTINGS[name], train, test, options, seed) for seed in range(options.seeds)]
        figures[name] = [each._asdict() for each in scores]
        columns = [[each.classes for each in scores]]
        if not options.alone:
            columns += [[each.cleaned for each in scores], [each.outputs for each in scores]]
            columns += [[each.answered for each in scores]]
        cells = " ".join(f"{told(column):>20}" for column in columns)
        if not options.alone:
            angles = "/".join(f"{angle:.0f}" for angle in np.mean([each.angles for each in scores], axis=0))
            seconds, expected = np.mean([each.seconds for each in scores]), np.mean([each.expected for each in scores])
            cells += f" {expected:5.1f}  {angles}, {scores[0].updates}, {seconds:.0f}"
        print(f"{name:<26} {cells}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"split": options.split, "others": others, "rules": figures}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
