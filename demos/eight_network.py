"""One network that sees, remembers, gates and acts, and one program for Spaun's eight tasks, for architecture.py."""

import itertools

import jax

import attractorbind as ab
from attractorbind import learning
from attractorbind.tasks import DIGITS, SPAUN, SPAUN_SYMBOLS

EYES, HAND, HIPPOCAMPUS, NUMBERS, ARMS, PROCEDURES = "eyes", "hand", "hippocampus", "numbers", "arms", "procedures"
BLANK = "blank"  # what is seen when nothing is shown any more
SEEN = (*SPAUN_SYMBOLS, BLANK)
# What is known of a place, and of how a cell of a matrix follows from the one before.
FIXED, VARIES, SAME, COUNTS, GROWS = "fixed", "varies", "same", "counts", "grows"
SLOTS = ("seen", "task", "item", "place", "mark", "before", "count", "number", "next", "answer")
RELAYS = (
    *(("seen", slot) for slot in ("task", "item", "place", "answer")),
    *((slot, "number") for slot in ("item", "place", "count", "before")),
    *(("next", slot) for slot in ("item", "place", "count")),
    *(("item", "before"), ("place", "count"), ("item", "answer"), ("place", "answer")),
)
# More symbols than any list, pattern or cell has; places are digits, and after 9 there is none.
LONGEST = 12
CHOICES = 64
DELAY = 10  # ticks after which the hand sees what it has drawn
LOOK = ab.see(EYES)
# Where parts are drawn, as the head is seen from the left: eyes behind, slots in front of them, the hand in front.
POSITIONS = {
    EYES: (-3.2, 0.0),
    "seen": (-2.0, 0.0),
    "task": (-0.6, 2.2),
    "item": (-0.4, 0.2),
    "place": (0.9, 0.9),
    "count": (2.0, 1.9),
    "before": (-0.5, -1.3),
    "number": (1.1, -0.7),
    "next": (2.2, 0.3),
    "mark": (0.7, 2.6),
    "answer": (3.2, -0.9),
    HAND: (4.4, 0.4),
    HIPPOCAMPUS: (-1.6, -2.4),
    NUMBERS: (2.2, -2.4),
    PROCEDURES: (-2.2, 2.4),
    ARMS: (3.6, 2.6),
}


def eyes(pixels: int, hidden: int, updates: int) -> learning.Hierarchy:
    """What sees: two layers that learn to drive the slot "seen"."""
    return learning.Hierarchy(
        EYES,
        sizes=[pixels, hidden, hidden],
        target="seen",
        rule=learning.Backpropagation(),
        optimiser=learning.Adam(2e-3, updates=updates),
    )


def architecture(sight: learning.Hierarchy, units: int) -> ab.Architecture:
    """The whole: eyes, ten slots, two memories, basal ganglia for arms and for procedures, and a hand."""
    return ab.Architecture(
        slots=dict.fromkeys(SLOTS, units),
        relays=list(RELAYS),
        vision=[sight],
        memories=[
            ab.SnapshotMemory(HIPPOCAMPUS, ["item", "place", "mark"], units=1024, capacity=40),
            ab.SnapshotMemory(NUMBERS, ["number", "next"], units=512, capacity=len(DIGITS)),
        ],
        basal_ganglia=[
            ab.gating.Utilities(ARMS, gates=["1", "2", "3"], rate=0.5, noise=0.07),
            ab.gating.BasalGanglia(
                PROCEDURES,
                reads=["task"],
                gates=list(SPAUN),
                rate=4.0,
                trace=0.0,
                forget=0.2,
                explore=0.2,
                shared=False,
            ),
        ],
        motor=[ab.Motor(HAND, eye=sight, reads="answer", delay=DELAY)],
    )


def build_network(whole: ab.Architecture, seed: int) -> ab.Network:
    """The network of all parts."""
    names = [*SEEN, FIXED, VARIES, SAME, COUNTS, GROWS]
    return whole.build(ab.Vocabulary(names), activity=0.1, rule=ab.MaximalStability(), key=jax.random.key(seed))


def learn_numbers() -> ab.Program:
    """Which number comes after which, once and for all."""
    facts = ab.Program()
    for digit, following in itertools.pairwise(DIGITS):
        facts += ab.load("number", digit) + ab.load("next", following) + ab.store(NUMBERS, ["number", "next"])
    return facts + ab.clear("number") + ab.clear("next")


def succeeding(slot: str) -> ab.Program:
    """The number after what a slot holds, in the slot "next"."""
    return ab.copy(slot, "number") + ab.recall(NUMBERS, cue=["number"])


def advance(slot: str) -> ab.Program:
    """Let a slot hold the number after that which it holds."""
    return succeeding(slot) + ab.copy("next", slot)


def answer(slot: str) -> ab.Program:
    """Say what a slot holds, and write it."""
    return ab.copy(slot, "answer") + ab.emit("answer") + ab.write(HAND)


def at_place(*slots: str) -> ab.Program:
    """What was last remembered at the place that is held."""
    return ab.recall(HIPPOCAMPUS, cue=["place"], into=list(slots))


def each_seen(ends: tuple[str, ...], body: ab.Program) -> ab.Program:
    """Look, and do this with each symbol that is seen, at place 1 and the following, until one of the ends is seen."""
    over = ab.holds("seen", BLANK) | ab.empty("seen") | ab.empty("place")
    for end in ends:
        over = ab.holds("seen", end) | over
    return ab.load("place", "1") + LOOK + ab.until(over, body + advance("place") + LOOK, limit=LONGEST)


