"""The three decisions: labelled tables in, frozen decisions out."""
