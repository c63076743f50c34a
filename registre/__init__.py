"""The register: what people enter and decide, kept with its history, never lost. Imports nothing else of the project."""
