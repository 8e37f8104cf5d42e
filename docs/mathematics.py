"""Equations as MathML, made when the pages are built: browsers show it by themselves."""

import re
from html import unescape
from typing import Any

from latex2mathml.converter import convert

_EQUATION = re.compile(r'<(span|div) class="arithmatex">\s*(?:\\\(|\\\[)(.*?)(?:\\\)|\\\])\s*</\1>', re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    """Called by MkDocs for the HTML of every page."""
    return _EQUATION.sub(_mathml, html)


def _mathml(equation: re.Match[str]) -> str:
    display = "block" if equation[1] == "div" else "inline"
    return convert(unescape(equation[2]), display=display)
