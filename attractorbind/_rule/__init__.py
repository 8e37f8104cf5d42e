"""Storage rules: from pairs of codes to the synapses of one projection."""
