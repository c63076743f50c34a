"""Pages run without a browser, on the warehouse of the snapshot, and what they show read as a reader reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml.html import HtmlElement, fragment_fromstring
from streamlit.testing.v1 import AppTest

from observatoire.config import RACINE
from observatoire.navigation import PAGES

NAVIGATION = str(RACINE / "observatoire" / "navigation.py")
FICHIERS = {info.url: f"../pages/{info.fichier}" for info in PAGES}
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def application(entrepot) -> AppTest:
    """The application, started once: pages change inside it as for a reader who clicks."""
    return AppTest.from_file(NAVIGATION, default_timeout=60).run()


@pytest.fixture
def opened(application) -> Open:
    """``opened(url, territoire=…)`` → the page of that address, for a reader who has chosen nothing before."""

    def visit(url: str = "", **parameters: str) -> AppTest:
        application.session_state["choix"] = {}
        application.switch_page(FICHIERS[url])
        application.query_params.clear()
        application.query_params.update(parameters)
        application.run()
        assert [error.message for error in application.exception] == []
        return application

    return visit


@dataclass(frozen=True)
class Table:
    """A table as it is read: its caption, the heads of its columns, its lines (cells, the head of the line first)."""

    element: HtmlElement

    @property
    def caption(self) -> str:
        return read(self.element.find("caption"))

    @property
    def head(self) -> list[str]:
        return [read(cell) for cell in self.element.iterfind("thead/tr/th")]

    @property
    def rows(self) -> list[list[str]]:
        return [[read(cell) for cell in line] for line in self.element.iterfind("tbody/tr")]

    def line(self, label: str) -> HtmlElement:
        """The first line whose head holds ``label``."""
        return next(line for line in self.element.iterfind("tbody/tr") if label in read(line[0]))

    def row(self, label: str) -> list[str]:
        """The cells of that line, without its head."""
        return [read(cell) for cell in self.line(label)[1:]]


def read(element: HtmlElement | None) -> str:
    """The text of an element, its no-break spaces kept."""
    if element is None:
        return ""
    return re.sub(r"[ \n\t]+", " ", " ".join(element.xpath(".//text()[not(parent::style)]"))).strip()


def parts(page: AppTest) -> Iterator[HtmlElement]:
    """The pieces of HTML of a page, parsed, in its order."""
    for element in page.get("html"):
        yield fragment_fromstring(element.proto.body, create_parent="div")
    for element in page.get("markdown"):
        if is_html(element):
            yield fragment_fromstring(str(element.value), create_parent="div")


def is_html(element: object) -> bool:
    """Whether a paragraph is a drawing in HTML: the maps in SVG are."""
    return str(getattr(element, "value", "")).startswith("<div class=")


def elements(page: AppTest, path: str) -> list[HtmlElement]:
    """The elements of a page at an XPath (« .//img »)."""
    return [found for part in parts(page) for found in part.xpath(path)]


def of_class(page: AppTest, name: str) -> list[HtmlElement]:
    """The elements of a page of a class of its style sheet."""
    return [found for part in parts(page) for found in part.find_class(name)]


def tables(page: AppTest) -> list[Table]:
    """The tables of a page."""
    return [Table(element) for element in elements(page, ".//table")]


def table(page: AppTest, caption: str) -> Table:
    """The first table whose caption holds some words."""
    return next(found for found in tables(page) if caption in found.caption.replace("\u00a0", " "))


def table_of(page: AppTest, name: str) -> Table:
    """The first table inside an element of a class."""
    return next(Table(found) for box in of_class(page, name) for found in box.iter("table"))


def addresses(page: AppTest) -> list[dict[str, str]]:
    """What the links written in HTML ask for, by parameter, and the page under « page »."""
    return [asked(element.get("href")) for element in elements(page, ".//a[@href]")]


def asked(href: str) -> dict[str, str]:
    """The page and the parameters of an address."""
    parsed = urlsplit(href)
    return {"page": parsed.path} | {name: values[-1] for name, values in parse_qs(parsed.query).items()}


def page_links(page: AppTest) -> list[dict[str, str]]:
    """What the links to other pages ask for, by parameter; their page under « page », their words under « label »."""
    protos = [link.proto for link in page.get("page_link")]
    return [{**asked(f"{proto.page}?{proto.query_string}"), "label": proto.label} for proto in protos]


def decks(page: AppTest) -> list[dict]:
    """The maps of a page, as deck.gl receives them."""
    return [json.loads(element.proto.json) for element in page.get("deck_gl_json_chart")]


def maps(page: AppTest) -> list[HtmlElement]:
    """The maps of a page, as SVG."""
    return elements(page, ".//svg[@class='obs-svg']")


def places(drawn: HtmlElement) -> dict[str, HtmlElement]:
    """The territories of a map by their name: the link of each."""
    return {link.get("data-nom"): link for link in drawn.find_class("obs-lieu")}


def texts(page: AppTest) -> list[str]:
    """What a page says: titles, paragraphs, captions, tables and texts in HTML, text alternatives included."""
    said = []
    for kind in ("title", "header", "subheader", "markdown", "caption", "warning", "error", "info", "success"):
        said += [element.value for element in page.get(kind) if not is_html(element)]
    for part in parts(page):
        said += [read(part), *part.xpath(".//@alt | .//@aria-label")]
    said += [widget.label for kind in ("selectbox", "multiselect", "expander") for widget in page.get(kind)]
    return said


def said(page: AppTest) -> str:
    """All of that in one text, with plain spaces."""
    return "\n".join(texts(page)).replace("\u00a0", " ").replace("\u202f", " ")


def stories(page: AppTest) -> str:
    """The paragraphs and captions alone, with plain spaces: what the page says outside its tables and lists."""
    found = [
        str(element.value) for kind in ("markdown", "caption") for element in page.get(kind) if not is_html(element)
    ]
    return "\n".join(found).replace("\u00a0", " ").replace("\u202f", " ")
