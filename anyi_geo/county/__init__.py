"""Places, people and roads of a county: reading, checking, travel minutes."""
