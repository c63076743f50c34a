"""The parts of the page Sources et méthode."""
