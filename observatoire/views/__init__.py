"""What is shown, whoever shows it: a request in, figures and sentences out; no Streamlit."""
