"""Costs: what an area is to make small. Each tells how wrong the fields of a layer's units are."""
