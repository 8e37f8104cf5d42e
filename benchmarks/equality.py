"""How far apart the harmonies of equal and of unequal pairs are, over all pairs of symbols.

`equal` says yes above 1/2. The conditions: clean states; states with some bits flipped at the start, after the two
ticks in which the latches clean up; noise at every tick.

    python benchmarks/equality.py --symbols 300 --units 512
"""

import argparse

import jax
import jax.numpy as jnp
import numpy as np
from recording import record
from tqdm import tqdm

import attractorbind as ab

# Flipped bits at the start, noise a tick, ticks before the reading. `equal` itself waits for 2.
CONDITIONS = {
    "clean": (0.0, 0.0, 2),
    "5 % flipped, not cleaned up": (0.05, 0.0, 0),
    "5 % flipped": (0.05, 0.0, 2),
    "noise 0.01": (0.0, 0.01, 10),
    "5 % flipped and noise 0.01": (0.05, 0.01, 2),
    "noise 0.02": (0.0, 0.02, 10),
}
BATCH = 10_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--symbols", type=int, default=300)
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--activity", type=float, default=0.1)
    options = parser.parse_args()
    symbols = options.symbols
    network = ab.build(
        ab.Vocabulary([f"s{number}" for number in range(symbols)]),
        buffers={"a": options.units, "b": options.units},
        relays=[("a", "b")],
        activity=options.activity,
        rule=ab.MaximalStability(),
        key=jax.random.key(1),
    )
    pairs = np.stack(np.meshgrid(*[np.arange(symbols)] * 2), axis=-1).reshape(-1, 2)
    rows = []
    for name, (flipped, noise, ticks) in CONDITIONS.items():
        generator = np.random.default_rng(0)
        harmonies = []
        for start in tqdm(range(0, len(pairs), BATCH), desc=name, leave=False):
            batch = pairs[start : start + BATCH]
            state = network.silent(len(batch))
            for buffer, column in (("a", 0), ("b", 1)):
                codes = np.array(network.codes(buffer))[batch[:, column]]
                flips = generator.random(codes.shape, np.float32) < flipped
                state = state.replace(buffer, jnp.asarray(codes ^ flips))
            if ticks:
                key = jax.random.key(start)
                state = ab.run(network, ab.hold(ticks), state, noise=noise, key=key, throw=False).state
            harmonies.append(np.asarray(ab.harmony(network, state, "a->b")))
        harmony = np.concatenate(harmonies)
        equal = pairs[:, 0] == pairs[:, 1]
        rows.append(
            {
                "condition": name,
                "pairs": len(pairs),
                "lowest equal": float(harmony[equal].min()),
                "highest unequal": float(harmony[~equal].max()),
                "margin": float(harmony[equal].min() - harmony[~equal].max()),
                "errors": int(((harmony > 0.5) != equal).sum()),
            }
        )
    record("equality", rows)


if __name__ == "__main__":
    main()
