"""Bind the words of a text to their places in the sentence, and read them back.

Every word is presented to a focus buffer and pasted from there into the buffer of its place. Then the focus is
overwritten, the first and the last place are swapped, and every place is read back by copying it into the focus.
A word that does not come back is a wrong binding; the exit status is 1 if there is any.

    python demos/bind_sentences.py my_text.txt --noise 0.02
"""

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import jax
import numpy as np
from texts import read_text_lines
from tqdm import tqdm

import attractorbind as ab

STORY = Path(__file__).parent / "story.txt"
RULES = {
    "maximal-stability": ab.MaximalStability,
    "pseudo-inverse": ab.PseudoInverse,
    "perceptron": ab.Perceptron,
    "storkey": ab.Storkey,
    "hebbian": ab.Hebbian,
}
TRIALS = 256
Sentence = tuple[str, ...]


def read_sentences(path: Path) -> list[Sentence]:
    """The words of every line, lower-cased. A numbered text is taken for bAbI's: numbers and questions are dropped."""
    lines = [line for line in read_text_lines(path) if line.strip()]
    if all(re.match(r"\d+\s", line) for line in lines):
        # A question is followed by its answer, after a tab, or in some copies of bAbI after a bar.
        lines = [line.split(maxsplit=1)[-1] for line in lines if not re.search(r"[\t|]", line)]
    return [words for line in lines if (words := tuple(re.findall(r"\w[\w'’-]*", line.lower())))]


def in_pieces(sentences: list[Sentence], places: int) -> list[Sentence]:
    """The sentences, those with more words than there are places cut into several."""
    return [words[i : i + places] for words in sentences for i in range(0, len(words), places)]


