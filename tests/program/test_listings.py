"""What every instruction compiles to, on every kind of wiring, against listings that are kept as text."""

import dataclasses
import difflib
import importlib
import os
import pkgutil
import subprocess
import sys

import listings
import pytest

import attractorbind._program as rooms
from attractorbind._program.assembler import Assembler, Label


def compiled_now() -> str:
    """The listings, made where annotations are not checked at run time: some of the calls are wrong on purpose."""
    if "ATTRACTORBIND_TESTS_UNCHECKED" in os.environ:
        return listings.listings()
    told = subprocess.run([sys.executable, listings.__file__, "tell"], capture_output=True, text=True, check=True)
    return told.stdout


def test_programs_compile_to_the_listings_that_are_kept():
    kept, found = listings.KEPT.read_text().splitlines(), compiled_now().splitlines()
    differing = list(difflib.unified_diff(kept, found, "kept", "found", lineterm="", n=3))
    assert not differing, "\n".join(differing[:60])


def program_classes() -> list[type]:
    names = [f"{rooms.__name__}.{module.name}" for module in pkgutil.iter_modules(rooms.__path__)]
    modules = [importlib.import_module(name) for name in names]
    classes = [entry for module in modules for entry in vars(module).values() if dataclasses.is_dataclass(entry)]
    own = {entry for entry in classes if isinstance(entry, type) and entry.__module__.startswith(rooms.__name__)}
    return sorted(own, key=lambda entry: entry.__name__)


@pytest.mark.parametrize("kind", program_classes(), ids=lambda kind: kind.__name__)
def test_what_programs_are_made_of_cannot_be_changed(kind):
    # An assembler fills in addresses as it comes to know them.
    assert kind.__dataclass_params__.frozen == (kind not in (Assembler, Label))
