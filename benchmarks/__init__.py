"""What the project measures: ratios to bare Streamlit pages, in one run, on one machine. Never part of the tests."""
