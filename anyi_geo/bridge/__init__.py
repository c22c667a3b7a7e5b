"""From the county to the problems of the three decisions and back."""
