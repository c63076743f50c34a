"""What is shown of the figures themselves: cards, coverage, origin."""
