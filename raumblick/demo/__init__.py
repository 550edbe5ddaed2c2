"""The invented demo city Musterstadt: one seeded generator for tests, demonstrations and benchmarks."""

from raumblick.demo.write import write_demo

__all__ = ["write_demo"]
