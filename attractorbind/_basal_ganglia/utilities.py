"""Basal ganglia whose weights are utilities: of what is offered the best is chosen, and rewards are what it learns."""

from collections.abc import Mapping, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key

from attractorbind._area.base import AbstractGatingArea, AreaInputs, Choices, Decode, check_area_name
from attractorbind._basal_ganglia.joining import SWITCHES, channel_names
from attractorbind._checks import check_finite, check_fraction, check_not_negative, check_positive, entries
from attractorbind._errors import ArgumentError, NetworkError
from attractorbind._wiring import AreaWiring

_PASS = "pass"


class Worth(eqx.Module):
    """What each channel is worth, and what is to be credited, for a batch of trials or for one.

    - `utility`: of each channel.
    - `credit`, `lateness`: of each channel, how much of the next reward it learns, and by how much less that is for the
        time that has passed since it was chosen.
    - `offered`, `chosen`: channels that are up for the next choice, and those that opened at the last one.
    - `decided`, `rewarded`: whether there was a choice, or a reward, at the trial's last tick.
    - `expected`, `dopamine`: the utility of what was chosen last; by how much the last reward exceeded it.
    """

    utility: Float[Array, "*trials channels"]
    credit: Float[Array, "*trials channels"]
    lateness: Float[Array, "*trials channels"]
    offered: Bool[Array, "*trials channels"]
    chosen: Bool[Array, "*trials channels"]
    decided: Bool[Array, "*trials"]
    rewarded: Bool[Array, "*trials"]
    expected: Float[Array, "*trials"]
    dopamine: Float[Array, "*trials"]


