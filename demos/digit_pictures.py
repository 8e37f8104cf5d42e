"""Pictures and what they show, for digits.py: read, split, and classified by scikit-learn."""

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC


@dataclass(frozen=True)
class Pictures:
    """Pictures, flattened, from 0 to 1, and what they show, as numbers of `names`."""

    images: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    shape: tuple[int, int]

    def chosen(self, rows: np.ndarray) -> "Pictures":
        """Those in these rows."""
        return Pictures(self.images[rows], self.labels[rows], self.names, self.shape)

    def shown(self) -> list[str]:
        """The name of what each shows."""
        return [self.names[label] for label in self.labels]


def read_pictures(path: Path | None) -> Pictures:
    """The pictures in a file, or scikit-learn's digits; exits with a sentence where they are none."""
    if path is None:
        digits: Any = load_digits()
        images, labels = digits.images, digits.target
    else:
        try:
            with np.load(path, allow_pickle=False) as file:
                images, labels = file["images"], file["labels"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            sys.exit(f"{path} cannot be read: {error}; give a .npz file with images (n, h, w) and labels (n)")
    if images.ndim != 3 or labels.shape != images.shape[:1] or not images.size:
        sys.exit(f"images have the shape {images.shape} and labels {labels.shape}; they must be (n, h, w) and (n)")
    if not np.issubdtype(images.dtype, np.number) or not np.isfinite(images).all():
        sys.exit("images hold values that are no finite numbers")
    flat = images.reshape(len(images), -1).astype(np.float32)
    lowest, highest = flat.min(), flat.max()
    names, numbers = np.unique([str(label) for label in labels], return_inverse=True)
    if len(names) < 2 or np.bincount(numbers).min() < 10 or lowest == highest:
        sys.exit("labels must be of two classes at least, with ten pictures of each, and pictures must differ")
    return Pictures((flat - lowest) / (highest - lowest), numbers, tuple(map(str, names)), images.shape[1:])


def split(pictures: Pictures, how: str, seed: int = 0) -> tuple[Pictures, Pictures]:
    """Pictures for training and for testing, a fifth."""
    count = math.ceil(len(pictures.labels) / 5)
    rows = np.arange(len(pictures.labels))
    if how == "last":
        train, test = rows[:-count], rows[-count:]
    else:
        train, test = train_test_split(rows, test_size=count, random_state=seed, stratify=pictures.labels)
    missing = set(pictures.labels) - set(pictures.labels[train])
    if missing:
        sys.exit(f"no picture for training shows {[pictures.names[label] for label in missing]}; split otherwise")
    return pictures.chosen(np.asarray(train)), pictures.chosen(np.asarray(test))


def baselines(train: Pictures, test: Pictures) -> dict[str, float]:
    """Per cent right of scikit-learn's classifiers on the same pictures; settings of SVC by cross-validation."""
    classifiers = {
        "SVC": GridSearchCV(SVC(), {"C": [1, 10, 100], "gamma": ["scale", 0.1, 0.25]}, cv=5),
        "logistic regression": LogisticRegression(max_iter=5000),
        "nearest neighbour": KNeighborsClassifier(1),
    }
    return {
        name: 100 * float(classifier.fit(train.images, train.labels).score(test.images, test.labels))
        for name, classifier in classifiers.items()
    }
