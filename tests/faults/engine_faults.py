"""All faults of the library, which the fast tests are to find."""

from activation_faults import ACTIVATION_FAULTS
from actr_faults import ACTR_FAULTS
from architecture_faults import ARCHITECTURE_FAULTS
from area_faults import AREA_FAULTS
from device_faults import DEVICE_FAULTS
from gating_faults import GATING_FAULTS
from many_faults import MANY_FAULTS
from motor_faults import MOTOR_FAULTS
from prediction_faults import PREDICTION_FAULTS
from program_faults import PROGRAM_FAULTS
from run_faults import RUN_FAULTS
from spatial_faults import SPATIAL_FAULTS
from telling_faults import TELLING_FAULTS
from tick_faults import TICK_FAULTS
from view_faults import VIEW_FAULTS

ENGINE_FAULTS = [
    *TICK_FAULTS,
    *RUN_FAULTS,
    *PROGRAM_FAULTS,
    *AREA_FAULTS,
    *GATING_FAULTS,
    *ACTIVATION_FAULTS,
    *DEVICE_FAULTS,
    *MANY_FAULTS,
    *ACTR_FAULTS,
    *MOTOR_FAULTS,
    *PREDICTION_FAULTS,
    *SPATIAL_FAULTS,
    *TELLING_FAULTS,
    *VIEW_FAULTS,
    *ARCHITECTURE_FAULTS,
]
