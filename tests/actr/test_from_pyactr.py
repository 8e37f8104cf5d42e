"""Models of pyactr's objects, beside pyactr's own run of them."""

import importlib
import sys
import warnings
from typing import Any

import jax
import pytest

import attractorbind as ab
from attractorbind import actr

try:
    # It warns of modules that it would show windows with.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyactr: Any = importlib.import_module("pyactr")
except ImportError:
    pyactr = None
needs_pyactr = pytest.mark.skipif(pyactr is None, reason="needs pyactr, of the extra bench")
pytestmark = pytest.mark.filterwarnings("ignore")

GOAL = "=g> isa counting"
START = f"{GOAL} start =x count None ==> =g> isa counting count =x +retrieval> isa order first =x"
# Types are not tested: the chunks of the memory are of another one.
MORE = (
    f"{GOAL} count =x end ~=x =retrieval> isa other first =x second =y ==> "
    "=g> isa counting count =y +retrieval> isa order first =y ~retrieval>"
)
STOP = f"{GOAL} count =x end =x ?retrieval> state free buffer full ==> ~g>"


def written(text: str) -> str:
    """A production as pyactr reads it, each slot in a line of its own."""
    lines: list[str] = []
    words = text.split()
    while words:
        taken = 1 if words[0] == "==>" or words[0].endswith(">") else 2
        lines.append(" ".join(words[:taken]))
        words = words[taken:]
    return "\n".join(lines)


def counting(*rules: str, **parameters: Any) -> Any:
    model = pyactr.ACTRModel(**parameters)
    pyactr.chunktype("order", ("first", "second"))
    pyactr.chunktype("other", ("first", "second"))
    pyactr.chunktype("counting", ("start", "end", "count"))
    for number in range(1, 5):
        model.decmem.add(pyactr.makechunk("", "order", first=number, second=number + 1))
    model.goal.add(pyactr.makechunk("", "counting", start=2, end=4))
    for number, rule in enumerate(rules):
        model.productionstring(name=f"rule{number}", string=written(rule))
    return model


def fired_in(model: Any) -> list[tuple[str, float]]:
    """What fires when pyactr runs its model."""
    simulation, fired = model.simulation(gui=False, trace=False), []
    for _ in range(200):
        try:
            simulation.step()
        except Exception:  # nothing is left to do, which pyactr tells by an error of simpy
            break
        event = simulation.current_event
        if event.proc == "PROCEDURAL" and "RULE FIRED" in event.action:
            fired.append((event.action.split(": ")[1], round(event.time, 3)))
    return fired


@needs_pyactr
def test_a_model_of_pyactr_fires_as_pyactr_has_it():
    model = counting(START, MORE, STOP, rule_firing=0.06)
    translated = actr.from_pyactr(model)
    assert len(translated.chunks) == 4
    run = actr.run(translated, translated.network(key=jax.random.key(0), units=128))
    fired = [(firing.production, round(firing.time, 3)) for firing in run.firings()]
    assert [name for name, _ in fired] == ["rule0", "rule1", "rule1", "rule2"]
    assert fired == fired_in(model)


@needs_pyactr
def test_what_a_model_of_pyactr_says():
    negated = "=g> isa counting start ~2 end ~3 ?imaginal> state free ==> +imaginal> isa order first 1"
    model = counting(START, MORE, STOP, strict_harvesting=True)
    model.set_goal("imaginal", delay=0.3)
    model.productionstring(name="negated", string=written(negated), utility=2)
    translated = actr.from_pyactr(model)
    assert translated.goal == actr.Chunk("goal", {"end": "4", "start": "2"})
    assert translated.settings == actr.Settings(True, 0.05, imaginal_delay=0.3)
    rules = {rule.name: rule for rule in translated.rules}
    assert rules["rule1"].then == (
        actr.Modify("goal", {"count": "=y"}),
        actr.Request("retrieval", {"first": "=y"}),
    )
    assert rules["rule2"].then == (actr.Clear("goal"),)
    assert rules["negated"].utility == 2
    assert rules["negated"].when == (
        actr.Match("goal", (actr.Test("end", "3", "-"), actr.Test("start", "2", "-"))),
        actr.Query("imaginal", "state", "free"),
    )


@needs_pyactr
def test_what_is_not_translated_is_refused_by_name():
    rewarded = counting(START)
    rewarded.productionstring(name="win", string=written(STOP), reward=3)
    inside = counting(START)
    inside.decmem.add(pyactr.makechunk("", "order", first=pyactr.makechunk("", "order", first=1)))
    second = counting(START)
    second.set_goal("plan")
    filled = counting(START)
    filled.set_goal("imaginal").add(pyactr.makechunk("", "order", first=1))
    wrong = {
        "subsymbolic=True": counting(START, subsymbolic=True),
        "utility_learning=True": counting(START, utility_learning=True),
        "'win' is rewarded with 3": rewarded,
        "chunk in slot 'first'": inside,
        "buffer 'plan'": second,
        "'imaginal' holds a chunk": filled,
        r"'rule0' has \+manual>": counting(f"{GOAL} start =x ==> +manual> isa _manual cmd press_key key a"),
        "give a pyactr.ACTRModel": actr.Chunk("a"),
    }
    for told, model in wrong.items():
        with pytest.raises(ab.ProgramError, match=told):
            actr.from_pyactr(model)


def test_without_pyactr_it_is_said_how_to_get_it(monkeypatch):
    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "pyactr":
            raise ImportError(name)
        return found(name, *args, **kwargs)

    found = importlib.import_module
    monkeypatch.delitem(sys.modules, "pyactr", raising=False)
    monkeypatch.setattr("attractorbind._actr.from_pyactr.import_module", without)
    with pytest.raises(ImportError, match=r"pip install 'attractorbind\[bench\]'"):
        actr.from_pyactr(None)
