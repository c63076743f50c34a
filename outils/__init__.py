"""Small scripts of the project: start the application, find a browser. Standard library only."""
