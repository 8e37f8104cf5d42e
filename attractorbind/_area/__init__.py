"""What is joined to the buffers by gates of its own and has a mechanism and a state; so far the hippocampus."""
