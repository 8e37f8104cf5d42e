"""Answer questions about stories, by binding, snapshots, recall and copies.

The stories are in the format of bAbI: numbered lines, 1 starting a new story; a question has its answer behind it.
Python splits the lines, and tells by the form of each sentence which words play which part. All that goes in is the
form and the words, one after another. The network reads them into buffers, takes a snapshot of every fact, and answers
a question by recalling, comparing and copying: its branches read its own buffers, and the answer is what its answer
buffer decodes to.

    python demos/question_answering.py qa2_train.txt --noise 0.02
    python demos/question_answering.py --explain 3
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import jax
from texts import read_text_lines
from tqdm import tqdm

import attractorbind as ab

STORIES = Path(__file__).parent / "stories.txt"
MEMORY = "episodes"
TRIALS = 256


def remember(*parts: str) -> ab.Program:
    """A fact: a snapshot of its form and its parts."""
    return ab.store(MEMORY, ["form", *parts])


def look_up(form: str, cue: list[str], into: str, *, older: bool = False) -> ab.Program:
    """The most recent fact of this form that agrees with the cue."""
    return ab.load("form", form) + ab.recall(MEMORY, ["form", *cue], into=[into], older=older)


def answer(buffer: str) -> ab.Program:
    return ab.copy(buffer, "answer") + ab.emit("answer")


# A thing that was put down is where its holder was at that time. Any other thing is where its holder is now, who is the
# one to whom it was given, or who took it up.
FIND_THING = ab.recall(MEMORY, ["object"], into=["form", "actor", "other"]) + ab.when(
    ab.holds("form", "put down"),
    look_up("went to", ["actor"], "place", older=True),
    ab.when(ab.holds("form", "gave to"), ab.copy("other", "actor")) + look_up("went to", ["actor"], "place"),
)
SAME_PLACE = ab.when(ab.equal("place", "asked"), ab.load("answer", "yes"), ab.load("answer", "no")) + ab.emit("answer")
# First what kind of thing it is, then what that kind is afraid of.
FIND_FEAR = (
    look_up("is a", ["actor"], "object") + ab.copy("object", "actor") + look_up("is afraid of", ["actor"], "object")
)


@dataclass(frozen=True)
class Form:
    """A form of sentence: what it looks like, which buffers its words go to in turn, what is done then."""

    pattern: str
    parts: tuple[str, ...]
    program: ab.Program


FACTS = {
    "went to": Form(
        r"(\w+) (?:went|went back|moved|travelled|journeyed) to the (\w+)",
        ("actor", "place"),
        remember("actor", "place"),
    ),
    "took up": Form(
        r"(\w+) (?:got|took|grabbed|picked up) the (\w+)(?: there)?", ("actor", "object"), remember("actor", "object")
    ),
    "put down": Form(
        r"(\w+) (?:dropped|left|discarded|put down) the (\w+)(?: there)?",
        ("actor", "object"),
        remember("actor", "object"),
    ),
    "gave to": Form(
        r"(\w+) (?:gave|handed|passed) the (\w+) to (\w+)",
        ("actor", "object", "other"),
        remember("actor", "object", "other"),
    ),
    "is a": Form(r"(\w+) is an? (\w+)", ("actor", "object"), remember("actor", "object")),
    "is afraid of": Form(r"(\w+) are afraid of (\w+)", ("actor", "object"), remember("actor", "object")),
}
QUESTIONS = {
    "where is who?": Form(r"where is (\w+)", ("actor",), look_up("went to", ["actor"], "place") + answer("place")),
    "where is what?": Form(r"where is the (\w+)", ("object",), FIND_THING + answer("place")),
    "is who where?": Form(
        r"is (\w+) in the (\w+)", ("actor", "asked"), look_up("went to", ["actor"], "place") + SAME_PLACE
    ),
    "gave what?": Form(
        r"what did (\w+) give to (\w+)",
        ("actor", "other"),
        look_up("gave to", ["actor", "other"], "object") + answer("object"),
    ),
    "gave to whom?": Form(
        r"who did (\w+) give the (\w+) to",
        ("actor", "object"),
        look_up("gave to", ["actor", "object"], "other") + answer("other"),
    ),
    "who gave to?": Form(
        r"who gave the (\w+) to (\w+)",
        ("object", "other"),
        look_up("gave to", ["object", "other"], "actor") + answer("actor"),
    ),
    "who gave?": Form(r"who gave the (\w+)", ("object",), look_up("gave to", ["object"], "actor") + answer("actor")),
    "who received?": Form(
        r"who received the (\w+)", ("object",), look_up("gave to", ["object"], "other") + answer("other")
    ),
    "afraid of what?": Form(r"what is (\w+) afraid of", ("actor",), FIND_FEAR + answer("object")),
}
# Facts come up most, so the network asks for them first.
FORMS = FACTS | QUESTIONS
BUFFERS = ("form", "actor", "object", "place", "other", "asked", "answer")
RELAYS = [(part, "answer") for part in ("actor", "object", "place", "other")]
RELAYS += [("place", "asked"), ("other", "actor"), ("object", "actor")]
SINGULAR = {"mice": "mouse", "wolves": "wolf", "sheep": "sheep"}


@dataclass(frozen=True)
class Line:
    """A sentence as the network reads it, its form and then its words; of a question also the answer."""

    text: str
    tokens: tuple[str, ...]
    expected: str | None


Story = tuple[Line, ...]


def singular(word: str) -> str:
    """A kind of animal in the singular."""
    return SINGULAR.get(word, word.removesuffix("s"))


def read_line(path: Path, number: int, line: str) -> tuple[int, Line]:
    """The number that a line begins with, and its sentence. `number` is that of the line in the file."""
    own, _, rest = line.strip().partition(" ")
    sentence, *behind = re.split(r"[\t|]", rest)
    said = sentence.strip().lower().rstrip(".?")
    # Questions first, so that "Who gave the milk to Bill?" is not taken for a fact about someone called Who.
    for name, form in (QUESTIONS | FACTS).items():
        if own.isdigit() and (found := re.fullmatch(form.pattern, said)):
            words = found.groups()
            words = tuple(map(singular, words)) if name == "is afraid of" else words
            expected = behind[0].strip().lower() if behind else None
            if (name in QUESTIONS) != bool(expected):
                raise ab.ArgumentError(
                    f"line {number} of {path} is {line.strip()!r}; a question has its answer behind it, after a tab, "
                    "and only a question has"
                )
            return int(own), Line(sentence.strip(), (name, *words), expected)
    raise ab.ArgumentError(
        f"line {number} of {path} is {line.strip()!r}; it should be a number and a sentence of one of the forms "
        + "; ".join(repr(form.pattern) for form in FORMS.values())
    )


def read_stories(path: Path) -> list[Story]:
    """The stories of a text."""
    stories: list[list[Line]] = []
    for number, line in enumerate(read_text_lines(path), 1):
        if not line.strip():
            continue
        own, read = read_line(path, number, line)
        if own == 1 or not stories:
            stories.append([])
        stories[-1].append(read)
    if not any(line.expected for story in stories for line in story):
        raise ab.ArgumentError(f"there are no questions in {path}; a question has its answer behind it, after a tab")
    return [tuple(story) for story in stories]


def build_network(stories: list[Story], units: int, seed: int) -> ab.Network:
    """A buffer for the form of a sentence and for each part, and a memory with room for the longest story."""
    words = {word for story in stories for line in story for word in (*line.tokens, line.expected) if word}
    facts = max(sum(line.expected is None for line in story) for story in stories)
    memory = ab.SnapshotMemory(MEMORY, ["form", "actor", "object", "place", "other"], capacity=max(facts, 1))
    return ab.build(
        ab.Vocabulary(sorted(words | set(FORMS) | {"yes", "no"})),
        buffers=dict.fromkeys(BUFFERS, units),
        relays=RELAYS,
        areas=[memory],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(seed),
    )


def reading_program(longest: int) -> ab.Program:
    """Sentence after sentence: read its form, and do what that form asks for."""
    step = ab.Program()
    for name, form in reversed(FORMS.items()):
        sentence = sum((ab.read(part) for part in form.parts), ab.Program()) + form.program
        step = ab.when(ab.holds("form", name), sentence, step)
    return ab.read("form") + ab.until(ab.empty("form"), step + ab.read("form"), limit=longest)


def tokens(lines: Story) -> list[str]:
    return [token for line in lines for token in line.tokens]


def answers(
    network: ab.Network, stories: list[Story], noise: float, seed: int
) -> Iterator[tuple[Story, list[str | None]]]:
    """Every story with the answers to its questions, many stories at once."""
    program = reading_program(max(map(len, stories))).compile(network)
    # Stories of similar length are run together, as a batch takes as long as its longest story.
    order = sorted(stories, key=len)
    for number, start in enumerate(range(0, len(order), TRIALS)):
        batch = order[start : start + TRIALS]
        key = jax.random.fold_in(jax.random.key(seed), number)
        trace = ab.run(network, program, inputs=[tokens(story) for story in batch], noise=noise, key=key, throw=False)
        yield from zip(batch, trace.outputs, strict=True)


def explain(network: ab.Network, stories: list[Story], question: int, noise: float, seed: int) -> str:
    """The gating table of one question, with what the buffers hold, after the story up to it.

    With noise, another draw of it than when all questions are answered.
    """
    asked = [
        (story[:number], line) for story in stories for number, line in enumerate(story) if line.expected is not None
    ]
    if not 1 <= question <= len(asked):
        raise ab.ArgumentError(f"there is no question {question}; the file has questions 1 to {len(asked)}")
    before, line = asked[question - 1]
    facts = tuple(earlier for earlier in before if earlier.expected is None)
    first, second = jax.random.split(jax.random.key(seed))
    program = reading_program(max(map(len, stories)))
    state = ab.run(network, program, inputs=[tokens(facts)], noise=noise, key=first, throw=False).state
    trace = ab.run(
        network, program, state, inputs=[tokens((line,))], noise=noise, key=second, record="decoded", throw=False
    )
    story = "\n".join(fact.text for fact in facts)
    snapshots = "\n".join(
        ", ".join(f"{buffer}={name}" for buffer, name in snapshot.items() if name)
        for snapshot in trace.snapshots(MEMORY)
    )
    return (
        f"{story}\n{line.text}\n\nSnapshots, the oldest first:\n{snapshots}\n\n{trace.table()}\n\n"
        f"answer: {trace.outputs[0][0] if trace.outputs[0] else None} (expected: {line.expected})"
    )


def answer_all(options: argparse.Namespace) -> int:
    """The whole job: read, build, answer, print; 1 if an answer is wrong."""
    for name in ("units", "seed"):
        least = 0 if name == "seed" else 8
        if getattr(options, name) < least:
            raise ab.ArgumentError(f"--{name} is {getattr(options, name)}; give {least} or more")
    all_right = True
    for path in options.files or [STORIES]:
        stories = read_stories(path)
        network = build_network(stories, options.units, options.seed)
        if options.explain is not None:
            print(explain(network, stories, options.explain, options.noise, options.seed))
            continue
        started = time.perf_counter()
        right = asked = shown = 0
        with tqdm(total=len(stories), unit="story", disable=len(stories) < TRIALS // 4) as progress:
            for story, given in answers(network, stories, options.noise, options.seed):
                questions = [line for line in story if line.expected is not None]
                # If their number is wrong, nobody knows which answer belongs to which question, and none counts.
                given = given if len(given) == len(questions) else [None] * len(questions)
                for line, got in zip(questions, given, strict=True):
                    asked += 1
                    right += got == line.expected
                    if shown < options.show or (got != line.expected and shown < options.show + 10):
                        print(f"{line.text} {got}" + f" (expected: {line.expected})" * (got != line.expected))
                        shown += 1
                progress.update()
        seconds = time.perf_counter() - started
        all_right &= right == asked
        print(
            f"{path.name}: {right} of {asked} questions right ({right / asked:.2%}), "
            f"{asked / seconds:.0f} questions/s with compiling, {len(stories)} stories, noise {options.noise:g}"
        )
    return 0 if all_right else 1


def parse_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="stories; a few short ones if none is given"
    )
    parser.add_argument("--units", type=int, default=256, help="units of a buffer (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips, a tick (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of codes and noise (%(default)s)")
    parser.add_argument("--show", type=int, default=3, help="questions to print with their answers (%(default)s)")
    parser.add_argument("--explain", type=int, metavar="N", help="print the gating table of question N, and stop")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        return answer_all(parse_options(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"question_answering: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
