"""Files a reader takes away: images, tables. Names and contents in French, each with its source."""
