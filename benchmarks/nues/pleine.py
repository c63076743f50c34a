"""A bare page that shows as much as ours: six metrics, a chart, a map of the 39 communes, a table. No care taken."""

import json

import altair as alt
import duckdb
import pandas as pd
import pydeck as pdk
import streamlit as st

from etl.load import current
from observatoire.config import warehouse_folder


@st.cache_resource
def connect() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(current(warehouse_folder())), read_only=True)


@st.cache_data
def communes() -> pd.DataFrame:
    sql = """
        SELECT t.code, t.nom, g.geojson, o.valeur FROM geometrie AS g
        JOIN territoire AS t USING (code)
        LEFT JOIN observation AS o ON o.territoire = t.code AND o.indicateur = 'EMP01' AND o.annee = 2022
        WHERE t.type = 'commune' ORDER BY t.nom
    """
    return connect().cursor().execute(sql).df()


@st.cache_data
def births(code: str) -> pd.DataFrame:
    sql = "SELECT annee, valeur FROM observation WHERE indicateur = 'DEM13' AND territoire = ? ORDER BY annee"
    return connect().cursor().execute(sql, [code]).df()


frame = communes()
names = dict(zip(frame["code"], frame["nom"], strict=True))
st.title("Page nue")
code = st.selectbox("Choisir un territoire", list(names), format_func=names.__getitem__)
series = births(str(code))
for column, (annee, valeur) in zip(st.columns(6), series.tail(6).itertuples(index=False), strict=False):
    column.metric(str(annee), f"{valeur:.0f}")
st.altair_chart(alt.Chart(series).mark_line().encode(x="annee:Q", y="valeur:Q"))
features = [
    {"type": "Feature", "properties": {"nom": r.nom}, "geometry": json.loads(str(r.geojson))}
    for r in frame.itertuples()
]
layer = pdk.Layer("GeoJsonLayer", {"type": "FeatureCollection", "features": features}, get_fill_color=[47, 111, 183])
view = pdk.ViewState(longitude=2.48, latitude=48.92, zoom=10)
st.pydeck_chart(pdk.Deck(layers=[layer], initial_view_state=view, map_provider=""))
st.dataframe(frame[["nom", "valeur"]])
