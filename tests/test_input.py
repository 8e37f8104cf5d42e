"""Bad input is refused at the face, kind by kind; what is good in another form is taken; texts are short."""

import bad_input
import jax.numpy as jnp
import numpy as np
import pytest
from bad_calls import build
from wrong_calls import assert_told, raised_by

import attractorbind as ab
from attractorbind._errors import LONGEST
from attractorbind._visible import is_visible
from attractorbind.testing import check_program, reference


@pytest.fixture(scope="module")
def raised() -> dict[str, tuple[list[str], str]]:
    return raised_by(bad_input)


@pytest.mark.parametrize("name", list(bad_input.CALLS))
def test_wrong_call(name: str, raised: dict[str, tuple[list[str], str]]) -> None:
    assert_told(bad_input.CALLS[name], raised[name])


@pytest.mark.parametrize("error", [ab.ArgumentError, ab.UnknownNameError, ab.FileError, ab.RunError, ab.CapacityError])
def test_a_long_text_keeps_the_culprit_and_the_cure(error: type[ab.AttractorBindError]) -> None:
    text = str(error(f"the culprit is {'x' * 1000}; here is the cure"))
    assert len(text) <= LONGEST
    assert text.startswith("the culprit is xxx")
    assert text.endswith("xxx; here is the cure")
    assert str(error("short")) == "short"


def test_arrays_of_names_are_taken_where_lists_are() -> None:
    plain, given = build(), build(vocabulary=ab.Vocabulary(np.array(["dog", "cat", "mouse"])))
    assert given.vocabulary.names == ("dog", "cat", "mouse")
    assert repr(given.vocabulary) == repr(plain.vocabulary)
    relays = build(relays=np.array([["focus", "agent"]]))
    assert relays.gates == build(relays=[("focus", "agent")]).gates
    named = build(buffers={np.str_("focus"): 32, np.str_("agent"): 24})
    assert named.fingerprint == plain.fingerprint
    assert ab.gates(np.array(["focus->agent"]), np.array(["agent"])) == ab.gates(["focus->agent"], ["agent"])
    assert (plain.gating(np.array(["focus->agent"])) == plain.gating(["focus->agent"])).all()
    assert plain.partition(np.array(["focus->agent"])) == plain.partition(["focus->agent"])
    assert ab.SnapshotMemory("m", np.array(["focus"])).buffers == ("focus",)
    assert ab.store("m", np.array(["focus"])) == ab.store("m", ["focus"])


def test_arrays_of_symbols_are_taken_where_lists_are() -> None:
    network, pair = build(), np.array(["dog", "cat"])
    trace = ab.run(network, ab.load("focus", ab.arg("w")), args={"w": pair})
    assert trace.decode()["focus"] == ["dog", "cat"]
    read = ab.read("focus") + ab.read("agent")
    assert ab.run(network, read, inputs=pair).decode() == {"focus": ["dog"], "agent": ["cat"]}
    of_trials = ab.run(network, read, inputs=np.array([["dog", "cat"], ["cat", "dog"]]))
    assert of_trials.decode()["focus"] == ["dog", "cat"]
    assert reference(network, read, inputs=pair).boxes == {"focus": "dog", "agent": "cat"}
    check_program(network, ab.load("focus", ab.arg("w")), {"focus": pair}, args={"w": pair})


def test_the_order_of_gates_in_a_set_does_not_count() -> None:
    names = {"a->b", "b->c", "c->d", "d->e"}
    assert ab.gates(names) == ab.gates(sorted(names))
    assert (build().gating({"focus->agent", "focus"}) == build().gating(["focus", "focus->agent"])).all()


@pytest.mark.parametrize("name", ["dog", "\u0915\u093f", "\u732b", "\U0001f415", "a\u200bb", "x\ny", "-", "\u00e9"])
def test_names_of_all_scripts_can_be_seen(name: str) -> None:
    assert is_visible(name)
    assert ab.Vocabulary([name]).names == (name,)


def test_line_breaks_in_names_are_escaped_in_tables() -> None:
    name = "a\nb\u2028c"
    network = build(vocabulary=ab.Vocabulary([name, "dog"]))

    def tables(symbol: str) -> list[str]:
        load = ab.load("focus", symbol)
        table = ab.run(network, load, record="decoded").table()
        return [table, str(load.compile(network)), str((load + ab.emit("focus")).compile(network))]

    for broken, plain in zip(tables(name), tables("dog"), strict=True):
        assert len(broken.splitlines()) == len(plain.splitlines())
        assert r"a\nb\u2028c" in broken


def complaint(**changes: object) -> str:
    with pytest.warns(ab.CapacityWarning) as warned:
        build(**changes)
    (told,) = [str(each.message) for each in warned if each.category is ab.CapacityWarning]
    assert len(told) <= LONGEST
    return told


MANY = ab.Vocabulary([f"word {number}" for number in range(80)])


def test_a_rule_that_is_there_is_not_advised() -> None:
    told = complaint(vocabulary=MANY, buffers={"focus": 20}, activity=0.5, rule=ab.MaximalStability(max_iterations=20))
    assert "take MaximalStability" not in told
    assert "more units, lower the activity, or name fewer symbols" in told
    assert "take MaximalStability" in complaint(vocabulary=MANY, buffers={"focus": 40}, rule=ab.Hebbian())


def test_a_lower_activity_is_not_advised_where_one_unit_is_on() -> None:
    told = complaint(vocabulary=MANY, buffers={"focus": 20}, activity=0.05, rule=ab.Hebbian())
    assert "lower the activity" not in told
    assert "give the buffers more units, or take MaximalStability" in told


def test_a_single_symbol_is_told_as_one() -> None:
    nothing = ab.Synapses(jnp.zeros((20, 20)), jnp.zeros(20))
    network = build(vocabulary=ab.Vocabulary(["dog"]), buffers={"focus": 20}).replace("focus", "focus", nothing)
    with pytest.raises(ab.CapacityError, match="does not store its only symbol: "):
        network.report().check()
