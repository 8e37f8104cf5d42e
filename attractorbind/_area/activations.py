"""How active the snapshots of a memory are: its state, where it goes by that."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from attractorbind._area.activation import RATES, Activation, Spreading

# What stands for no snapshot among their numbers.
NO_SNAPSHOT = -1
# How many latencies are kept, the last ones.
KEPT = 1024


class Activated(eqx.Module):
    """What a memory with an `Activation` knows besides its snapshots, for a batch of trials or for one.

    - `traces`: what uses of each snapshot have left, one for every time constant.
    - `fresh`: uses that no time has passed since, which have left no traces yet.
    - `uses`: of each snapshot, all that there have been.
    - `penalty`: of each snapshot for the last cue; infinite for those that are no candidates.
    - `spread`: what all groups of sources have given each snapshot since the last search began.
    - `group`, `sources`: what the present group has given, and how many sources it has had.
    - `winner`, `given`: the snapshot that wins the race, and the one that was given last and is not strengthened yet.
    - `left`: how long the race still takes, in seconds.
    - `searches`, `latencies`: how many there have been, and how long each took, search n in place n modulo 1,024.
    """

    traces: Float[Array, "*trials capacity traces"]
    fresh: Float[Array, "*trials capacity"]
    uses: Float[Array, "*trials capacity"]
    penalty: Float[Array, "*trials capacity"]
    spread: Float[Array, "*trials capacity"]
    group: Float[Array, "*trials capacity"]
    sources: Float[Array, "*trials"]
    winner: Int[Array, "*trials"]
    given: Int[Array, "*trials"]
    left: Float[Array, "*trials"]
    searches: Int[Array, "*trials"]
    latencies: Float[Array, "*trials kept"]


def nothing_used(settings: Activation, trials: int, capacity: int) -> Activated:
    """The state in which nothing has been stored."""
    each, none = jnp.zeros((trials, capacity), jnp.float32), jnp.full(trials, NO_SNAPSHOT, jnp.int32)
    traces = 0 if settings.decay is None else len(RATES) + 1
    zero = jnp.zeros(trials, jnp.float32)
    return Activated(
        traces=jnp.zeros((trials, capacity, traces), jnp.float32),
        fresh=each,
        uses=each,
        penalty=jnp.full((trials, capacity), jnp.inf, jnp.float32),
        spread=each,
        group=each,
        sources=zero,
        winner=none,
        given=none,
        left=zero,
        searches=jnp.zeros(trials, jnp.int32),
        latencies=jnp.zeros((trials, KEPT), jnp.float32),
    )


def levels(settings: Activation, own: Activated) -> Float[Array, "trials capacity"]:
    """The activation of every snapshot, but for noise and what a cue says against it."""
    level = jnp.full(own.uses.shape, settings.base, jnp.float32)
    if settings.decay is not None:
        strength = jnp.sum(own.traces, axis=2) + own.fresh * settings.race.step**-settings.decay
        if settings.optimized:
            strength = strength * own.uses / (1 - settings.decay)
        level = level + jnp.log(jnp.where(own.uses > 0, strength, 1.0))
    if settings.spreading is not None:
        level = level + own.spread + of_group(settings.spreading, own)
    return level


def of_group(spreading: Spreading, own: Activated) -> Float[Array, "trials capacity"]:
    """What the sources of the present group give together."""
    return spreading.weight * own.group / jnp.maximum(own.sources, 1.0)[:, None]
