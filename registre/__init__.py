"""The register: what people enter and decide, with its history, never lost. Imports nothing else of the project."""
