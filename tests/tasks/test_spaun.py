"""Spaun's tasks: what is to be answered follows from what is shown, by solvers that know the rules of each task."""

import itertools

import jax
import numpy as np
import pytest

from attractorbind import tasks

NUMBER = 60


def parted(shown):
    """What is shown after the task's name and before the question mark, cut at each ]."""
    cells = [[]]
    for symbol in shown[1:-1]:
        if symbol == "]":
            cells.append([])
        else:
            cells[-1].append(symbol)
    return cells


def questioned(shown):
    *items, kind, asked = shown[1:-1]
    assert len(set(items)) == len(items) == 7
    return [items[int(asked) - 1]] if kind == "P" else [str(items.index(asked) + 1)]


def varying(shown):
    *examples, asked = parted(shown)
    assert len(examples) == 3
    places = [place for place in range(4) if len({example[place] for example in examples}) > 1]
    assert 0 < len(places) < 4
    assert all(asked[place] == examples[0][place] for place in range(4) if place not in places)
    return [asked[place] for place in places]


def continued(shown):
    cells = parted(shown)
    assert len(cells) == 8
    first, second = cells[6:]
    if len(second) > len(first):
        return [second[0]] * 3
    return [str(2 * int(second[0]) - int(first[0]))]


SOLVERS = {
    "A0": lambda shown: [shown[1]],
    "A1": lambda shown: [shown[1]],
    "A3": lambda shown: list(shown[1:-1]),
    "A4": lambda shown: [str(int(shown[1]) + int(shown[2]))],
    "A5": questioned,
    "A6": varying,
    "A7": continued,
}


@pytest.mark.parametrize("task", SOLVERS)
def test_answers_follow_from_what_is_shown(task):
    questions = tasks.spaun(task, NUMBER, key=jax.random.key(1))
    assert questions.task == task
    assert len(set(questions.shown)) > 5
    for shown, answer in zip(questions.shown, questions.answers, strict=True):
        assert shown[0] == task
        assert shown[-1] == "?"
        assert set(shown) <= set(tasks.SPAUN_SYMBOLS)
        assert list(answer) == SOLVERS[task](shown)
    assert questions.right(questions.answers).tolist() == [1.0] * NUMBER
    wrong = [[*answer, "0"] for answer in questions.answers]
    assert questions.right(wrong).tolist() == [0.0] * NUMBER
    assert questions == tasks.spaun(task, NUMBER, key=jax.random.key(1))
    assert questions != tasks.spaun(task, NUMBER, key=jax.random.key(2))


def test_all_kinds_of_rows_and_lists_are_drawn():
    rows = tasks.spaun("A7", NUMBER, key=jax.random.key(0)).shown
    kinds = {(len(parted(shown)[2]), parted(shown)[0] == parted(shown)[1]) for shown in rows}
    assert kinds == {(3, False), (1, False), (1, True)}
    for shown in rows:
        cells = [*parted(shown), continued(shown)]
        steps = {
            (len(b) - len(a), int(b[0]) - int(a[0]))
            for row in (cells[:3], cells[3:6], cells[6:])
            for a, b in itertools.pairwise(row)
        }
        assert len(steps) == 1
    lists = tasks.spaun("A3", NUMBER, key=jax.random.key(0)).answers
    assert {len(answer) for answer in lists} == {4, 5, 6, 7}


def test_the_best_arm_pays_most_and_changes_after_twenty_choices():
    questions = tasks.spaun("A2", 200, key=jax.random.key(0))
    best = np.array(questions.answers, int) - 1
    shown = np.array([np.reshape(own[1:], (60, 4)) for own in questions.shown])
    assert (shown[:, :, 0] == "?").all()
    pays = shown[:, :, 1:] == "1"
    of_best = np.take_along_axis(pays, best[..., None], axis=2).mean()
    others = (pays.sum() - np.take_along_axis(pays, best[..., None], axis=2).sum()) / (pays.size * 2 / 3)
    assert abs(of_best - 0.72) < 0.02
    assert abs(others - 0.12) < 0.02
    changes = best[:, 1:] != best[:, :-1]
    assert changes[:, [19, 39]].all()
    assert not np.delete(changes, [19, 39], axis=1).any()
    assert set(best.ravel()) == {0, 1, 2}


def test_a_bandit_is_scored_by_its_last_choices_in_each_block():
    questions = tasks.spaun("A2", 2, key=jax.random.key(0))
    late = [list(answer) for answer in questions.answers]
    for answer in late:
        answer[:10] = ["none"] * 10
        answer[50:55] = ["none"] * 5
    assert questions.right(late).tolist() == [25 / 30] * 2
    assert questions.right([late[0][:30], []]).tolist() == [10 / 30, 0.0]
