"""Maps, tables and pages for planners. No mathematics."""
