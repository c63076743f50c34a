"""Pure functions on figures: comparisons, sentences, classes. No Streamlit, no database."""
