"""What a deposit shows, from its questionnaire and its answers: progress, fields, changes, state of collection."""
