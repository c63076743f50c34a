"""What other programs already know of a questionnaire, offered as starting values: see docs/imports.md."""
