"""Codes and projections as they stand at a tick: with what has been imprinted while the network ran, if anything has.

All that presents symbols, names states or passes them on asks here. Where no area imprints, these are the network's own
codes and fields, and nothing more is computed.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PyTree

from attractorbind._area.imprinting import AbstractImprintingArea
from attractorbind._network import Network
from attractorbind._overlap import overlaps
from attractorbind._state import of_trial


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

    def carriers(self) -> list[Callable[[Float[Array, "trials widest"], Float[Array, "trials widest"]], Array]] | None:
        """`carried` for each projection, of arrays as wide as the widest population; None where no area imprints."""
        if self.imprinted is None:
            return None
        wiring = self.network.wiring

        def carrier(projection: int) -> Callable[[Array, Array], Array]:
            own = wiring.projections[projection]
            source, target = wiring.populations[own.source].units, wiring.populations[own.target].units

            def carried(activity: Array, field: Array) -> Array:
                inside = self.carried(projection, activity[:, :source], field[:, :target])
                return jnp.concatenate([inside, field[:, target:]], axis=1)

            return carried

        return [carrier(projection) for projection in range(len(wiring.projections))]

    def of_trial(self, trial: int, rows: int) -> "Coding":
        """The same for so many states that are all of one trial."""
        areas = [
            of_trial(state, np.full(rows, trial)) if isinstance(area, AbstractImprintingArea) else state
            for area, state in zip(self.network.areas, self.areas, strict=True)
        ]
        return Coding(self.network, tuple(areas))

    def begun(self) -> tuple[PyTree, ...]:
        """The states of the areas at the beginning of a run, in which nothing has failed yet."""
        return tuple(
            area.begun(state) if isinstance(area, AbstractImprintingArea) else state
            for area, state in zip(self.network.areas, self.areas, strict=True)
        )

    def failed(self, trials: int) -> Bool[Array, " trials"]:
        """The trials in which something could not be imprinted."""
        imprinted = self.imprinted
        return jnp.zeros(trials, bool) if imprinted is None else imprinted.area.failed(imprinted.state)
