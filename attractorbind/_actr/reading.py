"""Model files: the forms of Lisp ACT-R that make a model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from attractorbind._actr.forms import Form, FormError, computed, forms, refused
from attractorbind._actr.knowledge import Knowledge
from attractorbind._actr.model import Model
from attractorbind._actr.parameters import Parameters
from attractorbind._actr.productions import Reader
from attractorbind._actr.rules import Rule
from attractorbind._errors import AttractorBindError, FileError, ProgramError

# What programs around models are made of.
_LISP = {
    "defun", "defvar", "defparameter", "defconstant", "defmacro", "defmethod", "defclass", "defstruct", "setf", "setq",
    "let", "when", "unless", "if", "load", "require", "require-extra", "eval", "progn", "loop", "dolist", "in-package",
    "define-module", "run",
}  # fmt: skip

# What other forms of models need.
_ABSENT = {
    "set-similarities": "values that are more or less alike",
    "set-base-levels": "base levels of single chunks",
    "set-all-base-levels": "base levels of single chunks",
    "sdp": "parameters of single chunks",
    "schedule-event": "Lisp that is computed at a time",
    "schedule-event-relative": "Lisp that is computed at a time",
}


def read(path: str | Path, *, new: int = 0) -> Model:
    """Read a model of ACT-R from a file.

    It may have what the units of ACT-R's tutorial use that have no screen: define-model, sgp, chunk-type,
    define-chunks, add-dm, goal-focus, spp with :u and :reward, and p with =buffer>, +buffer>, -buffer>, ?buffer>,
    !output! and !stop!, for the buffers goal, retrieval and imaginal. Everything else is refused.

    **Arguments:**

    - `path`: of the file, in UTF-8.
    - `new`: how many chunks that are made during a run get symbols of their own; see `Model`.

    **Raises:** `FileError` for a file that cannot be read; `ProgramError` with line and form for what is not known.

    **Returns:** a `Model`.
    """
    if not isinstance(path, str | Path):
        raise FileError(f"path is {path!r}; give the path of a model file")
    path = Path(path)
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {str(path)!r}: {getattr(error, 'strerror', None) or error}") from None
    try:
        text = data.decode("utf-8-sig")
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise FileError(f"{path.name}, line {line}: a byte 0, which is in no text; give a model file")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileError(f"{path.name}, line {line}: a byte that is no UTF-8; save the file in UTF-8") from None
    return parse(text, name=path.name, new=new)


def parse(text: str, *, name: str = "", new: int = 0) -> Model:
    """Read a model of ACT-R from a text; see `read`.

    **Arguments:**

    - `text`: what stands in a model file.
    - `name`: what errors call it.
    - `new`: as for `read`.

    **Example:**

        >>> import jax
        >>> from attractorbind import actr
        >>> model = actr.parse('''
        ... (define-model greeting
        ...   (sgp :esc t :lf .05)
        ...   (chunk-type goal who said)
        ...   (chunk-type person name greeting)
        ...   (add-dm (a isa person name ann greeting hello) (g isa goal who ann))
        ...   (goal-focus g)
        ...   (p ask =goal> who =w said nil ?retrieval> state free buffer empty ==> +retrieval> name =w)
        ...   (p greet =goal> who =w said nil =retrieval> name =w greeting =x
        ...     ==> =goal> said =x !output! (=x =w)))''')
        >>> print(actr.run(model, model.network(key=jax.random.key(0))))
             0.050   PROCEDURAL             PRODUCTION-FIRED ask
             0.100   DECLARATIVE            RETRIEVED-CHUNK a
             0.150   PROCEDURAL             PRODUCTION-FIRED greet
        hello ann
    """
    if not isinstance(text, str):
        raise ProgramError(f"the text of a model is {text!r}; give a str")
    found = forms(text, name)
    models = [form for form in found if form.head == "define-model"]
    if len(models) > 1:
        raise refused(models[1], "a second define-model; give each model a file of its own", name)
    reading = _Reading(name)
    for form in found:
        if form.head == "define-model":
            if len(form.parts) < 2 or form.parts[1].word is None:
                raise refused(form, "define-model has no name; put one behind it", name)
            reading.called = form.parts[1].word
            for inner in form.parts[2:]:
                if inner.word is None or not inner.word.startswith('"'):
                    reading.take(inner)
        else:
            reading.take(form)
    return reading.model(new)


class _Reading:
    """What has been read of a model."""

    def __init__(self, name: str) -> None:
        self.name, self.called = name, "model"
        self.knowledge = Knowledge(name)
        self.parameters = Parameters(name)
        self.productions: list[Form] = []
        self.utilities: dict[str, float] = {}
        self.rewards: dict[str, float] = {}
        self.disabled: dict[str, Form] = {}
        self.focus: Form | None = None
        self.last = Form(1, "()")

    def take(self, form: Form) -> None:
        """Take in one form of a model."""
        readers: dict[str, Callable[[Form], None]] = {
            "clear-all": lambda form: None,
            "declare-buffer-usage": lambda form: None,
            "sgp": self.parameters.take,
            "chunk-type": self.knowledge.take_type,
            "define-chunks": lambda form: self.knowledge.take_chunks(form, self.knowledge.known),
            "add-dm": lambda form: self.knowledge.take_chunks(form, self.knowledge.chunks),
            "goal-focus": self._goal_focus,
            "goal-focus-fct": self._goal_focus,
            "set-buffer-chunk": self._set_buffer_chunk,
            "pdisable": self._pdisable,
            "p": self.productions.append,
            "spp": self._spp,
        }
        if form.head in _LISP:
            told = f"{form.head} is Lisp that is computed, and models are only read; take it out"
            raise self._refused(form, told)
        if form.head in _ABSENT:
            raise self._refused(form, f"{form.head} needs {_ABSENT[form.head]}, which is not here; take it out")
        if form.head not in readers:
            raise self._refused(
                form, f"{form.head or form} is not among what is read: define-model, {', '.join(readers)}"
            )
        if form.head in ("goal-focus-fct", "set-buffer-chunk"):
            # Functions are given names with a quote before them.
            form = Form(form.line, None, tuple(part for part in form.parts if part.word != "'"))
        mark = computed(form)
        if mark is not None:
            told = f"{mark} marks Lisp that is computed, and models are only read; write what it gives"
            raise self._refused(Form(mark.line, None, form.parts), told)
        self.last = form
        try:
            readers[str(form.head)](form)
        except FormError:
            raise
        except AttractorBindError as error:
            raise self._refused(form, str(error)) from None

    def model(self, new: int) -> Model:
        """The model that was read."""
        if not self.productions:
            raise self._refused(self.last, "the model has no production; write one with p")
        known = self.knowledge.by_name
        goal = None
        if self.focus is not None:
            word = self.focus.parts[1].word or ""
            if word not in known:
                raise self._refused(self.focus, f"no chunk has the name {word}; add it with add-dm")
            goal = known[word]
        rules: dict[str, Rule] = {}
        for form in self.productions:
            rule = Reader(form, self.knowledge.types, self.name, self.utilities).rule()
            utility = self.utilities.get(rule.name, self.parameters.initial_utility)
            rule = replace(rule, utility=utility, reward=self.rewards.get(rule.name))
            if rule.name in rules:
                raise self._refused(form, f"a second production {rule.name}; give it a name of its own")
            rules[rule.name] = rule
        for name, form in self.disabled.items():
            if rules.pop(name, None) is None:
                raise self._refused(form, f"no production has the name {name}")
            self.utilities.pop(name, None)
            self.rewards.pop(name, None)
        strange = [rule for rule in (*self.utilities, *self.rewards) if rule not in rules]
        if strange:
            raise self._refused(self.last, f"spp names {strange[0]}, and no production has this name")
        types = [kind for kind in self.knowledge.types.values() if kind.name != "chunk"]
        settings, random_ties = self.parameters.settings(), self.parameters.random_ties
        symbols = [chunk.name for chunk in self.knowledge.known.values()]
        chunks = list(self.knowledge.chunks.values())
        model = Model(list(rules.values()), chunks, goal, types, settings, symbols, self.called, new)
        if random_ties is not None and model.ties:
            first, second = model.ties[0]
            told = f":er t lets chance decide where rules match as well as each other, as {first} and {second} may; "
            raise self._refused(random_ties, told + "give one of them a higher utility, or take :er out")
        return model

    def _refused(self, form: Form, told: str) -> FormError:
        return refused(form, told, self.name)

    def _goal_focus(self, form: Form) -> None:
        if len(form.parts) != 2 or form.parts[1].word is None:
            raise self._refused(form, "goal-focus takes the name of a chunk")
        self.focus = form

    def _set_buffer_chunk(self, form: Form) -> None:
        """A buffer holds a chunk at first: the goal; what is to stand in others a rule asks for."""
        if len(form.parts) != 3 or form.parts[1].word != "goal":
            raise self._refused(
                form, "set-buffer-chunk is read for the goal, with a chunk's name; let rules ask for others"
            )
        self._goal_focus(Form(form.line, None, (form.parts[0], form.parts[2])))

    def _pdisable(self, form: Form) -> None:
        if any(part.word is None for part in form.parts):
            raise self._refused(form, "pdisable takes names of productions")
        self.disabled.update({str(part): form for part in form.parts[1:]})

    def _spp(self, form: Form) -> None:
        words = [str(word) for word in form.parts[1:]]
        given = {":u": self.utilities, ":reward": self.rewards}
        if len(words) < 3 or len(words) % 2 == 0 or not set(words[1::2]) <= set(given):
            raise self._refused(form, "spp is read with one production, its :u and its :reward: (spp name :u number)")
        for parameter, word in zip(words[1::2], words[2::2], strict=True):
            try:
                given[parameter][words[0]] = float(word)
            except ValueError:
                raise self._refused(form, f"{word} is no number") from None
