"""Wrong calls, each with the error that is expected of it: made in a process of their own, and what they raised."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

# The call, given what all calls share; names of error classes, parted by |; what the message must tell, likewise.
Calls = Mapping[str, tuple[Callable[[Any], Any], str, list[str]]]


def print_raised(calls: Calls, shared: Any) -> None:
    """Make each call, and print the classes of the error that it raised, and the message, as JSON."""
    raised = {}
    for name, (call, _, _) in calls.items():
        try:
            call(shared)
            raised[name] = [[], "nothing was raised"]
        except Exception as error:
            raised[name] = [[kind.__name__ for kind in type(error).__mro__], str(error)]
    print(json.dumps(raised))


def raised_by(module: ModuleType) -> dict[str, tuple[list[str], str]]:
    """What each wrong call of a module raised, run as a program with warnings as errors."""
    command = [sys.executable, "-W", "error", str(module.__file__)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def assert_told(call: tuple[Any, str, list[str]], raised: tuple[list[str], str]) -> None:
    """It raised one of the library's errors that was expected, and the message tells culprit and cure."""
    (_, expected, fragments), (classes, message) = call, raised
    assert "AttractorBindError" in classes, f"{classes[:1]}: {message}"
    assert set(expected.split("|")) & set(classes), f"{classes[:1]}: {message}"
    for fragment in fragments:
        assert any(choice in message for choice in fragment.split("|")), f"no {fragment!r} in: {message}"
    # A message is for people: they read no more.
    assert 10 < len(message) <= 300
