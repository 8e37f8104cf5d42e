"""Spaun's eight tasks: what is shown, symbol by symbol, and what is to be answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import numpy as np
from jaxtyping import Array, Float, Key

from attractorbind._checks import check_count, check_known, entries
from attractorbind._errors import ArgumentError
from attractorbind._keys import check_one_key

SPAUN = {
    "A0": "copy drawing",
    "A1": "recognition",
    "A2": "bandit",
    "A3": "list memory",
    "A4": "counting",
    "A5": "questions",
    "A6": "rapid variable creation",
    "A7": "fluid reasoning",
}
DIGITS = tuple(map(str, range(10)))
END, ASK, POSITION, KIND = "]", "?", "P", "K"
SPAUN_SYMBOLS = (*DIGITS, *SPAUN, END, ASK, POSITION, KIND)

# Of the bandit: choices, after how many the best arm changes, how often the best and another pays, choices that count.
_CHOICES, _BLOCK, _PAYS, _COUNTED = 60, 20, (0.72, 0.12), 10
_ARMS = ("1", "2", "3")
# Places of a pattern in rapid variable creation, and its examples.
_PLACES, _EXAMPLES = 4, 3

# What is shown after the task's name, and what is to be answered.
Drawn = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Questions:
    """Trials of one of Spaun's tasks.

    - `task`: "A0" to "A7".
    - `shown`: what is seen in each trial, names among `SPAUN_SYMBOLS`, the task's first.
    - `answers`: what is to be said in each; of the bandit, the best arm at each choice.
    """

    task: str
    shown: tuple[tuple[str, ...], ...]
    answers: tuple[tuple[str, ...], ...]

    def right(self, said: Sequence[Sequence[str | None]]) -> Float[np.ndarray, " trials"]:
        """Of each trial 1 where all was said as it is to be, else 0; of the bandit, how often the best arm was chosen.

        That counts in the last 10 choices of each block of 20, at whose beginning the best arm changes.

        **Arguments:**

        - `said`: in each trial, such as `Trace.outputs`.

        **Raises:** `ArgumentError` unless there is a list of names for each trial.
        """
        lists = entries(said)
        if lists is None or len(lists) != len(self.answers):
            told = f"has {len(lists)} lists" if lists is not None else f"is {type(said).__name__}"
            raise ArgumentError(f"said {told}, and there are {len(self.answers)} trials; give a list of names for each")
        for own in lists:
            if not isinstance(own, list | tuple) or not all(isinstance(name, str | None) for name in own):
                raise ArgumentError(f"said has {own!r}; give a list of names for each trial, as in Trace.outputs")
        if self.task != "A2":
            return np.array([float(list(own) == list(answer)) for own, answer in zip(said, self.answers, strict=True)])
        late = [choice for choice in range(_CHOICES) if choice % _BLOCK >= _BLOCK - _COUNTED]
        pairs = zip(said, self.answers, strict=True)
        return np.array([np.mean([n < len(own) and own[n] == best[n] for n in late]) for own, best in pairs])


def spaun(task: str, number: int, *, key: Key[Array, ""]) -> Questions:
    """Draw trials of one of the eight tasks that Spaun does, told apart by the first symbol that is seen.

    | task | shown after its name | answer |
    |---|---|---|
    | A0 copy drawing | a digit, ? | the digit, to be drawn as it was |
    | A1 recognition | a digit, ? | the digit |
    | A2 bandit | ?, then what each of the arms 1, 2, 3 pays, 1 or 0; 60 times | an arm, at each ? |
    | A3 list memory | 4 to 7 digits, ? | the digits |
    | A4 counting | start, number, ? | their sum, 9 at the most |
    | A5 questions | 7 digits; P and a position, or K and a digit; ? | the digit there, or the position |
    | A6 rapid variable creation | three examples of 4 digits, each ended by ]; 4 digits, ? | those at varying places |
    | A7 fluid reasoning | eight cells of a 3 x 3 matrix, each ended by ], the last by ? | the ninth |

    In A2 the best arm pays with a probability of .72, the others of .12, and another becomes the best after every 20
    choices. In A6 at least one place varies in the examples and at least one does not. A row of A7 is of one digit that
    is repeated once more in each cell, of a digit that grows by one, or of the same digit; all three are alike.

    **Arguments:**

    - `task`: "A0" to "A7".
    - `number`: of trials.
    - `key`: the random key.

    **Raises:** `UnknownNameError` for another task, `ArgumentError` for a number below 1 or a wrong key.

    **Reference:** C. Eliasmith et al. 2012, Science 338:1202.

    **Example:**

        >>> import jax
        >>> from attractorbind import tasks
        >>> questions = tasks.spaun("A4", 2, key=jax.random.key(0))
        >>> questions.shown, questions.answers
        ((('A4', '8', '1', '?'), ('A4', '5', '1', '?')), (('9',), ('6',)))
    """
    check_known("task", "tasks", task, SPAUN)
    check_count("number", number)
    generator = np.random.default_rng(np.asarray(jax.random.key_data(check_one_key(key))))
    drawn = [_DRAW[task](generator) for _ in range(number)]
    shown = tuple((task, *seen) for seen, _ in drawn)
    return Questions(task, shown, tuple(tuple(answer) for _, answer in drawn))


def _digits(generator: np.random.Generator, number: int) -> list[str]:
    return [DIGITS[digit] for digit in generator.integers(10, size=number)]


def _one_digit(generator: np.random.Generator) -> Drawn:
    digit = _digits(generator, 1)
    return [*digit, ASK], digit


def _bandit(generator: np.random.Generator) -> Drawn:
    best = np.zeros(_CHOICES, int)
    arm = int(generator.integers(3))
    for choice in range(_CHOICES):
        if choice and choice % _BLOCK == 0:
            arm = (arm + int(generator.integers(1, 3))) % 3
        best[choice] = arm
    likely = np.where(np.arange(3) == best[:, None], *_PAYS)
    pays = generator.random((_CHOICES, 3)) < likely
    shown = [symbol for paid in pays for symbol in (ASK, *("1" if pay else "0" for pay in paid))]
    return shown, [_ARMS[arm] for arm in best]


def _list(generator: np.random.Generator) -> Drawn:
    digits = _digits(generator, int(generator.integers(4, 8)))
    return [*digits, ASK], digits


def _counting(generator: np.random.Generator) -> Drawn:
    start = int(generator.integers(10))
    number = int(generator.integers(10 - start))
    return [DIGITS[start], DIGITS[number], ASK], [DIGITS[start + number]]


def _question(generator: np.random.Generator) -> Drawn:
    digits = [DIGITS[digit] for digit in generator.permutation(10)[:7]]
    asked = int(generator.integers(7))
    if generator.random() < 0.5:
        return [*digits, POSITION, DIGITS[asked + 1], ASK], [digits[asked]]
    return [*digits, KIND, digits[asked], ASK], [DIGITS[asked + 1]]


def _variables(generator: np.random.Generator) -> Drawn:
    varies = np.zeros(_PLACES, bool)
    varies[generator.permutation(_PLACES)[: int(generator.integers(1, _PLACES))]] = True
    fixed = generator.integers(10, size=_PLACES)
    examples = np.where(varies, generator.integers(10, size=(_EXAMPLES, _PLACES)), fixed)
    # A place that varies has at least two digits in the examples; others could not be told from places that do not.
    while np.any(varies & np.all(examples == examples[0], axis=0)):
        examples = np.where(varies, generator.integers(10, size=(_EXAMPLES, _PLACES)), fixed)
    asked = np.where(varies, generator.integers(10, size=_PLACES), fixed)
    shown = [symbol for example in examples for symbol in (*(DIGITS[digit] for digit in example), END)]
    return [*shown, *(DIGITS[digit] for digit in asked), ASK], [DIGITS[digit] for digit in asked[varies]]


def _matrix(generator: np.random.Generator) -> Drawn:
    kind = generator.integers(3)
    cells: list[list[str]] = []
    for _ in range(3):
        digit = int(generator.integers(8 if kind == 1 else 10))
        if kind == 0:
            cells += [[DIGITS[digit]] * (column + 1) for column in range(3)]
        elif kind == 1:
            cells += [[DIGITS[digit + column]] for column in range(3)]
        else:
            cells += [[DIGITS[digit]]] * 3
    shown = [symbol for cell in cells[:-1] for symbol in (*cell, END)]
    return [*shown[:-1], ASK], cells[-1]


_DRAW: dict[str, Callable[[np.random.Generator], Drawn]] = {
    "A0": _one_digit,
    "A1": _one_digit,
    "A2": _bandit,
    "A3": _list,
    "A4": _counting,
    "A5": _question,
    "A6": _variables,
    "A7": _matrix,
}
