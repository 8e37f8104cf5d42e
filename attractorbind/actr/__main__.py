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
    parser.add_argument("--seed", type=int, default=0, help="of codes and noise (%(default)s)")
    told = parser.parse_args(arguments)
    try:
        model = read(told.model)
        build, noise = jax.random.split(jax.random.key(told.seed))
        ran = run(model, model.network(key=build), limit=told.limit, noise=told.noise, key=noise, throw=False)
    except AttractorBindError as error:
        print(error, file=sys.stderr)
        return 1
    print(ran)
    for first, second in model.ties:
        print(f"note: {first} and {second} may match at the same time; the first of them fires")
    if not ran.trace.ok:
        print(f"the run ended in {Result(int(ran.result[0])).name}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
