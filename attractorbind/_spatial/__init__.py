"""Space: where an animal is, and cells whose firing tells it; see `attractorbind.spatial` for what is public."""
