"""What is shown of one indicator: the finding, and the figures that go with it."""
