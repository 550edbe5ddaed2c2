"""Papers: files that leave the house, written from answers."""
