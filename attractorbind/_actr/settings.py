"""The numbers of a model: how long things take, and what is cleared."""

import math
from dataclasses import dataclass

from attractorbind._checks import (
    check_bool,
    check_finite,
    check_fraction,
    check_known,
    check_not_negative,
    check_positive,
)
from attractorbind._errors import ArgumentError, ProgramError

# Firings are counted in 32 bits; nobody waits for so long.
_MOST_FIRINGS = 1_000_000


@dataclass(frozen=True)
class Activation:
    """What makes the activation of one chunk differ from that of another, with ACT-R's names in brackets.

    **Arguments:**

    - `decay`: d of base-level learning, above 0 and below 1, or None for none (:bll).
    - `optimized`: whether base levels are told from the number of uses and the age alone (:ol).
    - `strength`: S, what a source gives a chunk but for its fan, or None if nothing spreads (:mas).
    - `goal`, `imaginal`: W, what the slots of these buffers give together (:ga, :imaginal-activation).
    - `mismatch`: P, the penalty for each slot of a request in which a chunk differs; None if none may (:mp).
    - `noise`: s, the scale of the logistic noise (:ans).

    **Raises:** `ArgumentError` for numbers out of range; `ProgramError` for two buffers that spread unequally.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Settings(subsymbolic=True, activation=actr.Activation(strength=1.6)).activation.sources
        {'imaginal': 1.0}
    """

    decay: float | None = None
    optimized: bool = True
    strength: float | None = None
    goal: float = 0.0
    imaginal: float = 1.0
    mismatch: float | None = None
    noise: float = 0.0

    def __post_init__(self) -> None:
        check_bool("optimized", self.optimized)
        if self.decay is not None:
            check_finite("decay", self.decay)
            if not 0 < self.decay < 1:
                raise ArgumentError(f"decay is {self.decay!r}; it must lie above 0 and below 1, or be None")
        if self.strength is not None:
            check_finite("strength", self.strength)
        if self.mismatch is not None:
            check_not_negative("mismatch", self.mismatch)
        for name in ("goal", "imaginal", "noise"):
            check_not_negative(name, getattr(self, name))
        if self.strength is not None and len(set(self.sources.values())) > 1:
            raise ProgramError(
                f"the goal spreads {self.goal} and the imaginal buffer {self.imaginal}; give both the same, or one of "
                "them 0"
            )

    @property
    def sources(self) -> dict[str, float]:
        """The buffers whose slots are sources of activation, with what they give together."""
        return {buffer: weight for buffer in ("goal", "imaginal") if (weight := getattr(self, buffer)) > 0}


@dataclass(frozen=True)
class Utility:
    """How rules that match at the same time compete, with ACT-R's names in brackets.

    **Arguments:**

    - `noise`: s, the scale of the logistic noise (:egs).
    - `rate`: alpha, by which utilities are learned from rewards (:alpha); None if they are not (:ul).

    **Raises:** `ArgumentError` for numbers out of range.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Settings(utility=actr.Utility(noise=0.5)).utility.rate
    """

    noise: float = 0.0
    rate: float | None = None

    def __post_init__(self) -> None:
        check_not_negative("noise", self.noise)
        if self.rate is not None:
            check_fraction("rate", self.rate)


@dataclass(frozen=True)
class Settings:
    """The parameters of a model, with ACT-R's names for them in brackets.

    **Arguments:**

    - `subsymbolic`: whether retrievals take the time that activation says, and not none (:esc).
    - `latency_factor`, `latency_exponent`: F and f in the latency F exp(-f A) of a retrieval, in seconds (:lf, :le).
    - `base_level`: A, the activation of every chunk (:blc).
    - `threshold`: the activation that stands in the latency of a failure (:rt).
    - `firing`: what a firing takes, in seconds (:dat).
    - `imaginal_delay`: what a new chunk takes in the imaginal module, in seconds (:imaginal-delay).
    - `harvest`: whether a buffer that a rule matches and does nothing to is cleared, "strict harvesting"; that of the
        goal never is.
    - `kept`: further buffers that are not harvested (:do-not-harvest).
    - `activation`: an `Activation`, if that of chunks differs; None where all have the base level.
    - `utility`: a `Utility`, if all rules that match compete by noisy or learned utilities; None where the first fires.

    **Raises:** `ArgumentError` for numbers out of range; `ProgramError` where the base level is below the threshold, so
    that nothing would ever be retrieved.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Settings(subsymbolic=True, latency_factor=0.05).retrieval
        0.05
    """

    subsymbolic: bool = False
    latency_factor: float = 1.0
    latency_exponent: float = 1.0
    base_level: float = 0.0
    threshold: float = 0.0
    firing: float = 0.05
    imaginal_delay: float = 0.2
    harvest: bool = True
    kept: tuple[str, ...] = ("goal",)
    activation: Activation | None = None
    utility: Utility | None = None

    def __post_init__(self) -> None:
        for name in ("subsymbolic", "harvest"):
            check_bool(name, getattr(self, name))
        check_positive("firing", self.firing)
        for name in ("latency_factor", "latency_exponent", "imaginal_delay"):
            check_not_negative(name, getattr(self, name))
        for name in ("base_level", "threshold"):
            check_finite(name, getattr(self, name))
        for buffer in self.kept:
            check_known("buffer", "buffers", buffer, ("goal", "retrieval", "imaginal"))
        if self.activation is not None and not isinstance(self.activation, Activation):
            raise ArgumentError(f"activation is {self.activation!r}; give Activation(...), or None")
        if self.utility is not None and not isinstance(self.utility, Utility):
            raise ArgumentError(f"utility is {self.utility!r}; give Utility(...), or None")
        if self.subsymbolic and not self.activated and self.base_level < self.threshold:
            raise ProgramError(
                f"the activation of all chunks, base_level={self.base_level}, is below threshold={self.threshold}: "
                "nothing would ever be retrieved; lower the threshold"
            )
        for told, seconds in (("a retrieval", self.retrieval), ("a failure", self.failure)):
            if not seconds / self.firing < _MOST_FIRINGS:
                raise ProgramError(f"{told} would take {seconds:g} s; lower latency_factor or latency_exponent")

    @property
    def activated(self) -> bool:
        """Whether the activation of chunks differs."""
        return self.subsymbolic and self.activation is not None

    @property
    def retrieval(self) -> float:
        """How long a retrieval takes that finds a chunk of the base level, in seconds."""
        return self._latency(self.base_level)

    @property
    def failure(self) -> float:
        """How long a retrieval takes that finds none, in seconds."""
        return self._latency(self.threshold)

    def firings(self, seconds: float) -> int:
        """After how many firings such a time is over."""
        return math.ceil(round(seconds / self.firing, 9))

    def _latency(self, activation: float) -> float:
        if not self.subsymbolic:
            return 0.0
        exponent = -self.latency_exponent * activation
        return self.latency_factor * math.exp(exponent) if exponent < 700 else math.inf
