"""The parts of the page Portrait."""
