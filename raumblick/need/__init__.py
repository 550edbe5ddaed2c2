"""Need: index, certainty, trend, neighbours."""
