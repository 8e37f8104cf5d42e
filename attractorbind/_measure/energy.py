"""Facts about a network: its fields and its energy."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from attractorbind._engine.coding import Coding
from attractorbind._errors import NetworkError, listed
from attractorbind._gating import Gating
from attractorbind._network import Network, check_network, check_state
from attractorbind._state import State
from attractorbind._transfers import sending


@sending
def fields(network: Network, state: State, gates: Gating = ()) -> dict[str, Float[Array, "trials _units"]]:
    r"""The field of every unit of every population, $h_q = \sum_{p \to q} g_{qp} (W_{qp} x_p + b_{qp})$.

    Where an ensemble stands in p, its field takes the place of the ordinary one, see `Ensembles`.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, or one conductance per gate.

    **Returns:** population to an array of shape (trials, units).
    """
    check_state(check_network(network), state)
    coding = Coding(network, state.areas)
    conductances = pathway_conductances(network, gates)
    total = {name: jnp.zeros_like(activity) for name, activity in zip(state.names, state.activities, strict=True)}
    for number in opened(network, conductances):
        projection = network.wiring.projections[number]
        target = state.names[projection.target]
        activity = state.activities[projection.source]
        field = coding.carried(number, activity, network.synapses[number].fields(activity))
        total[target] = total[target] + np.float32(conductances[projection.gate]) * field
    return total


@sending
def energy(network: Network, state: State, gates: Gating = ()) -> Float[Array, " trials"]:
    r"""The energy of a state under a gating.

    $E = -\sum_{p \to q} g_{qp} \left( \tfrac12 x_q^T W_{qp} x_p + b_{qp}^T x_q \right)$ over all projections.

    It cannot rise when one unit at a time is updated (asynchronous update), if the connections are symmetric: every
    open projection p -> q has a counterpart q -> p with the transposed weights and the same conductance, and no unit is
    connected to itself. A latch stored by `Hebbian` or `Storkey` is symmetric at low activity, where no bias is
    positive; so are `Hebbian` relays both ways between buffers of equal size. `PseudoInverse`, `Perceptron` and
    `MaximalStability` learn each unit on its own and give no such guarantee. Under synchronous update, which `run`
    uses, symmetric connections lead to a fixed point or to a cycle of two ticks. It is the energy of the ordinary
    synapses alone: those of `Ensembles` take no part in it.

    **Arguments:**

    - `network`, `state`: as from `build` and `network.silent`.
    - `gates`: names of the gates that are open beyond rest, a mapping to conductances, or one conductance per gate.

    **Returns:** one energy per trial.

    **Reference:** Hopfield 1982, PNAS 79:2554; Goles-Chacc, Fogelman-Soulie & Pellegrin 1985, Discrete Appl. Math.
    12:261, for the cycle of two.

    **Example:**

        >>> import attractorbind as ab, jax
        >>> network = ab.build(ab.Vocabulary(["dog", "cat"]), buffers={"focus": 64}, activity=0.1, rule=ab.Hebbian(),
        ...     key=jax.random.key(0))
        >>> whole = network.silent(trials=2).replace("focus", network.codes("focus").astype(float))
        >>> part = whole.replace("focus", whole["focus"].at[:, :40].set(0.0))
        >>> bool((ab.energy(network, whole) < ab.energy(network, part)).all())
        True
    """
    check_state(check_network(network), state)
    conductances = pathway_conductances(network, gates)
    return energy_under(network, state.activities, conductances, opened(network, conductances))


def energy_under(
    network: Network,
    activities: Sequence[Float[Array, "trials _units"]],
    conductances: Float[Array, " gates"] | Float[np.ndarray, " gates"],
    projections: tuple[int, ...],
) -> Float[Array, " trials"]:
    """The energy of these activities, summed over these projections alone."""
    total = jnp.zeros(activities[0].shape[0], jnp.float32)
    for number in projections:
        projection, synapses = network.wiring.projections[number], network.synapses[number]
        field = synapses.fields(activities[projection.source])
        work = jnp.sum((field + synapses.bias[None, :]) * activities[projection.target], axis=1) / 2
        total = total - jnp.float32(conductances[projection.gate]) * work
    return total


def opened(network: Network, conductances: Float[np.ndarray, " gates"]) -> tuple[int, ...]:
    """The numbers of the projections whose gates are not closed."""
    projections = network.wiring.projections
    return tuple(number for number, projection in enumerate(projections) if conductances[projection.gate] > 0)


def pathway_conductances(network: Network, gates: Gating) -> Float[np.ndarray, " gates"]:
    """The conductances, or an error if an area's gate is among them."""
    conductances, pathways = network.conductances(gates), network.wiring.pathways
    of_areas = [network.gates[gate] for gate in np.flatnonzero(conductances) if gate >= len(pathways)]
    if of_areas:
        raise NetworkError(
            f"gate {of_areas[0]!r} is that of an area, which has a mechanism of its own; fields and energies are of "
            f"latches and relays: {listed(gate.name for gate in pathways)}"
        )
    return conductances
