"""What learns during a run: layered networks, the rules that assign credit in them, and the area that they make."""
