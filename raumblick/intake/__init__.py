"""Files in: one profile a source layout, checks, findings."""
