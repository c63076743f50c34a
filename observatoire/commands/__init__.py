"""Commands of « python -m observatoire »: one module each, plugged in observatoire/__main__.py."""
