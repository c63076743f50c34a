"""Maps: what goes on them, their colours, their drawing on screen (pydeck). No Streamlit here."""
