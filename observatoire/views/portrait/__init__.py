"""What is shown of one territory."""
