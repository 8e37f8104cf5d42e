"""What a model knows: types of chunks, and chunks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

from attractorbind._checks import check_known, check_names
from attractorbind._errors import ProgramError

Slots = tuple[tuple[str, str | None], ...]


def slot_values(owner: str, slots: object) -> Slots:
    """Slots with their values as pairs, None where a slot is empty; or an error for what is none."""
    pairs = slots.items() if isinstance(slots, Mapping) else slots
    if not isinstance(pairs, Iterable) or isinstance(pairs, str):
        raise ProgramError(f"the slots of {owner} are {slots!r}; give a mapping from slots to values")
    found: dict[str, str | None] = {}
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ProgramError(f"{owner} has {pair!r} among its slots; give a mapping from slots to values")
        slot, value = pair
        if not isinstance(slot, str) or not slot or not (value is None or isinstance(value, str)) or value == "":
            raise ProgramError(f"{owner} has {slot!r} with {value!r}; slots and values are texts, or None for nothing")
        if slot in found:
            raise ProgramError(f"{owner} names the slot {slot!r} twice; name it once")
        found[slot] = value
    return tuple(found.items())


def check_name(kind: str, name: object) -> str:
    """The name, or an error unless it is a text without white space that is no variable."""
    if not isinstance(name, str) or not name or name != "".join(name.split()) or name.startswith("="):
        raise ProgramError(f"the name of a {kind} is {name!r}; give a text without spaces that does not begin with '='")
    return name


@dataclass(frozen=True)
class ChunkType:
    """What slots chunks of a type have, as ACT-R's `chunk-type`.

    As in ACT-R since 7, a type is not tested when a rule matches: it says which slots may be named, and what they hold
    where a chunk does not say it.

    **Arguments:**

    - `name`: of the type.
    - `slots`: the names of its slots; or a mapping from slots to the values that they have by default.
    - `parent`: a type whose slots it has as well.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.ChunkType("count-from", ["start", "end", "count"]).slots
        (('start', None), ('end', None), ('count', None))
    """

    name: str
    slots: "Slots | Iterable[str] | Mapping[str, str | None]" = ()
    parent: "ChunkType | None" = None

    def __post_init__(self) -> None:
        check_name("chunk type", self.name)
        owner = f"chunk type {self.name!r}"
        given = self.slots
        if not isinstance(given, Mapping) and not (isinstance(given, tuple) and given and isinstance(given[0], tuple)):
            given = dict.fromkeys(check_names(f"the slots of {owner}", given, "names of slots", ProgramError))
        inherited = {} if self.parent is None else self.parent.defaults
        object.__setattr__(self, "slots", tuple({**inherited, **dict(slot_values(owner, given))}.items()))

    @property
    def defaults(self) -> dict[str, str | None]:
        """Its slots with what they hold where a chunk does not say it."""
        return dict(cast(Slots, self.slots))


@dataclass(frozen=True)
class Chunk:
    """A chunk: slots with values, which are symbols.

    **Arguments:**

    - `name`: its own symbol.
    - `slots`: mapping from slots to values; None stands for an empty slot, as nil in ACT-R.
    - `type`: its `ChunkType`, or None.

    **Example:**

        >>> from attractorbind import actr
        >>> actr.Chunk("b", {"first": "1", "second": "2"}).held
        {'first': '1', 'second': '2'}
    """

    name: str
    slots: Slots | Mapping[str, str | None] = field(default=())
    type: ChunkType | None = None

    def __post_init__(self) -> None:
        check_name("chunk", self.name)
        values = dict(slot_values(f"chunk {self.name!r}", self.slots))
        if self.type is not None:
            for slot in values:
                check_known(f"slot of chunk type {self.type.name!r}:", "its slots", slot, self.type.defaults)
            values = {**self.type.defaults, **values}
        object.__setattr__(self, "slots", tuple(values.items()))

    @property
    def values(self) -> Slots:
        """Its slots with what they hold."""
        return cast(Slots, self.slots)

    @property
    def held(self) -> dict[str, str]:
        """Its slots that hold something."""
        return {slot: value for slot, value in self.values if value is not None}
