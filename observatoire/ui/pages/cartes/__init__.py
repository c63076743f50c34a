"""The parts of the page Cartes."""
