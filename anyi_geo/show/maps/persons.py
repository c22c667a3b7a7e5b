"""What counts as a sensitive group, and from how many persons on its numbers are shown."""

from __future__ import annotations

SMALLEST_SHOWN = 3
FEW = f"<{SMALLEST_SHOWN}"
#: Words in the key or the name of a group whose small numbers may point to single households.
SENSITIVE = ("left_behind", "tekun", "alone", "独居", "difficulty", "空巢")
