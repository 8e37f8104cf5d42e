"""How many of a folder's model files for ACT-R run here, and why the others are refused.

Every file below the folder that has a (define-model is read. What is read is run for its own goal. What is refused is
told by the kind of its first cause; a file may have more.

    python benchmarks/actr_files.py FOLDER [--files] [--limit 300]
"""

import argparse
import re
from collections import Counter, defaultdict
from pathlib import Path

import jax

from attractorbind import AttractorBindError, Result, actr

# Kinds of causes, each with words of the error; the first that fits counts.
KINDS = {
    "seeing, hearing, moving, or a module of its own": r"the buffer '|vis(ual|loc)|install-device|characters|speech",
    "Lisp around the model, or in its rules": r"Lisp that is computed|marks Lisp|meta-process|actr-load|^# ",
    "activation, or utility": r"which is not here; take it out|base-level|spp is read|:ol is|:ut |:nsji |one of them 0",
    "a parameter that is not known": r"the parameter :",
    "several models in one file": r"second define-model",
    "slots that vary": r"slots that vary",
    "a missing parenthesis, or another mistake": r"never closed|never opened|UTF-8|has no value|no slot|unknown slot",
}


def models(folder: Path) -> list[Path]:
    """The files that have a model."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in files if b"(define-model" in path.read_bytes().lower()]


def outcome(path: Path, limit: int) -> tuple[str, str]:
    """What became of a file: "runs", or the kind of cause; and what is to be told of it."""
    try:
        model = actr.read(path)
        run = actr.run(model, model.network(key=jax.random.key(0)), limit=limit, throw=False)
    except AttractorBindError as error:
        # The line is of one file, the form that is shown too.
        told = re.sub(r"^.*?, line \d+: |; (the form is|known are) .*$|: define-model, .*$", "", str(error))
        return next((kind for kind, words in KINDS.items() if re.search(words, told)), "something else"), told
    return "runs", f"{len(run.firings())} firings, {Result(int(run.result[0])).name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", action="store_true", help="tell of every file")
    parser.add_argument("--limit", type=int, default=300, help="how many rules may fire (%(default)s)")
    told = parser.parse_args()
    counts: Counter[str] = Counter()
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for path in models(told.folder):
        kind, words = outcome(path, told.limit)
        counts[kind] += 1
        sources[kind].add(path.relative_to(told.folder).parts[0])
        if told.files:
            print(f"{path.relative_to(told.folder)}: {kind}: {words}", flush=True)
    for kind, number in counts.most_common():
        print(f"{number:4}  {kind} ({len(sources[kind])} folders)")
    print(f"{counts.total():4}  in all")


if __name__ == "__main__":
    main()
