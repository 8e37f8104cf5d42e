"""Whether names can be seen, and told apart, once they are printed."""

import unicodedata
from collections.abc import Iterable

# Neither spaces nor controls, and yet nothing to be seen: fillers, an empty pattern of Braille, selectors.
_UNSEEN = {"\u034f", "\u115f", "\u1160", "\u2800", "\u3164", "\uffa0", *map(chr, range(0xFE00, 0xFE10))}


def is_visible(name: object) -> bool:
    """Whether it is a string that shows something when it is printed, and can be printed."""
    if not isinstance(name, str):
        return False
    kinds = [unicodedata.category(character) for character in name]
    shown = [kind[0] != "Z" and kind not in ("Cc", "Cf") for kind in kinds]
    return "Cs" not in kinds and any(
        visible and character not in _UNSEEN for visible, character in zip(shown, name, strict=True)
    )


def same_looking(names: Iterable[str]) -> tuple[str, str] | None:
    """The first two names that differ only in how Unicode composes their characters, if there are any."""
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(unicodedata.normalize("NFC", name), name)
        if other != name:
            return other, name
    return None
