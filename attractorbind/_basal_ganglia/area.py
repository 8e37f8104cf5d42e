"""Basal ganglia: an area that reads buffers, chooses which gates open, and learns from reward."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int8, Key

from attractorbind._area.base import (
    AbstractGatingArea,
    AbstractSensoryArea,
    AreaInputs,
    Choices,
    Decode,
    Shared,
    Shown,
    check_area_name,
)
from attractorbind._basal_ganglia.conjunction import Conjunction, conjoined, dendrites
from attractorbind._basal_ganglia.critic import Critic
from attractorbind._basal_ganglia.joining import SWITCHES, channel_names, read_entries
from attractorbind._basal_ganglia.plasticity import Rates
from attractorbind._basal_ganglia.policy import Policy
from attractorbind._basal_ganglia.striatum import (
    Asked,
    Outcome,
    Settings,
    Striatum,
    after_choice,
    after_outcome,
    begun,
    resting,
)
from attractorbind._checks import (
    as_numbers,
    buffer_names,
    check_bool,
    check_count,
    check_fraction,
    check_not_negative,
)
from attractorbind._each import turns
from attractorbind._errors import ArgumentError, NetworkError
from attractorbind._wiring import AreaWiring, Heard

Switches = dict[str, Bool[Array, " trials"]]


class Circuit(NamedTuple):
    """What is drawn when the network is built: dendrites of each conjunction, and the synapses before any learning."""

    dendrites: tuple[tuple[Int8[Array, "_units _conjunctive"], ...], ...]
    policy: Policy


class BasalGanglia(AbstractGatingArea, AbstractSensoryArea):
    r"""Units that learn by reward which gates to open, after the actor and the critic of the basal ganglia.

    A **channel** is a pair of Go and NoGo units for a gate, or for anything else that a program makes of its choice.
    What the buffers hold, as one vector of unit length $\varphi$, drives channel k, and at `choose` its gate opens with
    probability $p_k = (1 - \varepsilon) \sigma(W_k \varphi) + \varepsilon / 2$; where channels compete, exactly one
    opens, by the softmax. The critic expects the reward $V = v \varphi$. At `reward` **dopamine** is what came beyond
    that, and with what the state that follows is worth the error of temporal differences:

    $\delta = r - V(s) + \gamma V(s'), \quad \Delta W_k = \eta \delta E_k, \quad \Delta v = \eta_v \delta \varphi$.

    Four things make it learn to use working memory, and each alone is needed:

    - **traces** of choices, $E_k \leftarrow \lambda E_k + (g_k - p_k) \varphi$, which bridge the time until the reward,
        and **start anew where the gate opens**: what a slot held before is overwritten, and no longer to be credited;
    - exploration that **ends where errors end**: $\varepsilon$ is $\epsilon$ times the share of errors, r < 1, among
        the last outcomes, about 50, and 1 at the most;
    - **forgetting on error**: where r < 1, weights with a trace fade, $W \leftarrow (1 - \kappa) W$;
    - credit for those slots only that were read out, see `reward(through=)`.

    The first part of $\delta$ acts at `reward`, the second at the next `choose`. Of several trials that learn at a tick
    and share their synapses, the mean of what they ask for is learned; with `shared=False` every trial is a learner of
    its own. Weights are whole numbers of 2^-18, so that choices do not depend on the size of a batch.

    **Gates**, all closed at rest: "word->store" lets the buffer "word" in; the switches "store:choose" and the like are
    opened by `choose`, `reward` and `begin_episode`, and "store:word->slot" puts the channel "word->slot" up for choice
    or credit. Choices are drawn from the run's key. No derivative passes through them.

    The policy is slow, and part of the `State`, which `equinox.tree_serialise_leaves` writes to a file; `network.save`
    keeps none of it.

    **Arguments:**

    - `name`: the area's name, which `choose` gives.
    - `reads`: what the policy and the critic read: names of buffers, `Conjunction`s of them, and how much a predictor
        is surprised, `Predictor(...).surprise`, heard always.
    - `gates`: the channels' names: of relays, or of what programs are given for at `choose`.
    - `rate`: eta, of the policy; log-odds per unit of dopamine.
    - `trace`: lambda, 0 for none; decay from one choice to the next.
    - `forget`: kappa, a fraction.
    - `explore`: epsilon, the part left to chance where all is wrong; with 2, all is where half is wrong or more.
    - `critic`: its rate and discount.
    - `restart`: whether a channel's trace starts anew where its gate opens; if not, it only decays.
    - `shared`: whether all trials share the synapses.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no basal ganglia.

    **Reference:** R. C. O'Reilly & M. J. Frank 2006, Neural Comput. 18:283; R. J. Williams 1992, Mach. Learn. 8:229;
    A. H. Marblestone, G. Wayne & K. P. Kording 2016, Front. Comput. Neurosci. 10:94.

    **Example:** learn which of two levers pays.

        >>> import attractorbind as ab, jax
        >>> striatum = ab.gating.BasalGanglia("striatum", reads=["lamp"], gates=["left", "right"], rate=2.0)
        >>> network = ab.build(ab.Vocabulary(["red", "green", "left", "right"]), buffers={"lamp": 64, "lever": 64},
        ...     relays=[], areas=[striatum], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> press = {lever: ab.load("lever", lever) for lever in ["left", "right"]}
        >>> program = ab.load("lamp", "red") + ab.repeat(40, ab.choose("striatum", one_of=press)
        ...     + ab.reward(when=ab.holds("lever", "right")))
        >>> trace = ab.run(network, program, key=jax.random.key(1))
        >>> bool(trace.state["striatum"].probability[0, 1] > 0.9)
        True
    """

    name: str = eqx.field(static=True)
    buffers: tuple[str, ...] = eqx.field(static=True)
    read: tuple[tuple[int, ...], ...] = eqx.field(static=True)  # indices of buffers; two or more are a conjunction
    conjunctive: tuple[int, ...] = eqx.field(static=True)  # units of each entry of `read`, 0 for a single buffer
    heard: tuple[tuple[str, int, int], ...] = eqx.field(static=True)  # of other areas: name, part, units
    gates: tuple[str, ...] = eqx.field(static=True)
    rate: float
    trace: float
    forget: float
    explore: float
    critic: Critic
    restart: bool = eqx.field(static=True)
    shared: bool = eqx.field(static=True)
    takes: ClassVar[str] = "next"

    def __init__(
        self,
        name: str,
        *,
        reads: Sequence[str | Conjunction | Heard],
        gates: Sequence[str],
        rate: float = 1.0,
        trace: float = 0.95,
        forget: float = 0.0,
        explore: float = 0.1,
        critic: Critic | None = None,
        restart: bool = True,
        shared: bool = True,
    ) -> None:
        check_area_name(name)
        self.name = name
        entries, heard = read_entries(name, reads)
        self.buffers = tuple(dict.fromkeys(itertools.chain.from_iterable(buffers for buffers, _ in entries)))
        self.read = tuple(tuple(map(self.buffers.index, buffers)) for buffers, _ in entries)
        self.conjunctive = tuple(units for _, units in entries)
        self.heard = tuple((own.area, own.part, own.units) for own in heard)
        self.gates = channel_names(name, gates)
        self.rate = check_not_negative(f"rate of {name!r}", rate)
        self.trace = check_fraction(f"trace of {name!r}", trace)
        self.forget = check_fraction(f"forget of {name!r}", forget)
        self.explore = check_not_negative(f"explore of {name!r}", explore)
        self.critic = Critic() if critic is None else critic
        self.restart = check_bool(f"restart of {name!r}", restart)
        self.shared = check_bool(f"shared of {name!r}", shared)

    def __check_init__(self) -> None:
        name = self.name
        if not isinstance(self.critic, Critic):
            raise NetworkError(f"critic of {name!r} is {self.critic!r}; give gating.Critic(rate=0.05), say")
        # The others are checked for areas out of files, for which __init__ is not called.
        check_area_name(name)
        if self.buffers:
            buffer_names(f"buffers of {name!r}", self.buffers, NetworkError)
        for area, part, units in self.heard:
            check_area_name(area)
            check_count(f"a part that {name!r} hears", part, least=0)
            check_count(f"units of a part that {name!r} hears", units)
        for entry, units in zip(self.read, self.conjunctive, strict=True):
            for number in entry:
                check_count(f"a buffer's number in what {name!r} reads", number, least=0)
            check_count(f"conjunctive units of {name!r}", units, least=0 if len(entry) == 1 else 1)
        channel_names(name, self.gates)
        check_not_negative(f"rate of {name!r}", self.rate)
        check_fraction(f"trace of {name!r}", self.trace)
        check_fraction(f"forget of {name!r}", self.forget)
        check_not_negative(f"explore of {name!r}", self.explore)
        check_bool(f"restart of {name!r}", self.restart)
        check_bool(f"shared of {name!r}", self.shared)

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: it reads buffers, writes on none, and has a switch for each channel."""
        return AreaWiring(
            self.name,
            reads=self.buffers,
            switches=(*SWITCHES, *self.gates),
            kind="basal ganglia",
            units=2 * len(self.gates) + sum(self.conjunctive),
            channels=self.gates,
            draws=("sample",),
            says=(1,),
            hears=tuple(Heard(*own) for own in self.heard),
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> Circuit:
        """See `AbstractArea.parameters`: fixed dendrites, and synapses that are all 0."""
        units = [buffers[buffer] for buffer in self.buffers]
        drawn = []
        for number, (read, conjunctive) in enumerate(zip(self.read, self.conjunctive, strict=True)):
            keys = jax.random.split(jax.random.fold_in(key, number), len(read))
            own = zip(read, keys, strict=True)
            drawn.append(
                tuple(dendrites(units[buffer], conjunctive, key=own_key) for buffer, own_key in own)
                if conjunctive
                else ()
            )
        features = self._features(buffers)
        nothing = jnp.zeros((len(self.gates), features), jnp.int32)
        policy = Policy(nothing, nothing[0], jnp.ones((), jnp.float32))
        return Circuit(tuple(drawn), policy)

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Circuit) -> Striatum:
        """See `AbstractArea.init`: nothing chosen, and nothing learned."""
        policy: Any = Shared(parameters.policy)
        if not self.shared:
            policy = jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, (trials, *leaf.shape)), parameters.policy)
        return resting(policy, trials, len(self.gates), self._features(buffers))

    def tick(self, parameters: Circuit, state: Striatum, inputs: AreaInputs) -> tuple[Striatum, tuple[()]]:
        """See `AbstractArea.tick`: begin, earn, be offered channels, choose."""
        # Choices are all or nothing: no derivative passes through them.
        inputs, state = jax.lax.stop_gradient((inputs, state))
        told = inputs.switches > 0.5
        switch = dict(zip(SWITCHES, told[: len(SWITCHES)] & inputs.running[None, :], strict=True))
        up = told[len(SWITCHES) :].T
        state = eqx.tree_at(
            lambda own: (own.decided, own.rewarded, own.offered),
            state,
            # A trial that does not take part stays as it is.
            (
                state.decided & ~inputs.running,
                state.rewarded & ~inputs.running,
                state.offered | (up & switch["offer"][:, None]),
            ),
        )
        state = turns(jnp.any(switch["begin"]), begun, state, switch["begin"])
        state = turns(jnp.any(switch["outcome"]), self._earned, state, parameters, inputs, switch, up)
        return turns(jnp.any(switch["choose"]), self._decided, state, parameters, inputs, switch, up), ()

    def _earned(
        self,
        state: Striatum,
        parameters: Circuit,
        inputs: AreaInputs,
        switch: Switches,
        up: Bool[Array, "trials channels"],
    ) -> Striatum:
        # From half open, nothing, to fully open, 1: less than half is what leaks.
        amount = jnp.maximum(2 * inputs.switches[SWITCHES.index("amount")] - 1, 0.0)
        amount *= jnp.where(switch["penalty"], -1.0, 1.0)
        # Not where there is no outcome: this runs for all trials where any has one.
        state, given = _received(state, switch["next"] & switch["outcome"])
        outcome = Outcome(switch["outcome"], jnp.where(switch["next"], given, amount), up)
        return after_outcome(self._settings, state, self._read(parameters, inputs), outcome)

    def _decided(
        self,
        state: Striatum,
        parameters: Circuit,
        inputs: AreaInputs,
        switch: Switches,
        up: Bool[Array, "trials channels"],
    ) -> Striatum:
        candidates = jnp.where(jnp.any(up, axis=1, keepdims=True), up, state.offered)
        asked = Asked(switch["choose"], candidates, switch["compete"], switch["sample"])
        return after_choice(self._settings, state, self._read(parameters, inputs), asked, inputs.keys)

    def chosen(self, state: Striatum) -> Bool[Array, "trials channels"]:
        """See `AbstractGatingArea.chosen`."""
        return state.chosen

    def observed(self, state: Striatum) -> Choices:
        """See `AbstractGatingArea.observed`."""
        return Choices(
            decided=state.decided,
            chosen=state.chosen,
            probability=state.probability,
            rewarded=state.rewarded,
            value=state.value,
            dopamine=state.dopamine,
        )

    def contents(self, buffers: Mapping[str, int], state: Striatum, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: nothing that words could tell; see `gating.rules`."""
        return []

    def said(self, state: Striatum, part: int) -> Float[Array, "trials 1"]:
        """See `AbstractArea.said`: the dopamine of the last outcome."""
        return state.dopamine[:, None]

    def check_stimuli(self, stimuli: Any) -> Float[np.ndarray, "trials stimuli 1"]:
        """See `AbstractSensoryArea.check_stimuli`: rewards, of shape (trials,) or (trials, how many)."""
        rewards = as_numbers(f"rewards of {self.name!r}", stimuli, "(trials, rewards)")
        if rewards.ndim not in (1, 2) or not len(rewards):
            raise ArgumentError(
                f"rewards of {self.name!r} have the shape {rewards.shape}; give one number per trial, or an array of "
                "shape (trials, rewards)"
            )
        if not np.isfinite(rewards).all():
            raise ArgumentError(f"rewards of {self.name!r} hold values that are not finite; give numbers of 32 bits")
        return rewards.reshape(len(rewards), -1, 1)

    def shown(self, state: Striatum, stimuli: Float[Array | np.ndarray, "trials stimuli 1"]) -> Striatum:
        """See `AbstractSensoryArea.shown`."""
        rewards = Shown(jnp.asarray(stimuli, jnp.float32))
        return eqx.tree_at(lambda own: (own.rewards, own.taken), state, (rewards, jnp.zeros_like(state.taken)))

    @property
    def _settings(self) -> Settings:
        rates = Rates(self.rate, self.critic.rate, self.forget)
        return Settings(rates, self.trace, self.critic.discount, self.explore, self.restart)

    def _features(self, buffers: Mapping[str, int]) -> int:
        """How many numbers the policy reads."""
        pairs = zip(self.read, self.conjunctive, strict=True)
        read_units = sum(conjunctive or buffers[self.buffers[read[0]]] for read, conjunctive in pairs)
        return read_units + sum(units for _, _, units in self.heard)

    def _read(self, parameters: Circuit, inputs: AreaInputs) -> Int8[Array, "trials features"]:
        """What the policy reads of the buffers whose gates are open, and hears of other areas."""
        open_gates = inputs.reads > 0.5
        states = [
            jnp.where(gate[:, None], activity, 0.0) for gate, activity in zip(open_gates, inputs.activity, strict=True)
        ]
        parts = [
            conjoined(weights, [states[buffer] for buffer in read]) if weights else states[read[0]].astype(jnp.int8)
            for read, weights in zip(self.read, parameters.dendrites, strict=True)
        ]
        return jnp.concatenate([*parts, *(cells.astype(jnp.int8) for cells in inputs.heard)], axis=1)


def _received(state: Striatum, receiving: Bool[Array, " trials"]) -> tuple[Striatum, Float[Array, " trials"]]:
    """The state after trials have received their next reward, and that reward: 0 where there is none left."""
    given = state.rewards.value[:, :, 0]
    length = given.shape[1]
    if length == 0:
        return state, jnp.zeros(len(receiving), jnp.float32)
    number = jnp.minimum(state.taken, length - 1)
    reward = jnp.where(state.taken < length, jnp.take_along_axis(given, number[:, None], axis=1)[:, 0], 0.0)
    return eqx.tree_at(lambda own: own.taken, state, state.taken + receiving.astype(jnp.int32)), reward
