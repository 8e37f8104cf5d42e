"""Run a model file and print its trace: `python -m attractorbind.actr model.lisp`."""

import argparse
import sys

import jax

from attractorbind._errors import AttractorBindError
from attractorbind._result import Result
from attractorbind.actr import read, run


def main(arguments: list[str] | None = None) -> int:
    """Read a model, run it, and print the trace of its trial; the exit status is 1 where that cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m attractorbind.actr", description="Run a model of ACT-R.")
    parser.add_argument("model", help="a model file, in Lisp as ACT-R reads it")
    parser.add_argument("--limit", type=int, default=1000, help="how many rules may fire (%(default)s)")
    parser.add_argument(
        "--noise", type=float, default=0.0, help="probability that a unit flips at a tick (%(default)s)"
    )
    parser.add_argument("--seed", type=_seed, default=0, help="of codes and noise (%(default)s)")
    told = parser.parse_args(arguments)
    try:
        model = read(told.model)
        build, noise = jax.random.split(jax.random.key(told.seed))
        ran = run(model, model.network(key=build), limit=told.limit, noise=told.noise, key=noise, throw=False)
    except AttractorBindError as error:
        print(error, file=sys.stderr)
        return 1
    if ran.trace.ok and not ran.firings().names:
        goal = model.goal
        why = "the goal buffer is empty, goal-focus names its chunk" if goal is None else f"none matches {goal.held}"
        print(f"no rule fired: {why}", file=sys.stderr)
    print(ran)
    for first, second in model.ties:
        print(f"note: {first} and {second} may match at the same time; the first of them fires")
    if not ran.trace.ok:
        result = Result(int(ran.result[0])).name
        more = f" after {told.limit} firings; more are run with --limit" if result == "LIMIT" else ""
        print(f"the run ended in {result}{more}", file=sys.stderr)
        return 1
    return 0


def _seed(word: str) -> int:
    """A seed of JAX's keys."""
    if not word.isdecimal() or int(word) >= 2**32:
        raise argparse.ArgumentTypeError(f"{word} is no whole number from 0 to {2**32 - 1}")
    return int(word)


if __name__ == "__main__":
    sys.exit(main())
