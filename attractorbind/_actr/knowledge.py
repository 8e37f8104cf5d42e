"""What a model file says of chunks and their types: chunk-type, define-chunks, add-dm."""

from attractorbind._actr.chunks import Chunk, ChunkType
from attractorbind._actr.forms import Form, FormError, refused
from attractorbind._errors import AttractorBindError


class Knowledge:
    """What has been read of chunks.

    **Attributes:**

    - `types`: the chunk types by name.
    - `chunks`: those in declarative memory.
    - `known`: those that only have a name and slots.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self.types: dict[str, ChunkType] = {"chunk": ChunkType("chunk")}
        self.chunks: dict[str, Chunk] = {}
        self.known: dict[str, Chunk] = {}

    @property
    def by_name(self) -> dict[str, Chunk]:
        """All of them."""
        return {**self.known, **self.chunks}

    def take_type(self, form: Form) -> None:
        """Take in one (chunk-type ...)."""
        if len(form.parts) < 2:
            raise self._refused(form, "chunk-type has no name; put one behind it")
        heading, *slots = form.parts[1:]
        parent = None
        if heading.word is None:
            inner = heading.parts[1] if len(heading.parts) == 2 else heading
            if len(inner.parts) != 2 or inner.head != ":include" or heading.head is None:
                raise self._refused(heading, "a type with a parent is written (name (:include parent))")
            parent = self._type(inner.parts[1])
        values: dict[str, str | None] = {}
        for slot in slots:
            if slot.word is not None and not slot.word.startswith('"'):
                values[slot.word] = None
            elif len(slot.parts) == 2 and None not in (slot.parts[0].word, slot.parts[1].word):
                values[str(slot.parts[0])] = _value(str(slot.parts[1]))
            elif slot.word is None:
                raise self._refused(slot, "a slot is a name, or (name default)")
        name = str(heading if heading.word is not None else heading.head)
        self.types[name] = ChunkType(name, values, parent)

    def take_chunks(self, form: Form, into: dict[str, Chunk]) -> None:
        """Take in chunks, of memory or only known."""
        for number, entry in enumerate(form.parts[1:]):
            words = [entry] if entry.word is not None else list(entry.parts)
            if any(word.word is None for word in words) or not words:
                raise self._refused(entry, "a chunk is written (name slot value slot value ...)")
            named = words[0].word != "isa" and (len(words) % 2 == 1 or words[1].word == "isa")
            name = str(words.pop(0)) if named else f"chunk-{len(into) + number}"
            if len(words) % 2:
                raise self._refused(entry, "a chunk has a slot without a value")
            pairs = [(str(slot), words[2 * place + 1]) for place, slot in enumerate(words[::2])]
            types = [value for slot, value in pairs if slot == "isa"]
            slots = {slot: _value(str(value)) for slot, value in pairs if slot != "isa"}
            if name in into:
                raise self._refused(entry, f"a second chunk {name}; give it a name of its own")
            try:
                into[name] = Chunk(name, slots, self._type(types[0]) if types else None)
            except FormError:
                raise
            except AttractorBindError as error:
                raise self._refused(entry, str(error)) from None

    def _type(self, form: Form) -> ChunkType:
        if str(form) not in self.types:
            known = ", ".join(self.types)
            raise self._refused(form, f"no chunk type has the name {form}; known are {known}")
        return self.types[str(form)]

    def _refused(self, form: Form, told: str) -> FormError:
        return refused(form, told, self._name)


def _value(word: str) -> str | None:
    return None if word == "nil" else word
