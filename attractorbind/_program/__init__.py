"""What a program says: symbols, instructions, conditions and blocks, and their compilation for a network."""
