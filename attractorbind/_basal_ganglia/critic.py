"""The critic: what reward is expected."""

import equinox as eqx

from attractorbind._checks import check_fraction


class Critic(eqx.Module):
    r"""How the expected reward is learned: $\Delta v = \eta_v \delta \varphi$, $V = v \varphi$, $\varphi$ of length 1.

    **Arguments:**

    - `rate`: eta_v, a fraction: by how much of the error the expectation moves.
    - `discount`: gamma, a fraction: what the value of the state that follows counts; 0 for rewards that come at once.

    **Raises:** `ArgumentError` for numbers that are no fractions.

    **Reference:** A. G. Barto, R. S. Sutton & C. W. Anderson 1983, IEEE Trans. Syst. Man Cybern. 13:834.

    **Example:**

        >>> import attractorbind as ab
        >>> ab.gating.Critic(rate=0.1).discount
        0.0
    """

    rate: float
    discount: float

    def __init__(self, *, rate: float = 0.05, discount: float = 0.0) -> None:
        self.rate = check_fraction("rate of the critic", rate)
        self.discount = check_fraction("discount of the critic", discount)

    def __check_init__(self) -> None:
        # Of critics out of files, for which __init__ is not called.
        check_fraction("rate of the critic", self.rate)
        check_fraction("discount of the critic", self.discount)
