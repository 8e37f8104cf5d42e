"""What the programs that are drawn do: every instruction, and every outcome of every question, often enough."""

import itertools
from collections import Counter

import jax
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

import attractorbind as ab
from attractorbind.testing import programs, reference
from attractorbind.testing._cases import TRIALS, drawn_cases

SPACE = ["load", "clear", "hold", "copy: direct", "move: direct", "emit", "read: symbol", "read: past the end"]
BLOCKS = ["when: then", "when: otherwise", "repeat: never", "repeat: once", "repeat: several", "procedure"]
LOOPS = ["until: at once", "until: after rounds", "until: limit"]
QUESTIONS = [f"{question}: {answer}" for question in ("equal", "holds", "empty") for answer in ("yes", "no")]
WAYS = [
    f"{how}: {found}"
    for how in ("recall", "recall, older", "forget", "forget, older")
    for found in ("found", "nothing")
]
MEMORY = ["store: free", "store: full", *WAYS]
EVERYWHERE = [*SPACE, *BLOCKS, *LOOPS, *QUESTIONS]
FARTHER = ["copy: through others", "move: through others"]
# The least fraction of programs in which each of them is there, in one trial at the least.
LEAST = 0.05


def built(relays: str | list[tuple[str, str]], *areas: ab.AbstractArea, spare: int = 0) -> ab.Network:
    return ab.build(
        ab.Vocabulary([f"s{number}" for number in range(20)], spare=spare),
        buffers=dict.fromkeys("abc", 64),
        relays=relays,
        areas=list(areas),
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )


def covered(network: ab.Network, count: int) -> Counter[str]:
    """In how many of so many programs each thing is done."""
    programs: Counter[str] = Counter()

    for case in itertools.islice(drawn_cases(network, seed=0), count):
        machines = [
            reference(network, case.program, args=case.args_of(trial), inputs=case.inputs[trial])
            for trial in range(TRIALS)
        ]
        programs.update(set().union(*(machine.covered for machine in machines)))
        different = len({str(machine.boxes) for machine in machines}) > 1
        programs.update({"all": 1, "trials differ": different, "deep": depth(case.program) >= 3})
        programs["eight inputs"] += max(map(len, case.inputs)) == 8
    return programs


def depth(program: ab.Program) -> int:
    """How many blocks stand inside each other."""
    inner = [
        getattr(statement, name)
        for statement in program.statements
        for name in ("then", "otherwise", "body")
        if hasattr(statement, name)
    ]
    return max((1 + depth(body) for body in inner), default=0)


@pytest.mark.filterwarnings("ignore::attractorbind.CapacityWarning")
@pytest.mark.parametrize(
    ("relays", "memory", "more"),
    [
        ("all", True, ["swap: direct", "swap: through a spare", *MEMORY]),
        ("all", False, ["swap: direct", "swap: through a spare"]),
        # Between any two there is a relay one way, and a way round the other way.
        ([("a", "b"), ("b", "c"), ("c", "a")], False, ["swap: through a spare", *FARTHER]),
    ],
)
def test_everything_is_in_enough_programs(relays, memory, more):
    network = built(relays, *[ab.SnapshotMemory("memory", units=512, capacity=6)] * memory)
    programs = covered(network, 200)
    expected = [*EVERYWHERE, *more, "trials differ", "deep", "eight inputs"]
    seldom = {what: programs[what] for what in expected if programs[what] < LEAST * programs["all"]}
    assert not seldom, seldom
    # What is counted is what there is: a new instruction is to be listed above.
    assert set(programs) == {*expected, "all"}


def test_programs_imprint_where_an_area_can():
    network = built([("a", "b")], ab.Ensembles("ensembles"), spare=2)
    programs = covered(network, 60)
    assert programs["imprint_now"] >= LEAST * programs["all"]


def test_hypothesis_draws_all_of_it():
    """Less evenly than the check, for Hypothesis likes to try again what is much like the last."""
    network, found = built("all"), Counter()

    @seed(0)
    @settings(max_examples=200, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(programs(network))
    def note(program):
        found.update({"all": 1, **dict.fromkeys(reference(network, program, inputs=["s0", "s1"]).covered, 1)})

    note()
    seldom = {what: found[what] for what in EVERYWHERE if found[what] < LEAST / 5 * found["all"]}
    assert not seldom, seldom
