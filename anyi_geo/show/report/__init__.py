"""Reports of one run: one structure of sections, tables and figures, written as Excel, Word and a page."""
