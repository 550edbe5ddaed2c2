"""Property tests without a deadline: the machine may be busy with other work."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
