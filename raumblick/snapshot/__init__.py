"""Snapshots: build, disclosure, publish, store."""
