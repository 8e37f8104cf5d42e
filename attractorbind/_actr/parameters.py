"""The parameters of a model file, (sgp :name value ...), as settings."""

from typing import Any

from attractorbind._actr.forms import Form, refused
from attractorbind._actr.settings import Activation, Settings, Utility
from attractorbind._errors import AttractorBindError

# Those that change nothing of what is computed here: what is printed, and what matters only with others.
_NEUTRAL = {
    ":v", ":act", ":trace-detail", ":trace-filter", ":crt", ":cst", ":cmdt", ":model-warnings", ":style-warnings",
    ":seed", ":ncnar", ":ult", ":pct", ":declarative-num-finsts", ":declarative-finst-span", ":show-focus",
    ":real-time", ":cbct", ":save-buffer-trace", ":traced-buffers", ":rcm", ":lhst", ":rhst", ":use-tree", ":dcnn",
    ":dcsc", ":short-copy-names", ":blt", ":sact", ":echo-act-r-output", ":show-all-slots",
    # Of modules that do nothing unless a rule asks them, and that no rule here can ask.
    ":needs-mouse", ":auto-attend", ":unstuff-visual-location", ":unstuff-aural-location", ":visual-activation",
    ":visual-onset-span", ":visual-attention-latency", ":visual-num-finsts", ":visual-finst-span",
    ":visual-movement-tolerance", ":optimize-visual", ":viewing-distance", ":motor-initiation-time",
    ":motor-feature-prep-time", ":motor-burst-time", ":tone-detect-delay",
}  # fmt: skip
# Those whose mechanism is not here: they may only be off.
_OFF = {
    ":pas": "permanent noise",
    ":epl": "compilation of rules",
    ":randomize-time": "random times",
    ":ppm": "partial matching of rules",
    ":er": "random choice among rules",
}
# Those that are here as ACT-R has them without being told.
_FIXED = {
    ":ms": (0.0, "a value is like itself by 0"),
    ":md": (-1.0, "all values that differ are unlike by -1, which :mp is a factor of"),
}
_NUMBERS = {
    ":lf": "latency_factor",
    ":le": "latency_exponent",
    ":rt": "threshold",
    ":blc": "base_level",
    ":dat": "firing",
    ":imaginal-delay": "imaginal_delay",
}
# Those of activation, with what they are in `Activation`; nil is off.
_ACTIVATION = {
    ":bll": "decay",
    ":mas": "strength",
    ":ga": "goal",
    ":imaginal-activation": "imaginal",
    ":mp": "mismatch",
    ":ans": "noise",
}
# Any of these makes the activation of chunks differ.
_DIFFERING = ("decay", "strength", "mismatch", "noise")
_OPTIMIZED = ":ol"
# Those of utility; learning is on or off, and its rate a number.
_NOISE, _LEARNING, _RATE, _INITIAL = ":egs", ":ul", ":alpha", ":iu"
_ON, _KEPT = ":esc", ":do-not-harvest"


class Parameters:
    """What a model file has said of its parameters.

    **Attributes:**

    - `random_ties`: the form that lets chance decide among rules, which needs rules that never match at once.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._said: dict[str, Any] = {}
        self._activation: dict[str, Any] = {}
        self._utility: dict[str, float] = {_NOISE: 0.0, _LEARNING: 0.0, _RATE: 0.2, _INITIAL: 0.0}
        self._last: Form | None = None
        self.random_ties: Form | None = None

    def take(self, form: Form) -> None:
        """Take in one (sgp ...)."""
        self._last, words = form, form.parts[1:]
        if len(words) % 2:
            raise refused(form, "sgp names a parameter without a value", self._name)
        for parameter, value in zip(words[::2], words[1::2], strict=True):
            self._set(form, parameter, str(value))

    def _set(self, form: Form, parameter: Form, given: str) -> None:
        key, off = str(parameter), given in ("nil", "0", "0.0")
        if key in _NUMBERS:
            self._said[_NUMBERS[key]] = self._number(parameter, given)
        elif key in _ACTIVATION:
            self._activation.pop(_ACTIVATION[key], None)
            if given != "nil":
                # Without a number it is ACT-R's own.
                number = 0.5 if (key, given) == (":bll", "t") else self._number(parameter, given)
                self._activation[_ACTIVATION[key]] = number
            elif key in (":ga", ":imaginal-activation"):
                self._activation[_ACTIVATION[key]] = 0.0
        elif key in self._utility:
            said = {"nil": 0.0, "t": 1.0} if key == _LEARNING else {"nil": 0.0}
            self._utility[key] = said[given] if given in said else self._number(parameter, given)
        elif key == _OPTIMIZED:
            if given not in ("t", "nil"):
                raise refused(parameter, f":ol is {given}; here it is t, for all uses, or nil, for none", self._name)
            self._activation["optimized"] = given == "t"
        elif key == _ON:
            self._said["subsymbolic"] = given != "nil"
        elif key == _KEPT:
            self._said["kept"] = (*self._said.get("kept", ("goal",)), given)
        elif key == ":er" and not off:
            self.random_ties = form
        elif key in _OFF and not off:
            raise refused(parameter, f"{key} {given} needs {_OFF[key]}, which is not here; take it out", self._name)
        elif key in _FIXED:
            fixed, why = _FIXED[key]
            if self._number(parameter, given) != fixed:
                raise refused(parameter, f"{key} is {given}; here it is {fixed:g}: {why}", self._name)
        elif key not in _NEUTRAL and key not in _OFF:
            known = ", ".join([_ON, _KEPT, *_NUMBERS, *_ACTIVATION, _OPTIMIZED, *self._utility])
            raise refused(parameter, f"the parameter {key} is not known; known are {known}", self._name)

    def _number(self, parameter: Form, given: str) -> float:
        try:
            return float(given)
        except ValueError:
            raise refused(parameter, f"{parameter} is {given}, which is no number", self._name) from None

    @property
    def initial_utility(self) -> float:
        """The utility of productions that are given none."""
        return self._utility[_INITIAL]

    def settings(self) -> Settings:
        """The settings that they come to."""
        differs = any(self._activation.get(name) for name in _DIFFERING)
        noise, learned = self._utility[_NOISE], self._utility[_LEARNING]
        try:
            utility = Utility(noise, self._utility[_RATE] if learned else None) if noise or learned else None
            activation = Activation(**self._activation) if differs else None
            return Settings(**self._said, activation=activation, utility=utility)
        except AttractorBindError as error:
            raise refused(self._last or Form(1, "sgp"), str(error), self._name) from None
