"""Who opens the gates: the controllers of straight lines and of programs that branch."""
