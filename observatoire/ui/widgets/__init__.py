"""Pieces of interface that any page may use."""
