"""Rates, intervals and what several methods share."""
