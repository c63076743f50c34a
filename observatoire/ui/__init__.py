"""Streamlit pieces shared by pages: the only part of the library that knows Streamlit."""
