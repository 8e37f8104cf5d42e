"""The fan experiment: the more facts share a person or a place, the longer it takes to recognize one of them.

Runs demos/actr/fan.lisp on the network for probes of all fans, each fact asked for by its person and by its place, and
compares the mean times with those that were measured (Anderson 1974; Anderson & Reder 1999), and with pyactr where it
is installed (extra `bench`). The activation that decides is the memory's own: sources share what they give among the
branches that they make fire.

    python demos/actr_fan.py
"""

import importlib
import itertools
from pathlib import Path
from typing import Any

import jax
import numpy as np
from actr_models import by_pyactr

from attractorbind import actr

FILE = Path(__file__).parent / "actr" / "fan.lisp"
# Mean times in seconds: rows are fans of the place, columns of the person, 1 to 3.
MEASURED = {
    "yes": np.array([[1.11, 1.17, 1.22], [1.17, 1.20, 1.22], [1.15, 1.23, 1.36]]),
    "no": np.array([[1.20, 1.22, 1.26], [1.25, 1.36, 1.29], [1.26, 1.47, 1.47]]),
}
# Reading the two words and pressing a key. In the published model all but the retrieval takes 0.845 s; here two
# firings, 0.1 s, are in the model file.
PERCEPTION_AND_RESPONSE = 0.745


def probes(model: actr.Model) -> list[tuple[str, int, int, dict[str, str]]]:
    """Of every fan one probe that is known and one that is not, by person and by place: answer, fans, goal."""
    facts = [(chunk.held["person"], chunk.held["place"]) for chunk in model.chunks]
    people, places = (list(dict.fromkeys(column)) for column in zip(*facts, strict=True))
    fans = {name: sum(name in fact for fact in facts) for name in [*people, *places]}
    found = []
    for answer, of_place, of_person in itertools.product(MEASURED, (1, 2, 3), (1, 2, 3)):
        person, place = next(
            (person, place)
            for person, place in itertools.product(people, places)
            if (fans[person], fans[place]) == (of_person, of_place) and ((person, place) in facts) == (answer == "yes")
        )
        probe = {"person": person, "place": place}
        found += [(answer, of_place, of_person, {**probe, "by": by}) for by in ("person", "place")]
    return found


def means(asked: list[tuple[str, int, int, dict[str, str]]], times: list[float]) -> dict[str, np.ndarray]:
    """The mean time of each answer and fan."""
    found = {answer: np.zeros((3, 3)) for answer in MEASURED}
    for (answer, of_place, of_person, _), time in zip(asked, times, strict=True):
        found[answer][of_place - 1, of_person - 1] += time / 2
    return found


def agreement(found: dict[str, np.ndarray]) -> tuple[float, float]:
    """The correlation of all means with the measured ones, and the mean deviation in seconds."""
    own, measured = (np.concatenate([table[answer].ravel() for answer in MEASURED]) for table in (found, MEASURED))
    return float(np.corrcoef(own, measured)[0, 1]), float(np.abs(own - measured).mean())


def main() -> None:
    model = actr.read(FILE)
    asked = probes(model)
    goals = [goal for *_, goal in asked]
    run = actr.run(model, model.network(key=jax.random.key(0)), goals, limit=10)
    right = sum(run.lines(trial) == [answer] for trial, (answer, *_) in enumerate(asked))
    fired = [[(f.production, round(f.time, 3)) for f in run.firings(trial)] for trial in range(len(asked))]
    found = means(asked, [firings[-1][1] + PERCEPTION_AND_RESPONSE for firings in fired])
    correlation, deviation = agreement(found)
    print(f"fan       {len(asked):4} probes, {right} right; r {correlation:.3f}, mean deviation {deviation:.3f} s")
    for answer, table in found.items():
        print(answer, *(" ".join(f"{seconds:.2f}" for seconds in row) for row in table), sep="   ")
    try:
        pyactr: Any = importlib.import_module("pyactr")
    except ImportError:
        print("pyactr is not installed (extra bench)")
        return
    same = sum(own == by_pyactr(pyactr, model, goal) for own, goal in zip(fired, goals, strict=True))
    print(f"firings and times as in pyactr: {same} of {len(asked)}")


if __name__ == "__main__":
    main()
