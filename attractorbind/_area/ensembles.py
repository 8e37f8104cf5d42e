"""The area that imprints ensembles: new symbols while a network runs."""

import copy
from collections.abc import Iterable, Mapping

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from attractorbind._area.base import AreaInputs, Decode, check_area_name
from attractorbind._area.imprinting import AbstractImprintingArea, Codes
from attractorbind._area.imprints import Imprints, imprint_pattern, nothing_imprinted, spare_code, winner
from attractorbind._checks import buffer_names, check_known, check_positive
from attractorbind._errors import NetworkError
from attractorbind._overlap import overlaps
from attractorbind._wiring import AreaWiring, Wiring


class Ensembles(AbstractImprintingArea):
    r"""Makes ensembles of what buffers hold: one-shot synapses for the spare symbols of the vocabulary, while it runs.

    To **imprint** what a buffer holds gives it a spare symbol. If it is the code of a spare symbol, that one is taken;
    if it is a pattern that no symbol has, the next that is free, and the pattern is its code in this buffer from then
    on. In all other populations its code is the one that was drawn when the network was built. What a symbol has
    already, ordinary or imprinted, and silence are left as they are. To be a symbol's code is to correlate with it by
    more than 1/2, as everywhere. Where no spare symbol is left, the trial ends with `Result.NO_FREE_CODE`.

    An imprinted symbol s is an **ensemble**: its units in each population p are joined to those in every population q
    that p projects to, $W^s_{qp} \propto c^s_q (c^s_p)^T$, and its units together win over the ordinary synapses. With
    the correlation $m_s$ of $x_p$ with the code $c^s_p$, and the ensemble s for which it is largest,

    $h_{qp} = \kappa (2 c^s_q - 1)$ where $m_s > 1/2$, and $h_{qp} = W_{qp} x_p + b_{qp}$ elsewhere,

    $\kappa$ being the strength, and $h_{qp}$ what the gate lets through. So it is all or nothing: about a quarter of
    the ensemble's units bring back all of it, and where none stands the ordinary field is what it was, bit for bit.
    Latches, relays and nuclei pass ensembles on, conditions, `emit` and `decode` know them, and a snapshot memory
    stores them. The field of an ensemble takes the place of the ordinary one, rather than outdoing it, so that what
    leaks of it through a closed gate is as small as what leaks of an ordinary symbol.

    **Gates**, all closed at rest, for an area "e" and a buffer "b": "b->e" imprints what b holds, above a conductance
    of 1/2, so that a leak above that imprints all there is; "e->b" gives b what it holds, an ensemble made whole, so
    that it stands while its latch is closed.

    What is imprinted is part of the `State`, one set per trial, of spare * (N + 4) bytes for a largest buffer of N
    units; while there is anything, every projection costs a product with the spare symbols' codes besides. The synapses
    are not written out: `lesion` takes units of an ensemble, but no single synapses of it, and `energy` is that of the
    ordinary synapses. Measured at 512 units, activity 0.1: 64 ensembles all come back from 35 % of their units, through
    another buffer and with 2 % of all units flipping at every tick, and none from 25 % (`benchmarks/ensembles.py`).

    **Arguments:**

    - `name`: the area's name.
    - `buffers`: names of the buffers whose contents it can imprint, by default all.
    - `strength`: the field $\kappa$ of an ensemble, on a unit at an open gate. A field of 1 is that of an ordinary unit
        that is just stable.

    **Raises:** `NetworkError` or `ArgumentError` for what makes no area.

    **Reference:** L. Carrillo-Reid, W. Yang, Y. Bando, D. S. Peterka & R. Yuste 2016, Science 353:691, imprinting and
    recalling cortical ensembles; Hayworth 2012 for symbols as attractors of the whole network.

    **Example:** a pattern of one's own becomes a symbol, and two of its units bring it back.

        >>> import attractorbind as ab, jax, numpy as np
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"], spare=["new"]), buffers={"word": 64, "agent": 64},
        ...     areas=[ab.Ensembles("ensembles")], activity=0.1, rule=ab.PseudoInverse(), key=jax.random.key(0))
        >>> pattern = np.zeros((1, 64)); pattern[0, 10:16] = 1
        >>> start = network.silent().replace("word", pattern)
        >>> trace = ab.run(network, ab.imprint_now("word") + ab.copy("word", "agent"), start)
        >>> trace.decode(), trace.snapshots("ensembles")
        ({'word': ['new'], 'agent': ['new']}, [{'word': 'new'}])
        >>> part = trace.state.replace("word", pattern * (np.arange(64) < 12))
        >>> bool((ab.run(network, ab.hold(), part).state["word"] == pattern).all())
        True
    """

    name: str = eqx.field(static=True)
    buffers: tuple[str, ...] | None = eqx.field(static=True)
    strength: float = eqx.field(static=True)
    populations: tuple[int, ...] = eqx.field(static=True)
    spare: int = eqx.field(static=True)

    def __init__(self, name: str, buffers: Iterable[str] | None = None, *, strength: float = 1.0) -> None:
        check_area_name(name)
        self.name = name
        told = f"buffers of area {name!r}"
        self.buffers = None if buffers is None else buffer_names(told, buffers, NetworkError)
        self.strength = check_positive(f"strength of area {name!r}", strength)
        # What `joined` fills in.
        self.populations = ()
        self.spare = 0

    def __check_init__(self) -> None:
        # Of areas out of files, for which __init__ is not called.
        check_area_name(self.name)
        if self.buffers is not None:
            buffer_names(f"buffers of area {self.name!r}", self.buffers, NetworkError)
        check_positive(f"strength of area {self.name!r}", self.strength)

    def joined(self, wiring: Wiring, spare: int) -> "Ensembles":
        """See `AbstractImprintingArea.joined`."""
        other = copy.copy(self)
        names = list(wiring.buffers) if self.buffers is None else self.buffers
        object.__setattr__(other, "populations", tuple(map(wiring.buffer, names)))
        object.__setattr__(other, "spare", spare)
        return other

    def wire(self, buffers: Mapping[str, int]) -> AreaWiring:
        """See `AbstractArea.wire`: what it imprints, and where it gives back what it has read."""
        known = self._known(buffers)
        # A latch, a relay from every other buffer, and the area itself may all bring an ensemble to one unit.
        most = self.strength * (len(buffers) + 1)
        return AreaWiring(self.name, known, known, kind="ensembles", largest_field=most, imprints=True)

    def parameters(self, buffers: Mapping[str, int], key: Key[Array, ""]) -> None:
        """See `AbstractArea.parameters`: nothing is drawn but the codes of symbols."""

    def init(self, buffers: Mapping[str, int], trials: int, parameters: None) -> Imprints:
        """See `AbstractArea.init`: nothing imprinted."""
        return nothing_imprinted(self.spare, max(buffers[name] for name in self._known(buffers)), trials)

    def tick(
        self, parameters: Codes, state: Imprints, inputs: AreaInputs
    ) -> tuple[Imprints, tuple[Float[Array, "trials _units"], ...]]:
        """See `AbstractArea.tick`: imprint, and give back what was read."""
        buffers = list(zip(self.populations, inputs.activity, strict=True))
        reading = (inputs.reads > 0.5) & inputs.running[None, :]

        def imprinted(state: Imprints) -> Imprints:
            # One buffer after the other, so that each knows what those before it have imprinted.
            for number, (population, activity) in enumerate(buffers):
                state = imprint_pattern(parameters, state, population, activity, reading[number])
            return state

        state = jax.lax.cond(jnp.any(reading), imprinted, lambda state: state, state)
        fields = jax.lax.cond(
            jnp.any(inputs.writes > 0),
            lambda: tuple(self._given_back(parameters, state, *buffer) for buffer in buffers),
            lambda: tuple(jnp.zeros_like(activity) for _, activity in buffers),
        )
        return state, fields

    def contents(self, buffers: Mapping[str, int], state: Imprints, decode: Decode) -> list[dict[str, str | None]]:
        """See `AbstractArea.contents`: for each ensemble the buffer in which it was imprinted, and its name."""
        names, told = dict(zip(self.populations, self._known(buffers), strict=True)), []
        for population, pattern in zip(np.asarray(state.buffer).tolist(), np.asarray(state.pattern), strict=True):
            if population in names:
                buffer = names[population]
                told.append({buffer: decode(buffer, pattern[None, : buffers[buffer]])[0]})
        return told

    def code(
        self, codes: Codes, state: Imprints, population: int, symbols: Int[Array, " trials"]
    ) -> Bool[Array, "trials units"]:
        """See `AbstractImprintingArea.code`."""
        spare = symbols - (len(codes[population]) - self.spare)
        own = spare_code(codes, state, population, jnp.maximum(spare, 0))
        return jnp.where((spare >= 0)[:, None], own, codes[population][symbols])

    def overlaps(
        self, codes: Codes, state: Imprints, population: int, activity: Float[Array, "trials units"]
    ) -> Float[Array, "trials slots"]:
        """See `AbstractImprintingArea.overlaps`."""
        drawn = overlaps(activity, codes[population])
        if population not in self.populations:
            return drawn
        own = jax.vmap(overlaps)(activity, state.pattern[:, :, : activity.shape[1]])
        ordinary = drawn.shape[1] - self.spare
        spare = jnp.where(state.buffer == population, own, drawn[:, ordinary:])
        return jnp.concatenate([drawn[:, :ordinary], spare], axis=1)

    def carried(
        self,
        codes: Codes,
        state: Imprints,
        ends: tuple[int, int],
        activity: Float[Array, "trials source"],
        field: Float[Array, "trials target"],
    ) -> Float[Array, "trials target"]:
        """See `AbstractImprintingArea.carried`."""
        source, target = ends

        def won() -> Float[Array, "trials target"]:
            best = winner(codes, state, source, activity)
            ensemble = self._field(spare_code(codes, state, target, best.spare))
            return jnp.where(best.agrees[:, None], ensemble, field)

        return jax.lax.cond(jnp.any(state.imprinted), won, lambda: field)

    def begun(self, state: Imprints) -> Imprints:
        """See `AbstractImprintingArea.begun`."""
        return Imprints(state.buffer, state.pattern, jnp.zeros_like(state.refused))

    def failed(self, state: Imprints) -> Bool[Array, " trials"]:
        """See `AbstractImprintingArea.failed`."""
        return state.refused

    def _known(self, buffers: Mapping[str, int]) -> tuple[str, ...]:
        return tuple(
            check_known(f"buffer of area {self.name!r}:", "buffers", name, buffers)
            for name in (buffers if self.buffers is None else self.buffers)
        )

    def _field(self, code: Bool[Array, "trials units"]) -> Float[Array, "trials units"]:
        return jnp.where(code, jnp.float32(self.strength), jnp.float32(-self.strength))

    def _given_back(
        self, codes: Codes, state: Imprints, population: int, activity: Float[Array, "trials units"]
    ) -> Float[Array, "trials units"]:
        """The field that holds a buffer as it is, or at the ensemble that it stands for; none for a silent one."""
        best = winner(codes, state, population, activity)
        whole = jnp.where(best.agrees[:, None], spare_code(codes, state, population, best.spare), activity > 0)
        return jnp.where(jnp.any(activity > 0, axis=1)[:, None], self._field(whole), 0.0)
