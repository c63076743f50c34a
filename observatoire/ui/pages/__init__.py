"""The parts of each page, one package a page."""
