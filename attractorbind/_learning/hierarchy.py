"""A sensory hierarchy: an area that sees stimuli, drives a buffer, and learns towards what the buffer holds."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key

from attractorbind._area.base import AbstractSensoryArea, AreaInputs, Decode, Shared, Shown, check_area_name
from attractorbind._checks import buffer_names, check_count, entries
from attractorbind._errors import NetworkError, listed
from attractorbind._learning.base import AbstractCreditRule, Teaching, check_rule, check_rule_fits
from attractorbind._learning.costs.base import AbstractCost
from attractorbind._learning.images import check_images
from attractorbind._learning.layers import ACTIVATIONS, READOUTS, Layers, draw_layers
from attractorbind._learning.learned import Learned, unlearned, updated_if
from attractorbind._learning.optimiser import AbstractOptimiser, Adam
from attractorbind._learning.pursuit import SWITCHES, Lesson, check_costs, counting, pursued_if
from attractorbind._learning.receptive_fields import receptive_field_mask
from attractorbind._learning.seeing import Past, Seeing, begun, seen, shares, winners
from attractorbind._wiring import AreaWiring, Heard


class Hierarchy(AbstractSensoryArea):
    r"""Layers of neurons that see stimuli and drive a buffer, and learn to drive it as a target held there asks for.

    The stimuli of a run are given by `run(stimuli={name: array})`. To **see** takes a trial's next stimulus through the
    layers: rates $r_l = f(r_{l-1} W_l + b_l)$, outputs y; several views may be added up. The outputs compete: as many
    win as there are units on in what was taught, on average; of those that tie for the last of them, none. They **drive
    the buffer** through the gate "eyes->focus"; its attractor, held by its latch, cleans up what they got wrong. To
    **learn** opens the relay back, "focus->eyes": what the buffer holds now is the target of the last stimulus, and the
    synapses change by one update of the credit rule, in which all trials that learn at this tick are one batch. A trial
    that has seen nothing, or whose buffer is silent, teaches nothing. With `costs` it may learn by others than that
    target, or by none: each has a gate of its own, see `learning.costs`.

    **Gates**, all closed at rest: "eyes->focus" and "focus->eyes"; "eyes:next" takes the next stimulus, which
    "eyes:add" adds to those before; "eyes:learn" changes the synapses. Switches act above a conductance of 1/2: a leak
    above that opens them all. With costs, "eyes:slowness" and the like scale these, and "eyes:begin" begins an episode,
    before which nothing was seen.

    Noise of a run does not reach the hierarchy's own units. The winners are all or nothing, so no derivative passes
    through them; the evidence before them has derivatives. What is seen is computed in floating point, and can differ
    by rounding between machines and sizes of batches, unlike all else in a network.

    The synapses are slow, and part of the `State`: shared by all trials, so what a trial learns changes what the others
    see. They start from what the network's key drew; `network.save` keeps only those.

    **Arguments:**

    - `name`: the area's name.
    - `sizes`: units of each layer, from the inputs to the last hidden layer. The output has as many units as the
        buffer.
    - `target`: the buffer that it drives, and learns from.
    - `rule`: the credit rule.
    - `optimiser`: what becomes of the changes that the rule asks for.
    - `activation`: what hidden units do, "relu", "tanh" or "sigmoid"; by default what suits the rule.
    - `readout`: what output units do: "sigmoid", each the probability that this unit is on; "softmax", the
        probabilities of classes, for a buffer of one unit per symbol; or "linear".
    - `receptive_fields`: for each layer above the inputs, the output last, the width of the window of the layer below
        that its units see; None for all of it. See `learning.receptive_field_mask`.
    - `costs`: what it is to make small, `learning.costs`; by default the loss against what its buffer holds.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no hierarchy.

    **Reference:** Hayworth & Marblestone 2018, deep training through thalamic relays: a target is clamped in a buffer.

    **Example:** learn what four pictures of four pixels show, and see one of them.

        >>> import attractorbind as ab, jax, numpy as np
        >>> eyes = ab.learning.Hierarchy("eyes", sizes=[4, 16], target="focus", rule=ab.learning.Backpropagation(),
        ...     optimiser=ab.learning.Adam(0.02))
        >>> names = ["north", "east", "south", "west"]
        >>> network = ab.build(ab.Vocabulary(names), buffers={"focus": 64}, relays=[], areas=[eyes], activity=0.1,
        ...     rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> lesson = ab.load("focus", ab.arg("name")) + ab.see("eyes", write=False) + ab.learn("eyes")
        >>> taught = ab.train(network, lesson, stimuli=np.eye(4), args={"name": names}, epochs=60, batch=4,
        ...     key=jax.random.key(1), progress=False)
        >>> ab.run(network, ab.see("eyes"), taught.state, stimuli={"eyes": np.eye(4)[[2, 0]]}).decode()["focus"]
        ['south', 'north']
    """

    name: str = eqx.field(static=True)
    sizes: tuple[int, ...] = eqx.field(static=True)
    buffers: tuple[str, ...] = eqx.field(static=True)
    rule: AbstractCreditRule
    optimiser: AbstractOptimiser
    activation: str = eqx.field(static=True)
    readout: str = eqx.field(static=True)
    receptive_fields: tuple[int | None, ...] = eqx.field(static=True)
    costs: tuple[AbstractCost, ...]
    takes: ClassVar[str] = "next"

    def __init__(
        self,
        name: str,
        *,
        sizes: Sequence[int],
        target: str,
        rule: AbstractCreditRule,
        optimiser: AbstractOptimiser | None = None,
        activation: str | None = None,
        readout: str = "sigmoid",
        receptive_fields: Sequence[int | None] | None = None,
        costs: Sequence[AbstractCost] = (),
    ) -> None:
        check_area_name(name)
        self.name = name
        if not isinstance(target, str):
            raise NetworkError(f"target of hierarchy {name!r} is {target!r}; give the name of a buffer")
        self.buffers = (target,)
        given = entries(sizes)
        if not given:
            raise NetworkError(
                f"sizes of hierarchy {name!r} is {sizes!r}; give the units of each layer, from the inputs to the last "
                "hidden layer, [64, 256, 256], say"
            )
        self.sizes = tuple(check_count(f"a size of hierarchy {name!r}", units) for units in given)
        self.rule = check_rule(f"rule of hierarchy {name!r}", rule)
        self.activation = rule.activations[0] if activation is None else _known("activation", activation, ACTIVATIONS)
        self.readout = _known("readout", readout, READOUTS)
        self.optimiser = Adam() if optimiser is None else optimiser
        self.receptive_fields = _widths(name, receptive_fields, len(self.sizes))
        self.costs = check_costs(name, costs, len(self.sizes) - 1, self.rule, self.readout)

    def __check_init__(self) -> None:
        check_rule(f"rule of hierarchy {self.name!r}", self.rule)
        check_rule_fits(self.rule, (*self.sizes, 1), self.activation, self.readout)
        if not isinstance(self.optimiser, AbstractOptimiser):
            raise NetworkError(f"optimiser of hierarchy {self.name!r} is {self.optimiser!r}; give learning.Adam(), say")
        # The others are checked for hierarchies out of files, for which __init__ is not called.
        check_area_name(self.name)
        buffer_names(f"buffers of hierarchy {self.name!r}", self.buffers, NetworkError)
        for units in self.sizes:
            check_count(f"a size of hierarchy {self.name!r}", units)
        _widths(self.name, self.receptive_fields, len(self.sizes))
        check_costs(self.name, self.costs, len(self.sizes) - 1, self.rule, self.readout)

    @property
    def target(self) -> str:
        """The buffer that it drives, and learns from."""
        return self.buffers[0]

    @property
    def gate(self) -> str:
        """The gate through which it drives the buffer."""
        return f"{self.name}->{self.target}"

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: the target buffer, both ways, and three switches."""
        outputs = buffers[self.target]
        units = sum(self.sizes[1:]) + outputs
        self._masks(outputs)
        return AreaWiring(
            self.name,
            self.buffers,
            self.buffers,
            (*SWITCHES, *(cost.label for cost in self.costs)) if self.costs else SWITCHES[:3],
            kind="hierarchy",
            units=units,
            largest_field=1.0,
            says=(*self.sizes, outputs),
            hears=tuple(heard for heard in self.hears(outputs) if heard is not None),
        )

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> Learned:
        """See `AbstractArea.parameters`: the synapses before anything is learned."""
        return self.drawn(buffers[self.target], key=key)

    def drawn(self, outputs: int, *, key: Key[Array, ""]) -> Learned:
        """The synapses before anything is learned, of a hierarchy with so many output units."""
        masks = self._masks(outputs)
        layers_key, learned_key = jax.random.split(key)
        sizes = (*self.sizes, outputs)
        costs = tuple(
            cost.init(self._units(cost, outputs), sizes[0], key=jax.random.fold_in(key, number))
            for number, cost in enumerate(self.costs)
        )
        drawn = draw_layers(sizes, masks, self.rule.gain, key=layers_key)
        layers = Layers(drawn, self.activation, self.readout, masks if any(mask is not None for mask in masks) else ())
        return unlearned(layers, self.rule, self.optimiser, costs=costs, key=learned_key)

    def hears(self, outputs: int) -> tuple[Heard | None, ...]:
        """For each cost, what it must hear of another area; None for those that hear nothing."""
        return tuple(cost.hears(self._units(cost, outputs)) for cost in self.costs)

    def init(self, buffers: Mapping[str, int], trials: int, parameters: Learned) -> Seeing:
        """See `AbstractArea.init`: nothing seen, and nothing learned."""
        outputs = jnp.zeros((trials, buffers[self.target]), jnp.float32)
        inputs = jnp.zeros((trials, self.sizes[0]), jnp.float32)
        never = jnp.zeros(trials, bool)
        return Seeing(
            stimuli=Shown(jnp.zeros((trials, 0, self.sizes[0]), jnp.float32)),
            taken=jnp.zeros(trials, jnp.int32),
            stimulus=inputs,
            evidence=outputs,
            views=jnp.zeros(trials, jnp.float32),
            lesson=inputs,
            taught=outputs,
            output=outputs,
            learned=Shared(parameters),
            past=Past(inputs, never, never) if self.costs else None,
        )

    def tick(
        self, parameters: Learned, state: Seeing, inputs: AreaInputs
    ) -> tuple[Seeing, tuple[Float[Array, "trials _units"], ...]]:
        """See `AbstractArea.tick`: see, learn, and drive the buffer."""
        takes, adds, learns = inputs.switches[:3] > 0.5
        if state.past is not None:
            past = begun(state.past, (inputs.switches[3] > 0.5) & inputs.running)
            state = eqx.tree_at(lambda seeing: seeing.past, state, past)
        looking = takes & inputs.running
        state = jax.lax.cond(jnp.any(looking), lambda: seen(state, looking, adds), lambda: state)
        learning = learns & inputs.running & (state.views > 0)
        if state.past is not None:
            state = self._pursued(state, state.past, learning, inputs)
        else:
            taught = inputs.activity[0]
            learning &= (inputs.reads[0] > 0.5) & jnp.any(taught > 0, axis=1)
            state = self._taught(state, learning, taught)
        driving = inputs.writes[0] > 0
        field = jax.lax.cond(jnp.any(driving), lambda: winners(state), lambda: jnp.zeros_like(state.evidence))
        return state, (field,)

    def contents(self, buffers: Mapping[str, int], state: Seeing, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: nothing that words could tell."""
        return []

    def synapses(self, buffers: Mapping[str, int], parameters: Learned) -> int:
        """See `AbstractArea.synapses`: those of its layers, biases among them."""
        return sum(layer.weights.size + layer.bias.size for layer in parameters.layers.layers)

    def said(self, state: Seeing, part: int) -> Float[Array, "trials _units"]:
        """See `AbstractArea.said`: the rates of each layer at the stimulus that was seen last, which itself is 0."""
        return state.learned.value.layers.forward(state.stimulus).rates[part]

    def eyes(self, state: Seeing) -> Layers:
        """See `AbstractArea.eyes`: its layers."""
        return state.learned.value.layers

    def shown(self, state: Seeing, stimuli: Float[Array | np.ndarray, "trials stimuli inputs"]) -> Seeing:
        """See `AbstractSensoryArea.shown`."""
        shown = jnp.asarray(stimuli, jnp.float32)
        return eqx.tree_at(
            lambda seeing: (seeing.stimuli, seeing.taken), state, (Shown(shown), jnp.zeros_like(state.taken))
        )

    def check_stimuli(self, stimuli: Any) -> Float[np.ndarray, "trials stimuli inputs"]:
        """See `AbstractSensoryArea.check_stimuli`."""
        return check_images(f"stimuli of {self.name!r}", stimuli, self.sizes[0])

    def _units(self, cost: AbstractCost, outputs: int) -> int:
        """How many units a cost is of."""
        return outputs if cost.layer is None else self.sizes[cost.layer]

    def _masks(self, outputs: int) -> tuple[Float[Array, "_below _above"] | None, ...]:
        sizes = (*self.sizes, outputs)
        return tuple(
            None
            if width is None
            else jnp.asarray(receptive_field_mask(sizes[number], sizes[number + 1], width), jnp.float32)
            for number, width in enumerate(self.receptive_fields)
        )

    def _taught(self, state: Seeing, learning: Bool[Array, " trials"], taught: Float[Array, "trials units"]) -> Seeing:
        """The state after one update by the trials that learn, if there are any."""
        anyone = jnp.any(learning)
        teaching = Teaching(taught, shares(learning))
        learned = updated_if(anyone, (self.rule, self.optimiser), state.learned.value, state.stimulus, teaching)
        return self._noted(state, learning, taught, learned)

    def _pursued(self, state: Seeing, past: Past, learning: Bool[Array, " trials"], inputs: AreaInputs) -> Seeing:
        """The state after one update by all costs whose gates are open, if there are any."""
        # Half open is nothing, so that what leaks through a closed gate does not count.
        opened = jnp.maximum(2 * inputs.switches[len(SWITCHES) :] - 1, 0.0)
        heard, nothing = iter(inputs.heard), jnp.zeros((len(learning), 0), jnp.float32)
        lesson = Lesson(
            inputs=state.stimulus,
            before=past.stimulus,
            held=jnp.where((inputs.reads[0] > 0.5)[:, None], inputs.activity[0], 0.0),
            said=tuple(next(heard) if hears else nothing for hears in self.hears(inputs.activity[0].shape[1])),
            opened=jnp.where(learning[None, :], opened, 0.0),
            followed=past.followed,
        )
        learning = jnp.any(counting(self.costs, lesson), axis=0)
        how = (self.rule, self.optimiser, self.costs)
        learned = pursued_if(jnp.any(learning), how, state.learned.value, lesson)
        return self._noted(state, learning, lesson.held, learned)

    def _noted(
        self, state: Seeing, learning: Bool[Array, " trials"], taught: Float[Array, "trials units"], learned: Learned
    ) -> Seeing:
        """The state with what the trials that learn have learned from."""
        anyone, own = jnp.any(learning), learning[:, None]
        output = jax.lax.cond(
            anyone,
            lambda: jnp.where(own, state.learned.value.layers.forward(state.stimulus).rates[-1], state.output),
            lambda: state.output,
        )
        return eqx.tree_at(
            lambda seeing: (seeing.lesson, seeing.taught, seeing.output, seeing.learned),
            state,
            (
                jnp.where(own, state.stimulus, state.lesson),
                jnp.where(own, taught, state.taught),
                output,
                Shared(learned),
            ),
        )


def _known(argument: str, given: object, known: Any) -> str:
    if not isinstance(given, str) or given not in known:
        raise NetworkError(f"{argument} is {given!r}; it must be one of {listed(known)}")
    return given


def _widths(name: str, widths: Any, layers: int) -> tuple[int | None, ...]:
    if widths is None:
        return (None,) * layers
    given = entries(widths)
    if given is None or len(given) != layers:
        raise NetworkError(
            f"receptive_fields of hierarchy {name!r} is {widths!r}; give one width, or None, for each of its {layers} "
            "layers above the inputs, the output included"
        )
    return tuple(None if width is None else check_count("a receptive field's width", width) for width in given)
