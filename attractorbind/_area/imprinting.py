"""Areas that imprint spare symbols while a network runs: what they add to codes and to projections."""

import abc
from collections.abc import Sequence
from typing import Any, TypeVar

from jaxtyping import Array, Bool, Float, Int, PyTree

from attractorbind._area.base import AbstractArea
from attractorbind._errors import NetworkError
from attractorbind._vocabulary import Vocabulary
from attractorbind._wiring import Wiring

# The codes of all symbols in each population, those of spare symbols last.
Codes = Sequence[Bool[Array, "slots _units"]]
Imprinting = TypeVar("Imprinting", bound="AbstractImprintingArea")


class AbstractImprintingArea(AbstractArea):
    """An area that gives spare symbols codes of their own, and one-shot synapses in every projection.

    A network has one at the most. What it says holds wherever a tick is computed, what programs ask is answered, and
    states are told in words. Populations and projections are given by their numbers, symbols by theirs in the
    vocabulary. In place of parameters of its own its `tick` is given the codes of all populations.
    """

    @abc.abstractmethod
    def joined(self: Imprinting, wiring: Wiring, spare: int) -> Imprinting:
        """The same area as part of a network with these populations and so many spare symbols, one at the least."""

    @abc.abstractmethod
    def code(
        self, codes: Codes, state: PyTree, population: int, symbols: Int[Array, " trials"]
    ) -> Bool[Array, "trials units"]:
        """The code of one symbol in each trial, in a population."""

    @abc.abstractmethod
    def overlaps(
        self, codes: Codes, state: PyTree, population: int, activity: Float[Array, "trials units"]
    ) -> Float[Array, "trials slots"]:
        """The overlap of what a population does with the code of every symbol, as `overlaps` has it."""

    @abc.abstractmethod
    def carried(
        self,
        codes: Codes,
        state: PyTree,
        ends: tuple[int, int],
        activity: Float[Array, "trials source"],
        field: Float[Array, "trials target"],
    ) -> Float[Array, "trials target"]:
        """What a projection gives its target, with the synapses that have been imprinted.

        **Arguments:**

        - `ends`: the numbers of its source and of its target.
        - `activity`: what the source does.
        - `field`: what the ordinary synapses give.
        """

    @abc.abstractmethod
    def begun(self, state: PyTree) -> PyTree:
        """The state at the beginning of a run, in which nothing has failed yet."""

    @abc.abstractmethod
    def failed(self, state: PyTree) -> Bool[Array, " trials"]:
        """The trials in which there was no spare symbol left for what was to be imprinted."""


def joined_areas(areas: Sequence[AbstractArea], wiring: Wiring, vocabulary: Vocabulary) -> tuple[AbstractArea, ...]:
    """The areas, the one that imprints joined to the network; an error if there are two, or nothing to imprint."""
    imprinting = [area for area in areas if isinstance(area, AbstractImprintingArea)]
    if len(imprinting) > 1:
        raise NetworkError(
            f"areas {imprinting[0].name!r} and {imprinting[1].name!r} both imprint spare symbols; leave one of them "
            "out, for each symbol can be imprinted by one alone"
        )
    if imprinting and not vocabulary.spare:
        raise NetworkError(
            f"area {imprinting[0].name!r} imprints spare symbols, of which the vocabulary has none; give it some, "
            "Vocabulary(names, spare=8), say"
        )
    return tuple(
        area.joined(wiring, len(vocabulary.spare)) if isinstance(area, AbstractImprintingArea) else area
        for area in areas
    )


def given_parameters(area: AbstractArea, parameters: PyTree, codes: Codes) -> Any:
    """What an area's `tick` is given as its parameters: what was drawn for it, or the codes of all populations."""
    return codes if isinstance(area, AbstractImprintingArea) else parameters
