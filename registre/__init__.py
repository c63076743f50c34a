"""The register: what people enter and decide, kept with its history. Imports nothing else of the project."""