def each_remembered(slots: tuple[str, ...], body: ab.Program) -> ab.Program:
    """Do this with what is remembered at place 1 and the following, while there is anything."""
    following = advance("place") + at_place(*slots)
    return ab.load("place", "1") + at_place(*slots) + ab.until(ab.empty("item"), body + following, limit=LONGEST)


def copy_drawing() -> ab.Program:
    """A0: draw what is seen, and say what it is."""
    return LOOK + ab.draw(HAND, steps=2 * DELAY) + ab.copy("seen", "answer") + ab.emit("answer")


def recognition() -> ab.Program:
    """A1: say what is seen."""
    return LOOK + answer("seen")


def bandit() -> ab.Program:
    """A2: choose an arm, see what each pays, attend to that which was chosen, and learn from it; at each ?."""
    turn = ab.choose(ARMS, one_of={arm: ab.load("answer", arm) for arm in "123"})
    turn += ab.emit("answer") + ab.write(HAND)
    for arm in "123":
        turn += LOOK + ab.when(ab.holds("answer", arm), ab.copy("seen", "item"))
    turn += ab.reward(when=ab.holds("item", "1"), to=[ARMS]) + LOOK
    return LOOK + ab.until(~ab.holds("seen", "?"), turn, limit=CHOICES)


def remember_list(*ends: str) -> ab.Program:
    """Take a snapshot of each item with its place."""
    return each_seen(ends, ab.copy("seen", "item") + ab.store(HIPPOCAMPUS, ["item", "place"]))


def list_memory() -> ab.Program:
    """A3: remember a list, and say it."""
    return remember_list("?") + each_remembered(("item",), answer("item"))


def counting() -> ab.Program:
    """A4: count on from the first number as often as the second says."""
    numbers = LOOK + ab.copy("seen", "item") + LOOK + ab.copy("seen", "place")
    done = ab.equal("place", "count") | ab.empty("item") | ab.empty("count")
    return (
        numbers
        + ab.load("count", "0")
        + ab.until(done, advance("item") + advance("count"), limit=LONGEST)
        + answer("item")
    )


def questions() -> ab.Program:
    """A5: remember a list, and say what is at a position, or at which position something is."""
    what = LOOK + ab.copy("seen", "place") + at_place("item") + answer("item")
    where = LOOK + ab.copy("seen", "item") + ab.recall(HIPPOCAMPUS, cue=["item"], into=["place"]) + answer("place")
    return remember_list("P", "K") + ab.when(ab.holds("seen", "P"), what, ab.when(ab.holds("seen", "K"), where))


def variables() -> ab.Program:
    """A6: mark the places where examples differ, and say what is there in the last pattern."""
    keep = ab.copy("seen", "item") + ab.store(HIPPOCAMPUS, ["item", "place", "mark"])
    differs = ab.when(~ab.equal("seen", "item"), ab.load("mark", VARIES))
    first = each_seen(("]", "?"), ab.load("mark", FIXED) + keep)
    another = each_seen(("]", "?"), at_place("item", "mark") + differs + keep)
    asked = each_seen(("]", "?"), at_place("mark") + keep)
    told = each_remembered(("item", "mark"), ab.when(ab.holds("mark", VARIES), answer("item")))
    return first + ab.repeat(2, another) + asked + told


@ab.procedure
def see_cell() -> ab.Program:
    """How many digits a cell has, in "place" when it is over, one too many, and which, in "item"."""
    return each_seen(("]", "?"), ab.copy("seen", "item"))


@ab.procedure
def compare_cells() -> ab.Program:
    """Mark how a cell follows from the one before: the same, the next number, or one digit more."""
    as_many = ab.equal("place", "count")
    same = ab.when(ab.equal("item", "before") & as_many, ab.load("mark", SAME))
    counts = succeeding("before") + ab.when(ab.equal("next", "item") & as_many, ab.load("mark", COUNTS))
    grows = succeeding("count") + ab.when(ab.equal("next", "place"), ab.load("mark", GROWS))
    return same + counts + grows


def reasoning() -> ab.Program:
    """A7: see how cells follow from each other in a row, and go on with the last row."""
    keep = ab.copy("item", "before") + ab.copy("place", "count")
    two = see_cell() + keep + see_cell() + compare_cells()
    goes_on = ab.when(ab.holds("mark", COUNTS), advance("item")) + ab.when(ab.holds("mark", GROWS), advance("place"))
    done = ab.equal("place", "count") | ab.empty("place") | ab.empty("count")
    told = ab.load("count", "1") + ab.until(done, answer("item") + advance("count"), limit=LONGEST)
    return ab.repeat(2, two + keep + see_cell() + compare_cells()) + two + goes_on + told


BODIES = dict(
    zip(
        SPAUN,
        (copy_drawing, recognition, bandit, list_memory, counting, questions, variables, reasoning),
        strict=True,
    )
)


def written_program() -> ab.Program:
    """See the task's name, and do the task; of what is no task, say "?"."""
    program = ab.load("answer", "?") + ab.emit("answer") + ab.write(HAND)
    for task, body in reversed(BODIES.items()):
        program = ab.when(ab.holds("task", task), body(), program)
    return LOOK + ab.copy("seen", "task") + program


def learned_program() -> ab.Program:
    """See the task's name, and do what basal ganglia choose."""
    bodies = {task: body() for task, body in BODIES.items()}
    return LOOK + ab.copy("seen", "task") + ab.choose(PROCEDURES, one_of=bodies)
