"""Learn to act in an environment of gymnasium: basal ganglia choose what to do, and rewards come from the environment.

What is observed becomes symbols in buffers, a buffer for each channel; exactly one of the actions is chosen, and its
name stands in the buffer "action", from which it is read. Several environments run side by side, the trials of one
network, and share what is learned. Rewards may come long after what earned them: the critic looks ahead.

    python demos/environments.py FrozenLake-v1 --options '{"is_slippery": false}' --steps 3000
    python demos/environments.py Blackjack-v1 --steps 3000
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import gymnasium
import jax
import numpy as np

import attractorbind as ab
from attractorbind import gating, tasks

NOTHING, FIRST, LATER = "nothing", "first", "later"


class Settings(NamedTuple):
    """How the basal ganglia learn; see `gating.BasalGanglia`. `scale` is what rewards are divided by."""

    rate: float = 2.0
    trace: float = 0.7
    explore: float = 0.05
    critic: float = 0.2
    discount: float = 0.9
    scale: float = 1.0


def build_network(worlds: tasks.Symbols, settings: Settings, seed: int) -> tuple[ab.Network, ab.Program]:
    """A buffer for each channel, and one for the action; and the program of a step."""
    reads: list[str | gating.Conjunction] = list(worlds.channels)
    if len(reads) > 1:
        reads.append(gating.Conjunction(*worlds.channels, units=512))
    striatum = gating.BasalGanglia(
        "striatum",
        reads=reads,
        gates=worlds.answers,
        rate=settings.rate,
        trace=settings.trace,
        explore=settings.explore,
        critic=gating.Critic(rate=settings.critic, discount=settings.discount),
    )
    names = dict.fromkeys((*worlds.symbols, NOTHING, FIRST, LATER))
    buffers = dict.fromkeys((*worlds.channels, "moment", "action"), 256)
    network = ab.build(
        ab.Vocabulary(list(names)), buffers=buffers, relays=[], areas=[striatum], activity=0.05,
        rule=ab.MaximalStability(), key=jax.random.key(seed),
    )  # fmt: skip
    # The reward of the step before comes first: the buffers still hold what was seen then.
    program = ab.load("moment", ab.arg("moment")) + ab.next_reward()
    program += ab.when(ab.holds("moment", FIRST), ab.begin_episode("striatum"))
    for channel in worlds.channels:
        program += ab.load(channel, ab.arg(channel))
    act = {answer: ab.load("action", answer) for answer in worlds.answers}
    return network, program + ab.choose("striatum", one_of=act)


def play(
    name: str, options: dict[str, Any], settings: Settings, *, steps: int, together: int, seed: int
) -> list[float]:
    """Act for so many steps in each of several environments; the return of every episode, as they ended."""
    worlds = [tasks.Symbols(gymnasium.make(name, **options)) for _ in range(together)]
    network, program = build_network(worlds[0], settings, seed)
    compiled = program.compile(network)
    seen = [list(world.reset(seed=seed + number)) for number, world in enumerate(worlds)]
    state, earned, returns = network.silent(together), np.zeros(together), []
    first, total = [FIRST] * together, np.zeros(together)
    for step in range(steps):
        args = {channel: [own[index] for own in seen] for index, channel in enumerate(worlds[0].channels)}
        key = jax.random.fold_in(jax.random.key(seed), step)
        rewards = {"striatum": (earned / settings.scale).astype(np.float32)}
        trace = ab.run(network, compiled, state, args={**args, "moment": first}, stimuli=rewards, key=key, throw=False)
        state = trace.state
        for number, action in enumerate(trace.decode()["action"]):
            names, earned[number], terminated, truncated = worlds[number].step(action or worlds[number].answers[0])
            total[number] += earned[number]
            first[number] = FIRST if terminated or truncated else LATER
            if terminated or truncated:
                returns.append(float(total[number]))
                total[number] = 0.0
                names = worlds[number].reset()
            seen[number] = list(names)
    return returns


def main(arguments: Sequence[str]) -> None:
    """Learn in an environment, and print how the returns grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", help="of the environment, FrozenLake-v1, say")
    parser.add_argument("--options", type=json.loads, default={}, help="of the environment, as JSON")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--together", type=int, default=8, help="environments side by side")
    parser.add_argument("--scale", type=float, default=1.0, help="what rewards are divided by")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    settings = Settings(scale=chosen.scale)
    returns = play(
        chosen.name, chosen.options, settings, steps=chosen.steps, together=chosen.together, seed=chosen.seed
    )
    tenth = max(len(returns) // 10, 1)
    for start in range(0, len(returns), tenth):
        part = returns[start : start + tenth]
        print(f"episodes {start + 1} to {start + len(part)}: mean return {np.mean(part):.3f}")


if __name__ == "__main__":
    main(sys.argv[1:])
