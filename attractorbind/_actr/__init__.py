"""Models of ACT-R on buffers of attractor networks."""
