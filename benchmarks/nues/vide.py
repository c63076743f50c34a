"""The barest page: what Streamlit costs before anything is shown."""

import streamlit as st

st.title("Page vide")
