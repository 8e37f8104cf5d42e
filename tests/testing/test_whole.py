"""All checks of a network by one call, the rate of errors that is allowed, and the fixture of pytest."""

import jax
import pytest
from faults import sound, with_swapped_codes
from hypothesis import strategies as st
from scipy.stats import binom

import attractorbind as ab
from attractorbind import testing
from attractorbind.testing import CheckError, check_binding, check_network
from attractorbind.testing._binding import Tried, too_many


def test_what_is_tried_and_found_is_printed(capsys):
    check_network(sound(), max_examples=2)
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["check", "isolation", "capacity", "binding"]
    assert all(line.endswith("nothing") for line in told[1:])
    assert "each of 3 buffers with 5 states of another" in told[1]
    assert "4 times each of 3 symbols in 3 latches and 3 relays" in told[2]


def test_all_that_is_wrong_is_told(capsys):
    with pytest.raises(CheckError) as caught:
        check_network(with_swapped_codes(sound(), 1), max_examples=2)
    assert "relay 'a->b' loses 8 of 12" in str(caught.value)
    assert "the network does not do what the program means" in str(caught.value)
    found = [line.split("  ")[-1].strip() for line in capsys.readouterr().out.splitlines()[1:]]
    assert found == ["nothing", "a fault, no. 1 below", "a fault, no. 2 below"]


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.3])
@pytest.mark.parametrize("trials", [40, 400])
def test_false_alarms_are_rarer_than_one_in_a_million(rate, trials):
    wrong = next(count for count in range(trials + 1) if too_many(Tried(trials=trials, wrong=count), rate))
    # As many wrong trials or more are that improbable; with one less they are not.
    assert binom.sf(wrong - 1, trials, rate) < 1e-6 <= binom.sf(wrong - 2, trials, rate)


def test_errors_are_allowed_at_a_rate():
    """So much noise that a few of eighty trials go wrong, the same whatever is allowed."""
    how = {"noise": 0.04, "max_examples": 20, "programs": st.just(ab.load("a", "dog") + ab.hold(8)), "seed": 0}
    network = ab.build(
        ab.Vocabulary(["dog", "cat"]), buffers={"a": 32}, activity=0.1, rule=ab.Hebbian(), key=jax.random.key(0)
    )
    with pytest.raises(CheckError, match="does not do what the program means"):
        check_binding(network, **how)
    with pytest.raises(CheckError, match=r"\d+ of 80 trials are wrong, too many for an error rate of 0.001"):
        check_binding(network, error_rate=0.001, **how)
    check_binding(network, error_rate=0.9, **how)
    with pytest.raises(ab.ArgumentError, match="error_rate"):
        check_binding(network, error_rate=2.0)


def test_pytest_has_a_fixture(binding, monkeypatch):
    calls = []
    monkeypatch.setattr(testing, "check_network", lambda network, **how: calls.append((network, how)))
    binding("a network", noise=0.01)
    binding("another", seed=3)
    assert calls == [
        ("a network", {"max_examples": 100, "seed": 0, "noise": 0.01}),
        ("another", {"max_examples": 100, "seed": 3}),
    ]


def test_a_strategy_of_something_else_is_an_error():
    with pytest.raises(ab.ProgramError, match="programs= has drawn 'load'; give a strategy of programs"):
        check_binding(sound(), max_examples=1, programs=st.just("load"))
    with pytest.raises(ab.ArgumentError, match="programs= draws no program that can be run"):
        check_binding(sound(), max_examples=1, programs=st.nothing())
