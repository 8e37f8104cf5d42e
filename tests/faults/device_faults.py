"""Faults of runs that are spread over devices, each with the tests that are to find it."""

from fault import Fault

ACTIVITY = "attractorbind._engine.activity"
DEVICES = "attractorbind._devices"
PLACING = "attractorbind._engine.placing"

TESTS = "tests/engine/test_devices.py"
TOLD = f"{TESTS}::test_over_trials_devices_tell_each_other_flags_and_one_number_a_stretch"
TOLD_OF_UNITS = f"{TESTS}::test_over_units_devices_tell_each_other_states_as_bools_besides"

DEVICE_FAULTS = [
    Fault(
        "devices: an area's trials are looked up on all of them",
        "attractorbind._engine.areas",
        "area.tick if devices is None else",
        "area.tick if True else",
        (TOLD,),
    ),
    Fault(
        "devices: flags are joined as words",
        "attractorbind._engine.plan",
        "words.reshape(parts, -1, words.shape[1])",
        "words[None]",
        (TOLD,),
    ),
    Fault(
        "devices: what is looked up for each trial is asked of all",
        "attractorbind._each",
        "jnp.take_along_axis(array, numbers, axis=1)[:, 0]",
        "array[jnp.arange(len(column)), column]",
        (TOLD,),
    ),
    Fault(
        "devices: states are told as float32",
        ACTIVITY,
        "with_sharding_constraint(states > 0, devices.sharding(TRIALS, UNITS))",
        "with_sharding_constraint(states, devices.sharding(TRIALS, UNITS))",
        (TOLD_OF_UNITS,),
    ),
    Fault(
        "devices: weights are whole on each",
        PLACING,
        "_BY_UNITS.get(type(synapses), ())",
        "()",
        (f"{TESTS}::test_a_device_has_its_share_of_the_weights",),
    ),
    Fault(
        "devices: what comes out lies otherwise than what goes in",
        "attractorbind._engine.driver",
        "jax.lax.with_sharding_constraint(end, by_trials(devices, end))",
        "jax.lax.with_sharding_constraint(end, devices.sharding())",
        (TOLD,),
    ),
    Fault(
        "processes: each takes as many ticks as it likes",
        DEVICES,
        "if self.several_processes else number",
        "if False else number",
        (f"{TESTS}::test_in_two_processes_all_is_the_same_as_on_one_device",),
    ),
    Fault(
        "processes: each names what its own devices hold",
        DEVICES,
        "process_allgather(array, tiled=True)",
        "process_allgather(array.addressable_data(0), tiled=True)",
        (f"{TESTS}::test_in_two_processes_all_is_the_same_as_on_one_device",),
    ),
]
