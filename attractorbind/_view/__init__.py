"""The interactive view of runs: what it is told, its page, and the widget that shows it in notebooks."""
