"""What predicts: the world's next states from its present one and copies of commands, at several time scales."""
