"""A browser for the tests of the view; where there is none they are skipped, and say why."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# Debian's is a script that starts it; both take the same arguments.
CANDIDATES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed; pip install playwright"
    )
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CANDIDATES)), None)
    if found is None:
        pytest.skip("no chromium on this machine; apt-get install chromium, or name it in CHROMIUM")
    with playwright.sync_playwright() as started:
        own = started.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield own
        own.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a file at a width; at the end no page may have asked for anything else, or have had an error."""
    asked, failed, pages = [], [], []

    def open_page(path: Path, width: int = 1024, before: Callable[[Any], Any] = lambda page: None) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900})
        pages.append(page)
        page.set_default_timeout(10_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.on("console", lambda told: failed.append(told.text) if told.type == "error" else None)
        page.on("dialog", lambda dialog: (failed.append("a dialog"), dialog.dismiss()))
        before(page)
        page.goto(path.as_uri())
        page.wait_for_selector("[data-ready]")
        return page

    yield open_page
    for page in pages:
        page.close()
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    assert not failed
