"""The error of a failed check."""

from attractorbind._errors import AttractorBindError


class CheckError(AttractorBindError, AssertionError):
    """A network does not do what it should; the text says where, with the program and its gating table."""

    def __init__(self, text: str = "") -> None:
        # With its tables it is as long as the program.
        AssertionError.__init__(self, text)
