"""A network with basal ganglia for tests of what is shown of them: they have learned which of two slots to fill."""

from functools import cache

import jax

import attractorbind as ab

INTO = ["word->first", "word->second"]


@cache
def network(shared: bool = True) -> ab.Network:
    """A word that may go into two slots, by one choice, and then a lever that is pressed, by another."""
    store = ab.gating.BasalGanglia("store", reads=["word"], gates=INTO, rate=4.0, explore=0.2, shared=shared)
    lever = ab.gating.BasalGanglia(
        "lever", reads=["word", ab.gating.Conjunction("word", "first")], gates=["left", "right"], shared=shared
    )
    return ab.build(
        ab.Vocabulary(["dog", "cat", "left", "right"]),
        buffers=dict.fromkeys(["word", "first", "second", "press"], 64),
        relays=[("word", "first"), ("word", "second")],
        areas=[store, lever],
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


def lesson(rounds: int) -> ab.Program:
    """Offer a word to the slots, and reward that it stands in the first one alone, again and again."""
    right = ab.holds("first", ab.arg("name")) & ab.empty("second")
    clear = ab.clear("first") + ab.clear("second")
    own = clear + ab.load("word", ab.arg("name")) + ab.choose("store", gates=INTO) + ab.reward(when=right)
    return ab.repeat(rounds, own)


@cache
def trace(shared: bool = True, rounds: int = 60, record: str = "final") -> ab.Trace:
    """Two trials, of another word each."""
    built = network(shared)
    return ab.run(built, lesson(rounds), args={"name": ["dog", "cat"]}, key=jax.random.key(1), record=record)
