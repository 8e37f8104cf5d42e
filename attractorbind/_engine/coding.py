"""Codes and projections as they stand at a tick: with what has been imprinted while the network ran, if anything has.

All that presents symbols, names states or passes them on asks here. Where no area imprints, these are the network's own
codes and fields, and nothing more is computed.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from attractorbind._area.imprinting import AbstractImprintingArea
from attractorbind._bundled import Member, chosen
from attractorbind._network import Network
from attractorbind._overlap import overlaps
from attractorbind._state import of_trial

Result = TypeVar("Result")


class Symbols(NamedTuple):
    """The symbols as one population knows them.

    - `units`: how many units it has.
    - `code`: from one symbol per trial to their codes.
    - `overlaps`: from a state per trial to its overlaps with the code of every symbol.
    """

    units: int
    code: Callable[[Int[Array, " trials"]], Bool[Array, "trials units"]]
    overlaps: Callable[[Float[Array, "trials units"]], Float[Array, "trials slots"]]


class Imprinted(NamedTuple):
    """The area of a network that imprints, and its state."""

    area: AbstractImprintingArea
    state: PyTree


class Coding(NamedTuple):
    """What symbols look like, and what projections carry.

    - `network`: the network.
    - `areas`: the states of its areas.
    """

    network: Network
    areas: tuple[PyTree, ...]

    @property
    def imprinted(self) -> Imprinted | None:
        """What has been imprinted; None where no area imprints."""
        for area, state in zip(self.network.areas, self.areas, strict=True):
            if isinstance(area, AbstractImprintingArea):
                return Imprinted(area, state)
        return None

    def code(self, population: int, symbols: Int[Array, " trials"]) -> Bool[Array, "trials units"]:
        """The code of one symbol in each trial."""
        imprinted, codes = self.imprinted, self.network.all_codes
        if imprinted is None:
            return codes[population][symbols]
        return imprinted.area.code(codes, imprinted.state, population, symbols)

    def overlaps(self, population: int, activity: Float[Array, "trials units"]) -> Float[Array, "trials slots"]:
        """The overlap of what a population does with the code of every symbol."""
        imprinted, codes = self.imprinted, self.network.all_codes
        if imprinted is None:
            return overlaps(activity, codes[population])
        return imprinted.area.overlaps(codes, imprinted.state, population, activity)

    def of_population(self, population: Int[Array, ""], use: Callable[[Symbols], Result]) -> Result:
        """What is made of the symbols of a population that is known only when a compiled loop runs."""

        def by_number(member: Member, number: int | Int[Array, ""]) -> Result:
            if isinstance(number, int):
                own = Symbols(
                    member.stacked.shape[1],
                    lambda symbols: self.code(number, symbols),
                    lambda states: self.overlaps(number, states),
                )
            else:
                own = Symbols(
                    member.stacked.shape[2],
                    lambda symbols: member.stacked[member.row, symbols],
                    lambda states: overlaps(states, member.item),
                )
            return use(own)

        codes = self.network.all_codes
        # Areas that imprint know their buffers by numbers that must be known when the loop is compiled.
        return chosen(codes if self.imprinted is None else tuple(codes), population, by_number)

    def carried(
        self, projection: int, activity: Float[Array, "trials source"], field: Float[Array, "trials target"]
    ) -> Float[Array, "trials target"]:
        """What a projection gives its target, where `field` is what its ordinary synapses give."""
        imprinted = self.imprinted
        if imprinted is None:
            return field
        own = self.network.wiring.projections[projection]
        return imprinted.area.carried(
            self.network.all_codes, imprinted.state, (own.source, own.target), activity, field
        )

    def carried_by(
        self,
        projection: Int[Array, ""],
        activity: Float[Array, "trials widest"],
        field: Float[Array, "trials widest"],
    ) -> Float[Array, "trials widest"]:
        """`carried`, for a projection that is known only when a compiled loop runs, and padded arrays."""
        if self.imprinted is None:
            return field
        wiring = self.network.wiring

        def carrier(projection: int) -> Callable[[Array, Array], Array]:
            own = wiring.projections[projection]
            source, target = wiring.populations[own.source].units, wiring.populations[own.target].units

            def carried(activity: Array, field: Array) -> Array:
                inside = self.carried(projection, activity[:, :source], field[:, :target])
                return jnp.concatenate([inside, field[:, target:]], axis=1)

            return carried

        carriers = [carrier(projection) for projection in range(len(wiring.projections))]
        return jax.lax.switch(projection, carriers, activity, field)

    def of_trial(self, trial: int, rows: int) -> "Coding":
        """The same for so many states that are all of one trial."""
        areas = [
            of_trial(state, np.full(rows, trial)) if isinstance(area, AbstractImprintingArea) else state
            for area, state in zip(self.network.areas, self.areas, strict=True)
        ]
        return Coding(self.network, tuple(areas))

    def begun(self) -> tuple[PyTree, ...]:
        """The states of the areas at the beginning of a run."""
        return tuple(area.begun(state) for area, state in zip(self.network.areas, self.areas, strict=True))

    def failed(self, trials: int) -> Bool[Array, " trials"]:
        """The trials in which something could not be imprinted."""
        imprinted = self.imprinted
        return jnp.zeros(trials, bool) if imprinted is None else imprinted.area.failed(imprinted.state)
