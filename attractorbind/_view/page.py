"""The view as one file, which needs nothing beside it and asks no other host for anything."""

import base64
import gzip
import json
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src \
'unsafe-inline'">
<title>{title}</title>
<style>
{style}
body {{ margin: 0 }}
</style>
</head>
<body>
<main id="view"></main>
<script id="told" type="text/plain">{told}</script>
<script type="module">
{script}
show(document.getElementById("view"), document.getElementById("told").textContent)
</script>
</body>
</html>
"""


@cache
def source(name: str) -> str:
    """The text of the front end's module or style."""
    return files("attractorbind._view").joinpath(name).read_text(encoding="utf-8")


def packed(told: dict[str, Any]) -> str:
    """What the view is told, as letters and digits alone: no name in it can end up as a part of a page."""
    text = json.dumps(told, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode("ascii")


def unpacked(letters: str) -> dict[str, Any]:
    """What `packed` was given."""
    return json.loads(gzip.decompress(base64.b64decode(letters)))


def page(told: dict[str, Any]) -> bytes:
    """The file that shows what it is told."""
    parts = {"style": source("view.css"), "script": source("view.js"), "told": packed(told)}
    return _PAGE.format(title=escape(told["title"]), **parts).encode()
