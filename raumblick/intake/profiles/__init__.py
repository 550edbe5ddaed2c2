"""One module a source layout; each has TITLE, detect and read."""
