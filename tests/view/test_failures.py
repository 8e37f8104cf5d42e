"""A check that fails offers the run in which it did, from the tick at which network and reference part."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest

import attractorbind as ab
from attractorbind._view.page import unpacked
from attractorbind.testing import CheckError, check_binding, check_network, check_program

PROGRAM = ab.load("focus", ab.arg("noun")) + ab.copy("focus", "agent") + ab.hold(3)


@pytest.fixture(scope="module")
def cut() -> ab.Network:
    """A network whose relay from focus to agent has lost its weights."""
    network = ab.build(
        ab.Vocabulary(["dog", "cat", "yak"]),
        buffers={"focus": 128, "agent": 128},
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )
    return network.replace("focus", "agent", ab.Synapses(jnp.zeros((128, 128)), jnp.zeros(128)))


def shown_by(error: CheckError, path: Path) -> dict[str, Any]:
    """What the page and the widget show; both show the same."""
    error.save_html(path)
    text = path.read_text().partition('<script id="told" type="text/plain">')[2].partition("</script>")[0]
    assert error.explore().told == text
    return unpacked(text)


def test_check_binding_offers_the_run_where_network_and_reference_part(cut: ab.Network, tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"part at tick 6(?s:.)*error\.save_html\('run\.html'\)") as caught:
        check_binding(cut)
    told = shown_by(caught.value, tmp_path / "run.html")
    assert told["start"]["tick"] == 6
    assert told["start"]["text"].startswith("Network and reference part at tick 6, the end of copy('focus', 'agent')")
    wrong = next(own for own in told["trials"] if own["number"] == told["start"]["trial"])
    assert wrong["wrong"] == ["'agent' holds None, not 'dog'"]
    assert len(wrong["best"][0]["value"][0]) == 6


def test_check_program_offers_the_trial_that_is_wrong(cut: ab.Network, tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"error\.explore\(\)") as caught:
        check_program(cut, PROGRAM, {"agent": [None, "cat"]}, args={"noun": ["dog", "cat"]})
    told = shown_by(caught.value, tmp_path / "run.html")
    assert told["start"] == {
        "trial": 1,
        "tick": 6,
        "text": "At the end of trial 1 'agent' holds None, not 'cat'; 1 of 2 trials is wrong. Network and reference "
        "part at tick 6, the end of copy('focus', 'agent'): 'agent' holds None in the network, 'cat' in the reference.",
    }
    assert [bool(own["wrong"]) for own in told["trials"]] == [False, True]


def test_where_they_agree_the_last_tick_is_shown(cut: ab.Network, tmp_path: Path) -> None:
    with pytest.raises(CheckError) as caught:
        check_program(cut, ab.load("focus", "dog"), {"focus": "cat"})
    assert shown_by(caught.value, tmp_path / "run.html")["start"]["tick"] == 2


def test_check_network_offers_the_run_of_its_part(cut: ab.Network, tmp_path: Path, capsys: Any) -> None:
    with pytest.raises(CheckError) as caught:
        check_network(cut, max_examples=2)
    assert capsys.readouterr().out
    assert shown_by(caught.value, tmp_path / "run.html")["start"]["tick"] == 6
    assert str(caught.value).count("save_html") == 1


def test_a_check_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(ab.ArgumentError, match="this check ran no program"):
        CheckError("relay 'a->b' loses 8 of 12").save_html(tmp_path / "run.html")
    with pytest.raises(ab.ArgumentError, match="this check ran no program"):
        CheckError().explore()
    assert not (tmp_path / "run.html").exists()
