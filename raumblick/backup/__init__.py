"""Backup and restore of everything that an installation has written: one file, with a checksum for each file in it."""
