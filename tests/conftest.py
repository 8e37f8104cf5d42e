"""Strict numerics, and every annotation of the library checked at run time.

The library must not be imported here before its annotations are to be checked.
"""

import gc
import itertools
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import jax
import jaxtyping
import pytest
from beartype.claw import beartype_packages
from hypothesis import settings

jax.config.update("jax_numpy_rank_promotion", "raise")

# What these modules assert is told in full, as what tests assert is.
pytest.register_assert_rewrite("browsing", "examples", "files")

# A browser, for tests in several folders. A second conftest.py would hide this one from tests that import it.
from browsing import browser as browser, opened as opened  # noqa: E402

# The first example of a shape compiles, so single examples have no deadline; the suite's own time is watched instead.
settings.register_profile("fast", deadline=None, max_examples=50)
settings.load_profile("fast")

# Shapes are checked wherever there are arrays. Elsewhere plain checks of types do the same in a tenth of the time, and
# programs are compiled often; but names that are imported for annotations alone they cannot find, and where a function
# wraps another they would check the other's annotations with axes left from whoever called it.
LIBRARY = Path(__file__).parent.parent / "attractorbind"
SOURCES = {path: path.read_text() for path in LIBRARY.rglob("*.py") if path.name != "__init__.py"}
MODULES = {path: ".".join(path.relative_to(LIBRARY.parent).with_suffix("").parts) for path in SOURCES}
SHAPED = {path for path, text in SOURCES.items() if re.search("jaxtyping|TYPE_CHECKING|@wraps", text)}


# Most tests compile a program of their own for a small network. XLA compiles it in a third of the time if it does not
# polish it, and what comes out is the same, bit for bit. The endurance tests, notebooks and what test_polished.py runs
# are polished. It need not be cut in pieces for many processors either.
UNPOLISHED = "--xla_backend_optimization_level=0 --xla_cpu_parallel_codegen_split_count=1"
# Later ones know of no other way to fuse, and end a process that asks for it.
if jax.__version_info__ < (0, 11):
    UNPOLISHED += " --xla_cpu_use_fusion_emitters=false"
# A module that is run with this set is polished; see test_polished.py.
POLISHED = "ATTRACTORBIND_TESTS_POLISHED"
# One that is run with this set has no annotations checked, which takes most of a single test's time; see faults/.
UNCHECKED = "ATTRACTORBIND_TESTS_UNCHECKED"


def pytest_configure(config: pytest.Config) -> None:
    """Compile fast and have the annotations checked, but in the endurance tests, which would take ten times as long."""
    if config.getoption("markexpr") != "slow":
        os.environ["MPLBACKEND"] = "Agg"
        if POLISHED not in os.environ:
            # The workers are given the flags of the process that starts them; twice they would be other flags.
            given = os.environ.get("XLA_FLAGS", "").replace(UNPOLISHED, "")
            os.environ["XLA_FLAGS"] = f"{given} {UNPOLISHED}".strip()
        if UNCHECKED not in os.environ:
            jaxtyping.install_import_hook([MODULES[path] for path in SHAPED], "beartype.beartype")
            beartype_packages([MODULES[path] for path in SOURCES if path not in SHAPED])


# The parts of memory that a process may have are counted, 65,530 by default, and each compiled program has some. With
# none left the compiler crashes. A module's tests may make 25,000 of them, and one test 2,000.
MOST_PARTS = 20_000
# To count them takes as long as a short test.
TESTS_BETWEEN_COUNTS = 5
PARTS = Path("/proc/self/maps")
tests_run = itertools.count(1)


def pytest_runtest_teardown() -> None:
    """Forget what is compiled before there is no room for more."""
    if next(tests_run) % TESTS_BETWEEN_COUNTS == 0 and PARTS.exists() and PARTS.read_text().count("\n") > MOST_PARTS:
        jax.clear_caches()
        gc.collect()


# Variants of tests that take long, each beside another variant that does not.
SLOW_VARIANTS = Path(__file__).with_name("slow_variants.txt")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as slow what is listed as such."""
    listed = set(SLOW_VARIANTS.read_text().splitlines())
    found = {item.nodeid: item for item in items}
    for name in listed & found.keys():
        found[name].add_marker("slow")
    modules = {item.nodeid.split("::")[0] for item in items}
    gone = [name for name in sorted(listed - found.keys()) if name.split("::")[0] in modules]
    if gone and not any("::" in argument for argument in config.args):
        raise pytest.UsageError(f"{SLOW_VARIANTS.name} lists {gone[0]}, which is no test; take it out")


def pytest_report_header() -> str:
    return f"XLA_FLAGS: {os.environ.get('XLA_FLAGS', '')}"


@pytest.fixture(scope="session")
def networks_are_built() -> None:
    """For tests that draw: checking annotations uses the global random state, which Hypothesis forbids meanwhile."""
    # The checks are put in when the library is imported, which must not be before pytest is ready for it.
    from examples import CONFIGURATIONS, MEMORIES, plain

    for configuration in (*CONFIGURATIONS, *MEMORIES):
        plain(configuration)


@pytest.fixture(autouse=True)
def figures_are_closed() -> Iterator[None]:
    """Matplotlib keeps every figure, and warns when there are many."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.fixture(scope="module", autouse=True)
def few_programs_are_kept() -> None:
    """Let go of what was compiled long ago: each compiled function takes memory maps, and Linux gives 65,530."""
    maps = Path("/proc/self/maps")
    if maps.exists() and maps.read_text().count("\n") > 40_000:
        jax.clear_caches()
