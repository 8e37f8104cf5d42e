"""A fault to plant: a few words of the library's source for others."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType


@dataclass(frozen=True)
class Fault:
    """What a module would say if somebody had made a mistake in it.

    - `name`: the mistake, in words.
    - `module`: where it is.
    - `right`: what the source says there, once; and `wrong`, what it says instead.
    - `tests`: files of tests, or single ones, of which one is to find it.
    """

    name: str
    module: str
    right: str
    wrong: str
    tests: tuple[str, ...] = ()

    def source(self) -> str:
        """The source of the module with the fault."""
        found = importlib.util.find_spec(self.module)
        if found is None or found.origin is None:
            raise LookupError(f"fault {self.name!r}: there is no module {self.module!r}")
        source = Path(found.origin).read_text()
        if source.count(self.right) != 1:
            raise LookupError(
                f"fault {self.name!r}: {self.right!r} stands {source.count(self.right)} times in {self.module}"
            )
        return source.replace(self.right, self.wrong)

    def faulty(self) -> ModuleType:
        """The module with the fault, beside the sound one."""
        module = ModuleType(self.module)
        exec(compile(self.source(), f"{self.module} ({self.name})", "exec"), module.__dict__)
        return module
