"""What is installed, and whether it works here: `python -m attractorbind`."""

import argparse
import platform
import sys
import time
from importlib.metadata import version

import jax

import attractorbind as ab

_NAMES = ("dog", "cat", "yak", "owl", "bee", "elk", "ant", "fox")


def main(arguments: list[str] | None = None) -> int:
    """Print the versions and devices, and try a small network; the exit status is 1 where it does not bind."""
    argparse.ArgumentParser(prog="python -m attractorbind", description=__doc__).parse_args(arguments)
    print(
        f"attractorbind {ab.__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    )
    print(f"jax {jax.__version__}, jaxlib {version('jaxlib')}")
    print(f"devices: {', '.join(f'{device.platform}:{device.id} ({device.device_kind})' for device in jax.devices())}")
    started = time.perf_counter()
    try:
        wrong = faults(small_network())
    except ab.AttractorBindError as error:
        wrong = [str(error)]
    for fault in wrong:
        print(fault, file=sys.stderr)
    took = f"{time.perf_counter() - started:.1f} s"
    verdict = f"failed, {len(wrong)} faults above" if wrong else "passed"
    print(f"self-check: {len(_NAMES)} symbols copied from buffer to buffer and compared: {verdict} ({took})")
    return 1 if wrong else 0


def small_network() -> ab.Network:
    """Three buffers, and a relay."""
    return ab.build(
        ab.Vocabulary([*_NAMES, "yes", "no"]),
        buffers={"focus": 128, "agent": 128, "answer": 128},
        relays=[("focus", "agent")],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


def faults(network: ab.Network) -> list[str]:
    """What is wrong after each symbol was copied, and the copy compared with the original."""
    program = ab.load("focus", ab.arg("name")) + ab.copy("focus", "agent")
    program += ab.when(ab.equal("focus", "agent"), ab.load("answer", "yes"), ab.load("answer", "no"))
    found = ab.run(network, program, args={"name": [*_NAMES]}).decode()
    expected = {"focus": [*_NAMES], "agent": [*_NAMES], "answer": ["yes"] * len(_NAMES)}
    return [
        f"buffer {buffer!r} holds {held!r}, not {meant!r}, where {name!r} was loaded"
        for buffer in expected
        for name, held, meant in zip(_NAMES, found[buffer], expected[buffer], strict=True)
        if held != meant
    ]


if __name__ == "__main__":
    sys.exit(main())
