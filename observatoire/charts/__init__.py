"""Charts: one function a chart, a frame in, a chart out as Vega-Lite (see vega).

Titles and sources are written around them.
"""
