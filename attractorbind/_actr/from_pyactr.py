"""Models that are made of pyactr's objects, as models of this library."""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

from attractorbind._actr.chunks import Chunk
from attractorbind._actr.model import Model
from attractorbind._actr.parts import Action, Clear, Condition, Match, Modify, Query, Request, Test
from attractorbind._actr.rules import Rule
from attractorbind._actr.settings import Settings
from attractorbind._errors import ProgramError

# Parameters of pyactr whose mechanism is not translated; each has to be as it is here.
_OFF = {
    "subsymbolic": False,
    "instantaneous_noise": 0,
    "partial_matching": False,
    "buffer_spreading_activation": {},
    "utility_noise": 0,
    "utility_learning": False,
    "production_compilation": False,
}


def from_pyactr(model: Any) -> Model:
    """The same model as one of pyactr's: its chunks, its goal, its productions and its parameters.

    The first goal buffer is "goal", and one of the name "imaginal" the imaginal buffer. Types are not tested, as in
    pyactr. Rules act as in ACT-R where pyactr differs: a request empties its buffer, and a variable stands for a slot
    that holds something.

    **Arguments:**

    - `model`: a `pyactr.ACTRModel`.

    **Raises:** `ImportError` without pyactr, which is in the extra `bench`; `ProgramError`, which names it, for what is
    not translated: other buffers, chunks as values, subsymbolic computations, what a rule is rewarded with.

    **Returns:** a `Model`.

    **Reference:** Brasoveanu & Dotlačil 2020, "Computational cognitive modeling and linguistic theory", on pyactr.
    """
    try:
        pyactr = import_module("pyactr")
    except ImportError as error:
        raise ImportError("from_pyactr() needs pyactr; pip install 'attractorbind[bench]'") from error
    if not isinstance(model, pyactr.ACTRModel):
        raise ProgramError(f"model is {model!r}; give a pyactr.ACTRModel")
    for name, off in _OFF.items():
        if model.model_parameters[name] != off:
            told = model.model_parameters[name]
            raise ProgramError(f"pyactr's parameter {name}={told!r} is not translated; leave it at {off!r}")
    buffers = _buffers(model)
    rules = [_rule(name, production, buffers) for name, production in model.productions.items()]
    chunks = [Chunk(f"chunk{number}", _slots(chunk, "a chunk")) for number, chunk in enumerate(model.decmem)]
    first = next(iter(model.goals.values()), ())
    goals = [Chunk("goal", _slots(chunk, "the goal")) for chunk in first]
    delay = {"imaginal_delay": model.goals["imaginal"].delay} if "imaginal" in buffers else {}
    # Without subsymbolic computations a retrieval takes as long as a firing.
    settings = Settings(
        subsymbolic=True,
        latency_factor=model.model_parameters["rule_firing"],
        firing=model.model_parameters["rule_firing"],
        harvest=model.model_parameters["strict_harvesting"],
        **delay,
    )
    return Model(rules, chunks, goals[0] if goals else None, settings=settings, name="pyactr")


def _buffers(model: Any) -> dict[str, str]:
    """The names of pyactr's buffers with those that they have here."""
    found: dict[str, str] = {}
    for number, (name, held) in enumerate(model.goals.items()):
        if number and name != "imaginal":
            raise ProgramError(f"pyactr's buffer {name!r} is not translated; beside a goal there is one 'imaginal'")
        if number and len(held):
            raise ProgramError("pyactr's buffer 'imaginal' holds a chunk at first; let a rule ask for it")
        found[name] = "imaginal" if number else "goal"
    for name in model.retrievals:
        if name != "retrieval":
            raise ProgramError(f"pyactr's buffer {name!r} is not translated; the one of the memory is 'retrieval'")
        found[name] = "retrieval"
    return found


def _rule(name: str, production: Mapping[str, Any], buffers: Mapping[str, str]) -> Rule:
    """One production."""
    if production["reward"] is not None:
        raise ProgramError(f"rule {name!r} is rewarded with {production['reward']}, which is not translated")
    conditions, actions = production["rule"]()
    when: list[Condition] = []
    for sign, buffer, part in _parts(name, conditions, "=?", buffers):
        if sign == "?":
            when += [Query(buffer, what, str(value)) for what, value in dict(part).items()]
        else:
            when.append(Match(buffer, tuple(_tests(part, f"rule {name!r}"))))
    then: list[Action] = []
    asked = {buffer for sign, buffer, _ in _parts(name, actions, "=+~", buffers) if sign == "+"}
    for sign, buffer, part in _parts(name, actions, "=+~", buffers):
        if sign == "~":
            # A request empties its buffer anyway.
            then += [] if buffer in asked else [Clear(buffer)]
            continue
        slots = {test.slot: test.value for test in _tests(part, f"rule {name!r}")}
        then.append(Request(buffer, slots) if sign == "+" else Modify(buffer, slots))
    return Rule(name, when, then, float(production["utility"]))


def _parts(
    name: str, parts: Mapping[str, Any], signs: str, buffers: Mapping[str, str]
) -> Iterator[tuple[str, str, Any]]:
    """The parts of one side of a production: sign, buffer, and what stands there."""
    for heading, part in parts.items():
        sign, buffer = heading[:1], heading[1:]
        if sign not in signs or buffer not in buffers:
            known = ", ".join(buffers)
            raise ProgramError(f"rule {name!r} has {heading}>, which is not translated; buffers are {known}")
        yield sign, buffers[buffer], part


def _tests(chunk: Iterable[tuple[str, Any]], owner: str) -> Iterator[Test]:
    """What a pattern says of its slots."""
    for slot, held in chunk:
        if not hasattr(held, "negvalues"):
            # A slot that is not named.
            continue
        if held.values is not None:
            yield Test(slot, _value(held.values, slot, owner))
        if held.variables is not None:
            yield Test(slot, f"={held.variables}")
        for value in held.negvalues:
            yield Test(slot, _value(value, slot, owner), "-")
        for variable in held.negvariables:
            yield Test(slot, f"={variable}", "-")


def _slots(chunk: Any, owner: str) -> dict[str, str | None]:
    """The slots of a chunk."""
    return {test.slot: test.value for test in _tests(chunk, f"{owner} {chunk}")}


def _value(value: Any, slot: str, owner: str) -> str | None:
    if not isinstance(value, str):
        raise ProgramError(f"{owner} has a chunk in slot {slot!r}, which is not translated; give the slot a text")
    return None if value == "None" else value
