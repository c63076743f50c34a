"""What is shown of several territories side by side."""
