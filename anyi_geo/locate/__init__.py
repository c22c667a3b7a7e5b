"""Location mathematics on labelled tables: no geometry, no county."""
