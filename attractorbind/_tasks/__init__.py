"""Working-memory and decision tasks as arrays; see `attractorbind.tasks` for what is public."""
