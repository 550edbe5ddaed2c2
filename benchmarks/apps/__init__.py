"""Pages that the benchmarks open in a browser."""
