"""What users give on the host, the library sends to the device: also where they forbid JAX what nobody asked for."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar, no_type_check

import jax

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def sending(call: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A function that is called in order to take arrays to the device, and back.

    Under `jax.transfer_guard("disallow")` users look for what goes there unseen, such as a number in a loop of theirs.
    To name each array that a run takes there would cost more than the run; so what goes there within is allowed.
    """

    # The function's own annotations are checked where it is; here sizes would be mistaken for those of its caller.
    @no_type_check
    @wraps(call)
    def allowed(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        # Each alone is four times as fast as `jax.transfer_guard`, which sets a third.
        with jax.transfer_guard_host_to_device("allow"), jax.transfer_guard_device_to_host("allow"):
            return call(*args, **kwargs)

    return allowed
