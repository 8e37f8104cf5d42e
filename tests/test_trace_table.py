"""Tables of runs: what basal ganglia chose and expected stands in a column of its own, where they did."""

import re

import gated
import jax
import numpy as np

import attractorbind as ab


def cells(table: str, column: str, next_column: str) -> list[str]:
    """What stands in a column, row by row, where anything does."""
    header, *rows = table.splitlines()
    start, end = header.index(f"  {column}") + 2, header.index(next_column)
    return [own for row in rows if (own := row[start:end].strip())]


def test_choices_and_outcomes_are_told_at_their_ticks():
    trace = gated.trace(rounds=3, record="decoded")
    for trial in range(2):
        told = cells(trace.table(trial), "store", "lever")
        own = trace.choices["store"]
        for tick in np.flatnonzero(own.decided[:, trial] | own.rewarded[:, trial]).tolist():
            words, expected = told.pop(0), f"value {own.value[tick, trial].round(2) + 0.0:.2f}"
            assert words.endswith(expected)
            if own.rewarded[tick, trial]:
                assert words == f"dopamine {own.dopamine[tick, trial].round(2) + 0.0:+.2f}, {expected}"
                continue
            opened = re.findall(r"(\S+) \((\d\.\d\d)\)", words)
            chance = own.probability[tick, trial]
            if own.chosen[tick, trial].any():
                channels = zip(gated.INTO, own.chosen[tick, trial], chance, strict=True)
                assert opened == [(channel, f"{each:.2f}") for channel, chosen, each in channels if chosen]
            else:
                assert opened == [("nothing", f"{np.prod(1 - chance):.2f}")]
        assert told == []


def test_basal_ganglia_that_only_learn_are_told_at_outcomes():
    told = cells(gated.trace(rounds=3, record="decoded").table(), "lever", "instruction")
    assert len(told) == 3
    assert all(words.startswith("dopamine ") for words in told)


def test_what_follows_an_outcome_is_told_at_the_next_choice():
    built = ab.build(
        ab.Vocabulary(["dog"]),
        buffers={"word": 64},
        relays=[],
        areas=[
            ab.gating.BasalGanglia(
                "store", reads=["word"], gates=["go"], critic=ab.gating.Critic(rate=0.5, discount=1.0)
            )
        ],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    program = ab.load("word", "dog") + (ab.choose("store", gates={"go": ab.hold()}) + ab.reward()) * 2
    told = cells(ab.run(built, program, key=jax.random.key(0), record="decoded").table(), "store", "instruction")
    assert ["dopamine" in words for words in told] == [False, True, True, True]
    assert re.search(r"\(0\.\d\d\), dopamine \+0\.50, value 0\.50", told[2])


def test_where_nothing_is_chosen_a_table_is_as_ever():
    program = ab.load("word", "dog") + ab.copy("word", "first")
    with_ganglia = ab.run(gated.network(), program, record="decoded").table()
    plain = ab.build(
        ab.Vocabulary(["dog"]),
        buffers=dict.fromkeys(["word", "first", "second", "press"], 64),
        relays=[("word", "first"), ("word", "second")],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    assert with_ganglia == ab.run(plain, program, record="decoded").table()
