"""Facts about networks and runs: energies, harmony, crosstalk, isolation, chains of copies."""
