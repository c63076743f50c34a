"""Charts: one function a chart, a frame in, an Altair chart out. Titles and sources are written around them."""
