"""What the pages share: the warehouse's answers, methods, charts, maps, exports. Only ``ui`` knows Streamlit."""
