"""Basal ganglia: units that learn by reward which gates to open."""
