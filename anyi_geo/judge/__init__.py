"""What a plan means for people: coverage, minutes, equity, cost. No solver."""
