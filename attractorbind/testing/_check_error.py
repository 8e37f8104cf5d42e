"""The error of a failed check."""

from attractorbind._errors import AttractorBindError


class CheckError(AttractorBindError, AssertionError):
    """A network does not do what it should; the text says where, with the program and its gating table."""
