"""What every instruction compiles to, on every kind of wiring, against tables that are kept as text."""

import difflib

import listings


def test_programs_compile_to_the_tables_that_are_kept():
    kept, found = listings.KEPT.read_text().splitlines(), listings.listings().splitlines()
    differing = list(difflib.unified_diff(kept, found, "kept", "found", lineterm="", n=3))
    assert not differing, "\n".join(differing[:60])
