"""What a fresh process waits for before its first answer."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

# Each takes a tenth of a second or more to import, and most users' programs need none of them.
NEEDED_BY_FEW = ("scipy.stats", "hypothesis", "matplotlib", "optax", "gymnasium", "sklearn")


def printed(code: str, *args: str) -> str:
    """What a fresh process prints that runs this code, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", code, *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_few_need_is_not_imported() -> None:
    imported = json.loads(printed("import attractorbind, json, sys; print(json.dumps([*sys.modules]))"))
    assert "jax" in imported
    assert not set(NEEDED_BY_FEW) & set(imported)


ANSWER = """
import jax
compiled = []
jax.monitoring.register_event_duration_secs_listener(
    lambda event, *_, **__: compiled.append(event) if event == "/jax/core/compile/backend_compile_duration" else None
)
import attractorbind as ab, sys
if sys.argv[1:]:
    ab.cache(sys.argv[1])
network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"a": 512, "b": 512}, activity=0.1, rule=ab.%s(),
    key=jax.random.key(0))
print(len(compiled))
print(ab.run(network, ab.load("a", "dog") + ab.copy("a", "b")).decode())
"""


@pytest.mark.parametrize("rule", ["Hebbian", "Storkey", "PseudoInverse", "Perceptron", "MaximalStability"])
def test_a_build_has_no_more_compiled_than_its_random_numbers(rule: str) -> None:
    compiled, answer = printed(ANSWER % rule).splitlines()
    # Beside keys and codes, of one size here, what takes a scalar to the device.
    assert 0 < int(compiled) <= 5
    assert ast.literal_eval(answer) == {"a": ["dog"], "b": ["dog"]}


def test_a_later_process_finds_all_that_was_compiled(tmp_path: Path) -> None:
    first = printed(ANSWER % "PseudoInverse", str(tmp_path / "new" / "folder"))
    kept = {file.name for file in tmp_path.rglob("*-cache")}
    assert len(kept) > 5
    assert printed(ANSWER % "PseudoInverse", str(tmp_path / "new" / "folder")) == first
    assert {file.name for file in tmp_path.rglob("*-cache")} == kept


def test_what_was_compiled_before_the_folder_was_named_does_not_matter(tmp_path: Path) -> None:
    printed(
        f"import jax; jax.numpy.zeros(3); import attractorbind as ab; ab.cache({str(tmp_path)!r}); jax.numpy.ones(4)"
    )
    assert list(tmp_path.iterdir())
