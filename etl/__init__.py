"""The ETL: from the producers' files to the DuckDB warehouse. Knows nothing of the application."""

VERSION = "0.1.0"
