"""What a tick computes, and the one loop that drives a network through ticks."""
