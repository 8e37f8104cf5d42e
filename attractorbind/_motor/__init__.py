"""What acts: a hand that draws what it has seen, or what a buffer holds, and has learned to by babbling."""
