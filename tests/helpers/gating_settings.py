"""A main program with basal ganglia, which prints a hash of every state; it is run with other settings of JAX."""

import gaters
import jax
import numpy as np
from everyday import states

import attractorbind as ab


def outcome() -> str:
    network = gaters.built(discount=0.5)
    rewards = np.linspace(-1, 1, 6).reshape(3, 2)
    program = ab.load("word", ab.arg("word")) + ab.choose("striatum", gates=gaters.CHANNELS[:2]) + ab.next_reward()
    bodies = {"word->first": ab.copy("word", "second"), "skip": ab.copy("first", "word")}
    program += ab.choose("striatum", one_of=bodies) + ab.reward(when=ab.holds("first", "red"))
    program += ab.choose("striatum", one_of=gaters.CHANNELS[:2], greedy=True) + ab.reward(0.3)
    trace = ab.run(
        network,
        ab.repeat(5, program),
        args={"word": list(gaters.SYMBOLS)},
        stimuli={"striatum": rewards},
        key=jax.random.key(2),
        throw=False,
    )
    ticked = ab.tick(network, trace.state, ["striatum:choose", "striatum:sample", "striatum:skip"], key=gaters.keys(3))
    return f"{states(trace.state)} {states(ticked)}"


if __name__ == "__main__":
    print(outcome())