class Utilities(AbstractGatingArea):
    r"""Basal ganglia that choose what has the highest utility, and learn utilities from rewards, as in ACT-R.

    A channel k is a unit whose drive, where it is offered, is its utility with noise, $U_k + \epsilon_k$, logistic with
    the scale s; the units inhibit each other, and the strongest opens its channel. At a reward R every choice since the
    reward before learns from dopamine that is less the longer ago it was made,

    $U_k \leftarrow U_k + \alpha (R - t_k - U_k)$,

    with $t_k$ seconds since the choice, the earliest first. Two traces keep what that takes, whatever the number of
    choices: a choice moves the credit to $c + \alpha (1 - c)$ and the lateness to $(1 - \alpha) l$, time adds c a
    second to the lateness, and the reward changes the utility by $c (R - U) - l$.

    It is chosen from and rewarded as `BasalGanglia`, by `choose`, `reward`, `begin_episode` and `production(channel=)`;
    where nothing competes, what is worth more than 0 opens. Time passes by its switch "pass", a step at full opening.
    Every trial is a learner of its own. Utilities are part of the state, from run to run.

    **Arguments:**

    - `name`: the area's name.
    - `gates`: the channels' names; of equal ones the first is chosen.
    - `start`: their utilities at first, by default 0.
    - `rate`: alpha, a fraction; 0 if nothing is learned.
    - `noise`: s, 0 for none; a choice that is `greedy` has none.
    - `largest`: what a reward of 1 stands for.
    - `step`: what a tick of "pass" stands for, in seconds.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no such area.

    **Reference:** J. R. Anderson 2007, "How can the human mind occur in the physical universe?", ch. 4; W.-T. Fu & J.
    R. Anderson 2006, J. Exp. Psychol. Gen. 135:184.

    **Example:** learn which of two levers pays.

        >>> import attractorbind as ab, jax
        >>> area = ab.gating.Utilities("worth", gates=["left", "right"], noise=0.5, rate=0.2)
        >>> network = ab.build(ab.Vocabulary(["left", "right"]), buffers={"lever": 64}, relays=[], areas=[area],
        ...     activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> press = {lever: ab.load("lever", lever) for lever in ["left", "right"]}
        >>> program = ab.repeat(40, ab.choose("worth", one_of=press) + ab.reward(when=ab.holds("lever", "right")))
        >>> trace = ab.run(network, program, key=jax.random.key(1))
        >>> bool(trace.state["worth"].utility[0, 1] > 0.9)
        True
    """

    name: str = eqx.field(static=True)
    gates: tuple[str, ...] = eqx.field(static=True)
    start: tuple[float, ...]
    rate: float
    noise: float
    largest: float
    step: float

    def __init__(
        self,
        name: str,
        *,
        gates: Sequence[str],
        start: Sequence[float] | None = None,
        rate: float = 0.2,
        noise: float = 0.0,
        largest: float = 1.0,
        step: float = 0.05,
    ) -> None:
        check_area_name(name)
        self.name = name
        self.gates = channel_names(name, gates)
        given = [0.0] * len(self.gates) if start is None else entries(start)
        if given is None or len(given) != len(self.gates):
            raise ArgumentError(f"start of {name!r} is {start!r}; give a number for each of {len(self.gates)} channels")
        self.start = tuple(check_finite(f"a number in start of {name!r}", each) for each in given)
        self.rate = check_fraction(f"rate of {name!r}", rate)
        self.noise = check_not_negative(f"noise of {name!r}", noise)
        self.largest = check_positive("largest", largest)
        self.step = check_positive("step", step)

    def __check_init__(self) -> None:
        # Of areas out of files, for which __init__ is not called.
        check_area_name(self.name)
        if _PASS in channel_names(self.name, self.gates):
            raise NetworkError(f"channel {_PASS!r} of {self.name!r} is the name of a switch of its own; take another")
        for each in self.start:
            check_finite(f"a number in start of {self.name!r}", each)
        check_fraction(f"rate of {self.name!r}", self.rate)
        check_not_negative(f"noise of {self.name!r}", self.noise)
        for name in ("largest", "step"):
            check_positive(name, getattr(self, name))

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: no buffers, and a switch for each channel."""
        return AreaWiring(
            self.name,
            switches=(*SWITCHES, _PASS, *self.gates),
            kind="basal ganglia",
            units=len(self.gates),
            channels=self.gates,
            draws=("sample",),
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> None:
        """See `AbstractArea.parameters`: nothing is drawn."""
        return

    def init(self, buffers: Mapping[str, int], trials: int, parameters: None) -> Worth:
        """See `AbstractArea.init`: utilities as at the start."""
        none, zero = jnp.zeros((trials, len(self.gates)), bool), jnp.zeros(trials, jnp.float32)
        nothing = jnp.zeros((trials, len(self.gates)), jnp.float32)
        no = jnp.zeros(trials, bool)
        utility = nothing + jnp.asarray(self.start, jnp.float32)[None, :]
        return Worth(utility, nothing, nothing, none, none, no, no, zero, zero)

    def synapses(self, buffers: Mapping[str, int], parameters: None) -> int:
        """See `AbstractArea.synapses`: a utility for each channel."""
        return len(self.gates)

    def tick(self, parameters: None, state: Worth, inputs: AreaInputs) -> tuple[Worth, tuple[()]]:
        """See `AbstractArea.tick`: time passes, a reward is learned from, channels are offered, one is chosen."""
        inputs, state = jax.lax.stop_gradient((inputs, state))
        names = (*SWITCHES, _PASS)
        opening = dict(zip(names, inputs.switches, strict=False))
        told = {name: (opened > 0.5) & inputs.running for name, opened in opening.items()}
        up = (inputs.switches[len(names) :] > 0.5).T & inputs.running[:, None]
        seconds = jnp.where(told[_PASS], self.step * _amount(opening[_PASS]), 0.0)
        lateness = state.lateness + state.credit * seconds[:, None]
        # Rewards are told as those of basal ganglia.
        amount = self.largest * _amount(opening["amount"]) * jnp.where(told["penalty"], -1.0, 1.0)
        learns = told["outcome"][:, None] & up
        change = jnp.where(learns, state.credit * (amount[:, None] - state.utility) - lateness, 0.0)
        utility, past = state.utility + change, learns | told["begin"][:, None]
        credit, lateness = jnp.where(past, 0.0, state.credit), jnp.where(past, 0.0, lateness)
        offered = state.offered | (up & told["offer"][:, None])
        candidates = jnp.where(jnp.any(up, axis=1, keepdims=True), up, offered)
        drawn = jax.vmap(lambda key: jax.random.logistic(key, (len(self.gates),)))(inputs.keys)
        level = utility + jnp.where(told["sample"][:, None], self.noise * drawn, 0.0)
        best = jnp.argmax(jnp.where(candidates, level, -jnp.inf), axis=1).astype(jnp.int32)
        wins = np.arange(len(self.gates), dtype=np.int32)[None, :] == best[:, None]
        opens = candidates & jnp.where(told["compete"][:, None], wins, level > 0)
        chooses = told["choose"][:, None]
        chosen = jnp.where(chooses, opens, state.chosen)
        taken = chooses & opens
        expected = jnp.max(jnp.where(chosen, utility, -jnp.inf), axis=1, initial=-jnp.inf)
        return Worth(
            utility=utility,
            credit=jnp.where(taken, credit + self.rate * (1 - credit), credit),
            lateness=jnp.where(taken, (1 - self.rate) * lateness, lateness),
            offered=offered & ~chooses,
            chosen=chosen,
            decided=jnp.where(inputs.running, told["choose"], state.decided),
            rewarded=jnp.where(inputs.running, told["outcome"], state.rewarded),
            expected=jnp.where(told["choose"] & jnp.any(chosen, axis=1), expected, state.expected),
            dopamine=jnp.where(told["outcome"], amount - state.expected, state.dopamine),
        ), ()

    def chosen(self, state: Worth) -> Bool[Array, "trials channels"]:
        """See `AbstractGatingArea.chosen`."""
        return state.chosen

    def observed(self, state: Worth) -> Choices:
        """See `AbstractGatingArea.observed`."""
        return Choices(
            decided=state.decided,
            chosen=state.chosen,
            probability=state.chosen.astype(jnp.float32),
            rewarded=state.rewarded,
            value=state.expected,
            dopamine=state.dopamine,
        )

    def contents(self, buffers: Mapping[str, int], state: Worth, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: nothing that words could tell."""
        return []


def _amount(opening: Float[Array, " trials"]) -> Float[Array, " trials"]:
    """From half open, nothing, to fully open, 1: less than half is what leaks."""
    return jnp.maximum(2 * opening - 1, 0.0)
