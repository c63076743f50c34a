"""x"""
import streamlit as st
from observatoire.ui.pickers import pick_territory, pick_indicator, pick_year
t = pick_territory()
c = pick_indicator()
y = pick_year(c)
st.title(t.nom)
st.write(c.code, y)
