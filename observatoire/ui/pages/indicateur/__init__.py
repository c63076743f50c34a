"""The parts of the page Indicateur."""
