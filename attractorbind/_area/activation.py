"""What decides among snapshots that agree with a cue: how often and when they were used, and what else is on."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from attractorbind._checks import check_bool, check_finite, check_not_negative, check_positive
from attractorbind._errors import ArgumentError
from attractorbind._keys import Rate

# Rates at which traces decay, per second, one for each factor of e; see `Activation`.
_SLOWEST, _FASTEST = 1e-8, 256.0
RATES = np.exp(np.arange(math.log(_FASTEST), math.log(_SLOWEST), -1.0)).astype(np.float32)


class Spreading(eqx.Module):
    r"""What is on elsewhere speaks for the snapshots it occurs in: $W / n \sum_j (S - \ln(1 + m_j))$.

    `prime` gives the memory one source j after the other; $m_j$ snapshots have a branch that it makes fire, and these
    share what it gives; n is the number of sources.

    **Arguments:**

    - `strength`: S, ACT-R's maximum associative strength.
    - `weight`: W, shared by all sources of a group.

    **Raises:** `ArgumentError` for numbers that are not finite or a weight below 0.

    **Reference:** J. R. Anderson & L. M. Reder 1999, J. Exp. Psychol. Gen. 128:186.
    """

    strength: float
    weight: float

    def __init__(self, *, strength: float, weight: float = 1.0) -> None:
        self.strength = check_finite("strength", strength)
        self.weight = check_not_negative("weight", weight)

    def __check_init__(self) -> None:
        # Of settings out of files, for which __init__ is not called; so below.
        check_finite("strength", self.strength)
        check_not_negative("weight", self.weight)


class Race(eqx.Module):
    r"""How long a search takes: every candidate gathers at the rate $e^{f A}$, and the first to reach F has won.

    So the winner is the one with the highest activation A, and its latency $F e^{-f A}$. With a threshold $\tau$ there
    is one racer more, with the activation $\tau$: where it is the first, nothing is found.

    **Arguments:**

    - `factor`, `exponent`: F in seconds, and f.
    - `threshold`: tau, or None for none.
    - `step`: how many seconds pass for the memory in a tick of its switch "pass".

    **Raises:** `ArgumentError` for numbers out of range.

    **Reference:** J. R. Anderson 2007, "How can the human mind occur in the physical universe?", for the latency; L.
    van Maanen & H. van Rijn 2007, Cogn. Syst. Res. 8:174, for retrieval as a race.
    """

    factor: float
    exponent: float
    threshold: float | None
    step: float

    def __init__(
        self, *, factor: float = 1.0, exponent: float = 1.0, threshold: float | None = None, step: float = 0.05
    ) -> None:
        self.factor = check_not_negative("factor", factor)
        self.exponent = check_not_negative("exponent", exponent)
        self.threshold = None if threshold is None else check_finite("threshold", threshold)
        self.step = check_positive("step", step)

    def __check_init__(self) -> None:
        check_not_negative("factor", self.factor)
        check_not_negative("exponent", self.exponent)
        if self.threshold is not None:
            check_finite("threshold", self.threshold)
        check_positive("step", self.step)


class Activation(eqx.Module):
    r"""How active a snapshot is: what a memory goes by, instead of by recency alone, if it is given this.

    $A_i = \beta + \ln \sum_j t_{ij}^{-d} + \frac{W}{n} \sum_j (S - \ln(1 + m_j)) - P u_i + \epsilon$

    - **Strength.** Every use, at an age of $t_{ij}$ seconds, leaves traces on the branches that decay exponentially,
        each with a time constant of its own, from 4 ms to 3 years in steps of a factor e; together they fade as a power
        of time: $t^{-d} = \Gamma(d)^{-1} \int_0^\infty \lambda^{d-1} e^{-\lambda t} d\lambda$, to 0.1 % from 50 ms to
        10 days. What is used at this moment counts as a step old. To be stored is the first use, `strengthen` another.
    - **Spreading.** See `Spreading`: a source shares what it gives among the branches that it makes fire.
    - **Mismatch.** With a penalty P, snapshots compete even if branches of $u_i$ of the cued buffers do not fire.
    - **Noise.** $\epsilon$ is logistic with the scale s, drawn for each snapshot and search from the run's key.

    A search then has three parts, see `recall`: the cue makes candidates of the snapshots it agrees with; they race,
    see `Race`; and the first one's assembly comes on. Time passes for the memory in searches and by `elapse`. The
    strengths are part of the memory's state, from run to run. `forget` goes by recency still.

    **Gates**, besides those of the memory "m": "m:prime" makes what the open gates let in a source; "m:gather" ends a
    group of sources; "m:decide" starts the race; "m:pass" lets a step of time pass, and "m:finish" all that the race
    still takes; "m:give" has the assembly on that has won; "m:use" strengthens what was given last.

    **Arguments:**

    - `base`: beta, of all snapshots.
    - `decay`: d, above 0 and below 1; None for strengths that neither grow nor fade, which leaves beta alone.
    - `optimized`: whether uses are taken to lie evenly over a snapshot's life of t seconds: n uses then count as
        $\ln(n / (1 - d)) - d \ln t$.
    - `spreading`: a `Spreading`, or None.
    - `mismatch`: P, or None if all of the cue has to agree.
    - `noise`: s, 0 for none.
    - `race`: a `Race`.

    **Raises:** `ArgumentError` for numbers out of range.

    **Reference:** J. R. Anderson & L. J. Schooler 1991, Psychol. Sci. 2:396, for strength as a power of time; M. K.
    Benna & S. Fusi 2016, Nat. Neurosci. 19:1697, for synapses with many time constants; J. R. Anderson & C. Lebiere
    1998, "The atomic components of thought".

    **Example:** the older of two memories, which was used twice, comes back.

        >>> import attractorbind as ab, jax
        >>> memory = ab.SnapshotMemory("m", units=512, capacity=16, activation=ab.Activation(decay=0.5))
        >>> network = ab.build(ab.Vocabulary(["ann", "park", "shop"]), buffers={"who": 128, "where": 128}, relays=[],
        ...     areas=[memory], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> program = ab.load("who", "ann") + ab.load("where", "park") + ab.store("m", ["who", "where"])
        >>> program += ab.recall("m", cue=["who"]) + ab.strengthen("m") + ab.elapse("m", 100)
        >>> program += ab.load("where", "shop") + ab.store("m", ["who", "where"]) + ab.elapse("m", 100)
        >>> ab.run(network, program + ab.recall("m", cue=["who"])).decode()["where"]
        ['park']
    """

    base: float
    decay: float | None
    optimized: bool = eqx.field(static=True)
    spreading: Spreading | None
    mismatch: float | None
    noise: float
    race: Race

    def __init__(
        self,
        *,
        base: float = 0.0,
        decay: float | None = None,
        optimized: bool = False,
        spreading: Spreading | None = None,
        mismatch: float | None = None,
        noise: float = 0.0,
        race: Race | None = None,
    ) -> None:
        self.base = check_finite("base", base)
        self.decay = None if decay is None else check_finite("decay", decay)
        self.optimized = optimized
        self.spreading = spreading
        self.mismatch = None if mismatch is None else check_not_negative("mismatch", mismatch)
        self.noise = check_not_negative("noise", noise)
        self.race = Race() if race is None else race

    def __check_init__(self) -> None:
        check_finite("base", self.base)
        if self.decay is not None and not 0 < check_finite("decay", self.decay) < 1:
            raise ArgumentError(f"decay is {self.decay!r}; it must lie above 0 and below 1, or be None")
        check_bool("optimized", self.optimized)
        if self.spreading is not None and not isinstance(self.spreading, Spreading):
            raise ArgumentError(f"spreading is {self.spreading!r}; give Spreading(strength=...) or None")
        if self.mismatch is not None:
            check_not_negative("mismatch", self.mismatch)
        check_not_negative("noise", self.noise)
        if not isinstance(self.race, Race):
            raise ArgumentError(f"race is {self.race!r}; give Race(factor=...)")


def trace_weights(decay: Rate) -> Float[Array, " traces"]:
    """What a fresh use adds to each trace, so that all traces together fade as a power of time.

    The last one stands for all that are slower, and does not decay.
    """
    own = jnp.asarray(RATES) ** decay / jnp.exp(jax.scipy.special.gammaln(jnp.asarray(decay, jnp.float32)))
    return jnp.append(own, own[-1] / (jnp.exp(jnp.asarray(decay, jnp.float32)) - 1))


def faded(
    traces: Float[Array, "trials capacity traces"], seconds: Float[Array, " trials"]
) -> Float[Array, "trials capacity traces"]:
    """The traces after some time."""
    rates = np.append(RATES, np.float32(0))
    return traces * jnp.exp(-seconds[:, None, None] * rates[None, None, :])
