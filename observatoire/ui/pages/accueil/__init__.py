"""The parts of the page Accueil."""
