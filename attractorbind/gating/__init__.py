"""Basal ganglia that learn by reward which gates to open."""

from attractorbind._basal_ganglia.area import BasalGanglia as BasalGanglia, Circuit as Circuit
from attractorbind._basal_ganglia.conjunction import Conjunction as Conjunction
from attractorbind._basal_ganglia.critic import Critic as Critic
from attractorbind._basal_ganglia.policy import Policy as Policy
from attractorbind._basal_ganglia.striatum import Striatum as Striatum
from attractorbind._basal_ganglia.utilities import Utilities as Utilities, Worth as Worth
from attractorbind._measure.rules import Rules as Rules, rules as rules
