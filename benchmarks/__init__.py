"""Measurements of Raumblick against named peers and limits, each ratio in one run. `python -m benchmarks.run` runs them."""