def default_units(symbols: int) -> int:
    """A power of two, at least 512 and with at most two symbols a unit."""
    return max(512, 1 << ((symbols + 1) // 2 - 1).bit_length())


def place_name(index: int) -> str:
    return f"place {index + 1}"


def build_network(words: list[str], places: int, options: argparse.Namespace) -> ab.Network:
    """A focus that is linked both ways to every place, and a spare buffer for swapping."""
    names = ["focus", *map(place_name, range(places)), "spare"]
    return ab.build(
        ab.Vocabulary(words),
        buffers=dict.fromkeys(names, options.units or default_units(len(words))),
        relays="hub:focus",
        activity=options.activity,
        rule=RULES[options.rule](),
        key=jax.random.key(options.seed),
    )


def binding_program(length: int) -> ab.Program:
    """Present and paste every word, overwrite the focus, swap the first place with the last."""
    program = ab.Program()
    for index in range(length):
        program += ab.load("focus", ab.arg(f"word {index + 1}")) + ab.copy("focus", place_name(index))
    program += ab.load("focus", ab.arg("other"))
    return program + ab.swap(place_name(0), place_name(length - 1), via="spare") if length > 1 else program


def bind_and_read(
    network: ab.Network, sentences: list[Sentence], others: list[str], noise: float, key: jax.Array
) -> tuple[dict[str, list[str | None]], list[list[str | None]]]:
    """Run a batch of sentences of one length: what the buffers hold after the swap, and what each place reads as."""
    length = len(sentences[0])
    columns = {f"word {i + 1}": [words[i] for words in sentences] for i in range(length)}
    key, key_of_run = jax.random.split(key)
    args = columns | {"other": others}
    trace = ab.run(network, binding_program(length), args=args, noise=noise, key=key_of_run, throw=False)
    held, read = trace.decode(), []
    for index in range(length):
        key, key_of_run = jax.random.split(key)
        reading = ab.copy(place_name(index), "focus")
        trace = ab.run(network, reading, trace.state, noise=noise, key=key_of_run, throw=False)
        read.append(trace.decode()["focus"])
    return held, read


def batches(sentences: list[Sentence]) -> Iterator[list[int]]:
    """The numbers of up to `TRIALS` sentences of one length at a time."""
    by_length: dict[int, list[int]] = {}
    for number, words in enumerate(sentences):
        by_length.setdefault(len(words), []).append(number)
    for numbers in by_length.values():
        yield from (numbers[i : i + TRIALS] for i in range(0, len(numbers), TRIALS))


def swapped(words: Sentence) -> Sentence:
    """What the places should hold: the first word and the last exchanged."""
    return (words[-1], *words[1:-1], words[0]) if len(words) > 1 else words


def shown(held: dict[str, list[str | None]], trial: int, length: int) -> str:
    return "  ".join(f"{name}={held[name][trial] or '-'}" for name in ["focus", *map(place_name, range(length))])


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=STORY, help="one sentence a line; a small story if none")
    parser.add_argument("--units", type=int, help="units of a buffer (if not given: from 512, two words a unit)")
    parser.add_argument("--activity", type=float, default=0.05, help="fraction of units on in a code (%(default)s)")
    parser.add_argument("--rule", choices=RULES, default="maximal-stability", help="storage rule (%(default)s)")
    parser.add_argument("--noise", type=float, default=0.0, help="probability that a unit flips, a tick (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of codes, noise and distractors (%(default)s)")
    parser.add_argument("--limit", type=int, help="read only the first so many sentences")
    parser.add_argument("--places", type=int, default=12, help="most places; longer sentences are cut (%(default)s)")
    parser.add_argument("--show", type=int, default=5, help="sentences to print with their buffers (%(default)s)")
    return parser.parse_args(arguments)


def bind_all(
    network: ab.Network, sentences: list[Sentence], options: argparse.Namespace
) -> tuple[dict[int, str], list[str]]:
    """Run all sentences: the buffers of the first ones, as text, and a line about every wrong binding."""
    distractors = np.random.default_rng(options.seed).choice(network.vocabulary.names, len(sentences)).tolist()
    keys = jax.random.split(jax.random.key(options.seed), len(sentences))
    first: dict[int, str] = {}
    wrong: list[str] = []
    with tqdm(total=len(sentences), unit="sentence", disable=len(sentences) < 4 * TRIALS) as progress:
        for numbers in batches(sentences):
            batch = [sentences[number] for number in numbers]
            others = [distractors[number] for number in numbers]
            held, read = bind_and_read(network, batch, others, options.noise, keys[numbers[0]])
            for trial, number in enumerate(numbers):
                if number < options.show:
                    first[number] = shown(held, trial, len(batch[trial]))
                for index, expected in enumerate(swapped(batch[trial])):
                    if read[index][trial] != expected:
                        wrong.append(f"{' '.join(batch[trial])}: {place_name(index)} reads as {read[index][trial]}")
            progress.update(len(numbers))
    return first, wrong


def bind_text(options: argparse.Namespace) -> int:
    """The whole job: read, build, bind, print; 1 if a binding is wrong."""
    started = time.perf_counter()
    for name in ("limit", "places", "units"):
        if (value := getattr(options, name)) is not None and value < 1:
            raise ab.ArgumentError(f"--{name} is {value}; give 1 or more")
    if options.seed < 0:
        raise ab.ArgumentError(f"--seed is {options.seed}; give 0 or more")
    lines = read_sentences(options.file)[: options.limit]
    sentences = in_pieces(lines, options.places)
    if not sentences:
        raise ab.ArgumentError(f"there are no words in {options.file}; give a text with one sentence a line")
    words = sorted({word for sentence in sentences for word in sentence})
    network = build_network(words, max(map(len, sentences)), options)
    built = time.perf_counter()
    print(network)
    first, wrong = bind_all(network, sentences, options)
    print("\nThe first sentences, and what the buffers hold once the first place and the last have been swapped:")
    for number in sorted(first):
        print(f"\n{' '.join(sentences[number])}\n  {first[number]}")
    print(f"\nThe gating table of '{' '.join(sentences[0])}', word by word, then the overwriting and the swap:")
    print(binding_program(len(sentences[0])).compile(network))
    for line in wrong[:10]:
        print(line)
    print(f"\nsentences            {len(lines)}" + f" (in {len(sentences)} pieces)" * (len(sentences) > len(lines)))
    print(f"bindings             {sum(map(len, sentences))}")
    print(f"wrong bindings       {len(wrong)}")
    print(f"words in vocabulary  {len(words)}")
    print(f"units                {sum(network.buffers.values())} in {len(network.buffers)} buffers")
    print(f"seconds              {time.perf_counter() - started:.1f}, of which building {built - started:.1f}")
    return 1 if wrong else 0


def main(arguments: list[str] | None = None) -> int:
    try:
        return bind_text(parse(arguments))
    except (OSError, ab.AttractorBindError) as error:
        print(f"bind_sentences: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
