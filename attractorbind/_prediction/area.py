"""A cerebellum-like area: it predicts what buffers and layers will do, and tells when it is surprised."""

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key

from attractorbind._area.base import AbstractGatingArea, AreaInputs, Decode, Forecasts, Shared, check_area_name
from attractorbind._checks import buffer_names, check_bool, check_count, check_not_negative
from attractorbind._each import turns
from attractorbind._errors import NetworkError
from attractorbind._prediction.foreseeing import (
    CELLS,
    Cerebellum,
    Foreseeing,
    at_rest,
    direction,
    graded,
    more_usual,
    moved_middle,
    surprise,
    unlearned,
)
from attractorbind._prediction.forward_model import ForwardModel, Situation
from attractorbind._prediction.joining import efference_entries, read_entries
from attractorbind._wiring import AreaWiring, Heard

# What a program can tell a predictor to do.
SWITCHES = ("step", "learn", "begin")
SURPRISE = "surprise"


class Predictor(AbstractGatingArea):
    r"""A cerebellum-like area: it predicts what follows, from what it reads and from copies of commands.

    At each **step**, for which a program has `predict`, it reads the buffers and layers that it is to foresee, and the
    commands: gates that are open at this tick, or buffers that hold a command. From these it foresees, at every time
    scale, the discounted mean of what it will read at later steps, see `learning.ForwardModel`: one map per command,
    and one for where none is given. Its **error** is what it reads now less what it foresaw at the step before, with
    what it foresees now; by this alone its synapses change. Trials that learn at the same tick share in one update.

    It is **surprised** where the mean square of its error at the first time scale lies so many standard deviations
    above what is usual, the running mean over about 100 steps: `surprised` is the condition for programs. What it says
    to other areas, such as one that learns by `costs.Internal`, is that error. **How much** it is surprised other cells
    tell, two for each level from -1 to 3 standard deviations by 1/4: one fires above the level, the other below. Basal
    ganglia hear them, `gating.BasalGanglia(reads=[predictor.surprise])`, and so learn their own threshold.

    **Gates**, all closed at rest: "focus->cerebellum" lets the buffer "focus" in; "cerebellum:step" takes a step,
    "cerebellum:learn" lets synapses change, and "cerebellum:begin" forgets the step before. Layers are heard always.

    The synapses are part of the `State`, shared by all trials. `network.save` keeps none of what was learned. No
    derivative passes through them.

    **Arguments:**

    - `name`: the area's name.
    - `reads`: what it foresees: names of buffers, and layers of hierarchies, (hierarchy, number); 0 is what that sees.
    - `efference`: the commands: names of gates, other than latches, and of buffers.
    - `timescales`: in steps, each 1 or more. The first is that of errors and surprise.
    - `rate`: of learning, above 0 and below 2.
    - `updates`: after how many updates the rate has fallen to 0; None for one that stays.
    - `threshold`: in standard deviations, above which it is surprised.
    - `normalised`: whether what it reads is taken as the direction from its running mean, a vector of length 1; so what
        all that is read has in common, and how much there is of it, is neither foreseen nor a surprise.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no predictor; when the network is built,
    `UnknownNameError` for gates that there are not.

    **Reference:** D. M. Wolpert, R. C. Miall & M. Kawato 1998, Trends Cogn. Sci. 2:338; R. S. Sutton 1988, Mach. Learn.
    3:9; J. M. Zacks et al. 2007, Psychol. Bull. 133:273, for errors as boundaries of events.

    **Example:** the focus alternates, until it does not.

        >>> import attractorbind as ab, jax
        >>> cerebellum = ab.Predictor("cerebellum", reads=["focus"])
        >>> network = ab.build(ab.Vocabulary(["tick", "tock", "yes"]), buffers={"focus": 64, "alarm": 64},
        ...     activity=0.1, rule=ab.PseudoInverse(), areas=[cerebellum], key=jax.random.key(0))
        >>> beat = [ab.load("focus", word) + ab.predict("cerebellum") for word in ["tick", "tock"]]
        >>> told = ab.when(ab.surprised("cerebellum"), ab.load("alarm", "yes"))
        >>> regular = ab.repeat(30, beat[0] + beat[1])
        >>> [ab.run(network, regular + last + told).decode()["alarm"] for last in beat]
        [[None], ['yes']]
    """

    name: str = eqx.field(static=True)
    buffers: tuple[str, ...] = eqx.field(static=True)  # those that are read, then those that hold commands
    read: int = eqx.field(static=True)  # how many of them are read
    layers: tuple[tuple[str, int, int], ...] = eqx.field(static=True)
    gates: tuple[str, ...] = eqx.field(static=True)
    model: ForwardModel
    threshold: float
    normalised: bool = eqx.field(static=True)

    def __init__(
        self,
        name: str,
        *,
        reads: Sequence[Any],
        efference: Sequence[str] = (),
        timescales: Sequence[float | int] = (1.0,),
        rate: float = 0.5,
        updates: int | None = None,
        threshold: float = 1.5,
        normalised: bool = False,
    ) -> None:
        check_area_name(name)
        self.name = name
        buffers, layers = read_entries(name, reads)
        commands, self.gates = efference_entries(name, efference)
        self.buffers, self.read = (*buffers, *commands), len(buffers)
        self.layers = tuple((heard.area, heard.part, heard.units) for heard in layers)
        self.model = ForwardModel(timescales, rate=rate, updates=updates)
        self.threshold = check_not_negative(f"threshold of {name!r}", threshold)
        self.normalised = check_bool("normalised", normalised)

    def __check_init__(self) -> None:
        # Of predictors out of files, for which __init__ is not called.
        name = self.name
        check_area_name(name)
        if self.buffers:
            both = "it cannot both be foreseen and hold a command; copy the command to another buffer"
            if len(set(self.buffers)) < len(self.buffers):
                repeated = next(buffer for buffer in self.buffers if self.buffers.count(buffer) > 1)
                raise NetworkError(f"{name!r} reads {repeated!r} twice; {both}")
            buffer_names(f"buffers of {name!r}", self.buffers, NetworkError)
        for area, layer, units in self.layers:
            check_area_name(area)
            check_count(f"a layer that {name!r} hears", layer, least=0)
            check_count(f"units of a layer that {name!r} hears", units)
        if not isinstance(self.model, ForwardModel):
            raise NetworkError(f"model of {name!r} is {self.model!r}; give learning.ForwardModel()")
        check_not_negative(f"threshold of {name!r}", self.threshold)
        check_bool("normalised", self.normalised)

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: it reads buffers, hears layers, is told of gates, and writes on nothing."""
        units = self._units(buffers)
        return AreaWiring(
            self.name,
            reads=self.buffers,
            switches=SWITCHES,
            kind="predictor",
            units=len(self.model.timescales) * units,
            channels=(SURPRISE,),
            says=(units, CELLS),
            hears=tuple(Heard(*layer) for layer in self.layers),
            copies=self.gates,
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> Cerebellum:
        """See `AbstractArea.parameters`: synapses that are all 0."""
        held = sum(buffers[buffer] for buffer in self.buffers[self.read :])
        return unlearned(self.model.init(units=self._units(buffers), commands=1 + len(self.gates) + held))

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Cerebellum) -> Foreseeing:
        """See `AbstractArea.init`: nothing read, and nothing learned."""
        return at_rest(parameters, trials)

    def tick(self, parameters: Cerebellum, state: Foreseeing, inputs: AreaInputs) -> tuple[Foreseeing, tuple[()]]:
        """See `AbstractArea.tick`: begin, take a step, learn."""
        inputs, state = jax.lax.stop_gradient((inputs, state))
        steps, learns, begins = (inputs.switches > 0.5) & inputs.running[None, :]
        state = eqx.tree_at(
            lambda own: (own.begun, own.stepped),
            state,
            (state.begun & ~begins, state.stepped & ~inputs.running),
        )
        return turns(jnp.any(steps), self._stepped, state, inputs, steps, learns), ()

    def _stepped(
        self, state: Foreseeing, inputs: AreaInputs, steps: Bool[Array, " trials"], learns: Bool[Array, " trials"]
    ) -> Foreseeing:
        before, read = Situation(state.state, state.command), self._situation(inputs)
        compared = steps & state.begun
        foresight, usual, middle = state.learned.value
        now = read._replace(state=direction(middle, read.state)) if self.normalised else read
        learning = (compared & learns).astype(jnp.float32)
        share = learning / jnp.maximum(jnp.sum(learning), 1)
        changed, errors = self.model.learn(foresight, before, now, share=share)
        size = jnp.mean(jnp.square(errors[:, 0]), axis=1)
        found = surprise(usual, size)
        anyone = jnp.any(learning > 0)
        learned = jax.tree.map(
            lambda after, unchanged: jnp.where(anyone, after, unchanged),
            Cerebellum(changed, more_usual(usual, size, share), moved_middle(state.learned.value, read.state, share)),
            state.learned.value,
        )
        predicted = self.model.predict(learned.foresight, now)
        return Foreseeing(
            state=jnp.where(steps[:, None], now.state, state.state),
            command=jnp.where(steps[:, None], now.command, state.command),
            begun=state.begun | steps,
            predicted=jnp.where(steps[:, None, None], predicted, state.predicted),
            error=jnp.where(compared[:, None, None], errors, state.error),
            surprise=jnp.where(compared, found, state.surprise),
            # A first step, before which nothing was foreseen, is no surprise.
            surprised=jnp.where(steps, compared & (found > self.threshold), state.surprised),
            stepped=state.stepped | compared,
            learned=Shared(learned),
        )

    def _situation(self, inputs: AreaInputs) -> Situation:
        """What it reads through open gates and hears, and the command: the first of all is that of none."""
        pairs = zip(inputs.reads > 0.5, inputs.activity, strict=True)
        let_in = [jnp.where(gate[:, None], activity, 0.0) for gate, activity in pairs]
        state = jnp.concatenate([*let_in[: self.read], *inputs.heard], axis=1)
        commands = let_in[self.read :]
        if inputs.copies is not None:
            commands.insert(0, (inputs.copies > 0.5).astype(jnp.float32).T)
        if not commands:
            return Situation(state, jnp.ones((len(state), 1), jnp.float32))
        given = jnp.concatenate(commands, axis=1)
        none = 1.0 - jnp.max(given, axis=1, keepdims=True)
        return Situation(state, jnp.concatenate([none, given], axis=1))

    def chosen(self, state: Foreseeing) -> Bool[Array, "trials 1"]:
        """See `AbstractGatingArea.chosen`: its one channel is open where it was surprised."""
        return state.surprised[:, None]

    def observed(self, state: Foreseeing) -> Forecasts:
        """See `AbstractGatingArea.observed`."""
        return Forecasts(
            stepped=state.stepped,
            chosen=state.surprised[:, None],
            error=jnp.mean(jnp.square(state.error), axis=2),
            surprise=state.surprise,
        )

    def said(self, state: Foreseeing, part: int) -> Float[Array, "trials units"]:
        """See `AbstractArea.said`: its error at the first time scale, of each unit; and how much it is surprised."""
        return state.error[:, 0] if part == 0 else graded(state.surprise)

    @property
    def surprise(self) -> Heard:
        """What others hear of how much it is surprised: cells that fire above a level each, and others below."""
        return Heard(self.name, 1, CELLS)

    def contents(self, buffers: Mapping[str, int], state: Foreseeing, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: nothing that words could tell; see `Trace.forecasts`."""
        return []

    def _units(self, buffers: Mapping[str, int]) -> int:
        """How many units it foresees."""
        read = sum(buffers[buffer] for buffer in self.buffers[: self.read])
        return read + sum(units for _, _, units in self.layers)
