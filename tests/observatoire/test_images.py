"""Images made on the server: their words are there, in the font of documents."""

import io

import pandas as pd
from PIL import Image

from observatoire.charts import vega
from observatoire.exports.images import to_png, to_svg
from observatoire.figures import Figure


def figure(titre: str) -> Figure:
    point = vega.chart({"values": [{"x": 1}]}).mark("point", opacity=0).encode(x=vega.field("x:Q", axis=None))
    return Figure(titre, "En %, 2021", "Source : essai", "Essai", pd.DataFrame(), "essai", chart=point)


def dark_pixels(png: bytes) -> int:
    return sum(Image.open(io.BytesIO(png)).convert("L").histogram()[:120])


def test_the_title_and_source_are_drawn_in_the_image():
    assert dark_pixels(to_png(figure("Taux de pauvreté par commune"))) > 3 * dark_pixels(to_png(figure("T"))) > 0


def test_the_svg_keeps_its_words_as_text():
    svg = to_svg(figure("Taux de pauvreté")).decode()
    assert "Taux de pauvreté" in svg
    assert "Source : essai" in svg
