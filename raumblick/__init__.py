"""Raumblick: a workbench of social-space planning in child and youth welfare."""

__version__ = "0.1.0"
