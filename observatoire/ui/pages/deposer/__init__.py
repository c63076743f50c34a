"""Parts of the page where a questionnaire is filled, submitted and confirmed."""
