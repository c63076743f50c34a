"""The network's activity: what the CCAS have written, summed, set against inhabitants and compared."""
