"""Learn first without labels, by costs of what is seen alone, and then by few clamped targets.

A hierarchy of 64, 256 and 256 units sees every picture for training from two sides, and learns that its units do the
same at both, that each varies, and that no two vary together: through all layers (end to end), or each layer by a cost
of its own (local); or it learns to predict the other view. Then 1, 3, 10 or 30 pictures of each class get a target.
Told is the accuracy on pictures never shown, beside the same hierarchy without the first phase, with distorted
pictures in the second phase, which tell as much of what a distortion leaves the same, and without, and beside
scikit-learn's logistic regression on principal components of all pictures for training.

Without a file it reads scikit-learn's digits; a file of NumPy's (.npz) has `images` and `labels`. `--validate` tests on
a fifth of the pictures for training instead; on such the settings of the second phase were chosen.

    python demos/costs_in_turn.py --seeds 5
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from digit_pictures import Pictures, read_pictures
from intervals import told
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from turn_phases import FIRST, Second, first_phase, right, second_phase

import attractorbind as ab
from attractorbind import learning


class Way(NamedTuple):
    """A first phase, or none; how the second goes; and whether that shows distorted pictures."""

    first: str | None
    second: Second
    distorted: bool


# Chosen on pictures for training, among the same pairs of rates for every way; see docs/prediction.md.
WAYS = {
    "targets alone": Way(None, Second(3e-3, 0.03), distorted=False),
    "targets alone, distorted": Way(None, Second(3e-3, 0.03), distorted=True),
    # Longer and at the full rate in all layers, lest the control be held back.
    "targets alone, distorted, longer": Way(None, Second(1e-3, 1.0, 1500), distorted=True),
    "end to end": Way("end to end", Second(1e-3, 0.0), distorted=False),
    "end to end, distorted": Way("end to end", Second(1e-2, 0.0), distorted=True),
    "local": Way("local", Second(3e-3, 0.03), distorted=False),
    "local, distorted": Way("local", Second(3e-3, 0.03), distorted=True),
    "prediction": Way("prediction", Second(1e-2, 0.0), distorted=False),
    "prediction, distorted": Way("prediction", Second(1e-2, 0.0), distorted=True),
}
PRINCIPAL, LOGISTIC = "PCA and logistic regression", 10.0
# What each way is compared with: what it gains by its first phase.
BESIDE = {name: f"targets alone{', distorted' if way.distorted else ''}" for name, way in WAYS.items() if way.first}


class Split(NamedTuple):
    """Pictures to learn from, and to be tested on."""

    train: Pictures
    test: Pictures


def divided(pictures: Pictures, seed: int) -> Split:
    """A fifth for testing, of all classes alike."""
    rows = train_test_split(np.arange(len(pictures.labels)), test_size=0.2, random_state=seed, stratify=pictures.labels)
    train, test = (pictures.chosen(np.asarray(part)) for part in rows)
    return Split(train, test)


def few(pictures: Pictures, labels: int, draws: int, seed: int) -> Iterator[Pictures]:
    """So many pictures of each class that have a label, drawn several times."""
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        rows = [
            rng.choice(np.flatnonzero(pictures.labels == each), labels, replace=False)
            for each in range(len(pictures.names))
        ]
        yield pictures.chosen(np.concatenate(rows))


def by_components(split: Split, labelled: Pictures) -> float:
    """Per cent right of logistic regression on 40 principal components, or fewer."""
    components = PCA(min(40, *split.train.images.shape), random_state=0).fit(split.train.images)
    seen = components.transform(labelled.images)
    classifier = LogisticRegression(C=LOGISTIC, max_iter=1000).fit(seen, labelled.labels)
    return 100 * float(classifier.score(components.transform(split.test.images), split.test.labels))


def accuracies(split: Split, options: argparse.Namespace, seed: int) -> dict[tuple[str, int], float]:
    """From ways and numbers of labels to per cent right, the mean over draws of which pictures have them."""
    # A pixel in ten of the side of a picture, up and sideways.
    distortion = learning.Distortion(split.train.shape, shift=0.09 * split.train.shape[0], rotation=0.26, scale=0.12)
    found = {}
    before = {
        first: first_phase(first, split.train.images, distortion, options.epochs, seed) for first in (None, *FIRST)
    }
    for labels in options.labels:
        scores: dict[str, list[float]] = {name: [] for name in (*WAYS, PRINCIPAL)}
        for labelled in few(split.train, labels, options.draws, seed):
            targets = np.eye(len(labelled.names))[labelled.labels]
            for name, (first, how, distorted) in WAYS.items():
                shown = distortion if distorted else None
                learned = second_phase(before[first], labelled.images, targets, how, shown, seed)
                scores[name].append(right(learned, split.test.images, split.test.labels))
            scores[PRINCIPAL].append(by_components(split, labelled))
        found |= {(name, labels): float(np.mean(values)) for name, values in scores.items()}
    return found


def rows(found: list[dict[tuple[str, int], float]], labels: Sequence[int]) -> dict[str, dict[str, list[float]]]:
    """From what is told to numbers of labels to the figures of all seeds: per cent right, and what is gained."""
    told = {name: {str(n): [each[name, n] for each in found] for n in labels} for name in (*WAYS, PRINCIPAL)}
    for name, beside in BESIDE.items():
        told[f"{name} - {beside}"] = {str(n): [each[name, n] - each[beside, n] for each in found] for n in labels}
    for name in ("end to end", "local"):
        for control in ("targets alone, distorted", "targets alone, distorted, longer"):
            told[f"{name} - {control}"] = {str(n): [each[name, n] - each[control, n] for each in found] for n in labels}
    return told


def learn(options: argparse.Namespace) -> int:
    for name in ("seeds", "draws", "epochs"):
        if getattr(options, name) < 1:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; it must be 1 or more")
    if options.json is not None and not options.json.parent.is_dir():
        raise ab.ArgumentError(f"{options.json} cannot be written, for there is no folder {options.json.parent}")
    pictures, started, found = read_pictures(options.file), time.perf_counter(), []
    for seed in range(options.seeds):
        split = divided(pictures, seed)
        if options.validate:
            split = divided(split.train, seed)
        fewest = int(np.bincount(split.train.labels).min())
        if not 1 <= min(options.labels) <= max(options.labels) <= fewest:
            raise ab.ArgumentError(
                f"--labels is {options.labels}; give numbers from 1 to {fewest}, the fewest of a class"
            )
        found.append(accuracies(split, options, seed))
        print(f"seed {seed}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    table = rows(found, options.labels)
    print("per cent right, by labels per class; mean, 95 % interval, worst seed")
    print(f"{'':52}" + "".join(f"{labels:>20}" for labels in options.labels))
    for name, values in table.items():
        print(f"{name:52}" + "".join(f"{told(values[str(labels)]):>20}" for labels in options.labels))
    if options.json is not None:
        of = {name: getattr(options, name) for name in ("seeds", "draws", "epochs", "validate")}
        of["file"] = options.file and options.file.name
        options.json.write_text(json.dumps({**of, "rows": table}, indent=1) + "\n", encoding="utf-8")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", help="pictures; by default scikit-learn's digits")
    parser.add_argument("--labels", type=int, nargs="+", default=[1, 3, 10, 30], help="of each class (%(default)s)")
    parser.add_argument("--epochs", type=int, default=60, help="of the first phase (%(default)s)")
    parser.add_argument("--draws", type=int, default=3, help="of which pictures have labels (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="of pictures, labels and synapses (%(default)s)")
    parser.add_argument("--validate", action="store_true", help="test on a part of the pictures for training")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    try:
        return learn(parser.parse_args(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"costs_in_turn: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
