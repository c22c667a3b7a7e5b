"""Planning of care for the old and the young in the villages of a Chinese county."""

__version__ = "0.1.0"
