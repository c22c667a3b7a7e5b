"""Builds the embedded county: real where it can be, modelled and marked so where it cannot."""
