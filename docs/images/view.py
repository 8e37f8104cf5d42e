"""Takes the picture of docs/view.md: the page of the run that is there, in the machine's chromium.

python docs/images/view.py
"""

import re
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent


def main() -> None:
    """Run the page's first lines, open what they save, and take its picture."""
    (code,) = re.findall(r"^```python\n(.*?)^```", (HERE.parent / "view.md").read_text(), re.DOTALL | re.MULTILINE)[:1]
    names: dict[str, Any] = {}
    exec(compile(code, "view.md", "exec"), names)
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1400, "height": 860})
        page.goto(names["path"].as_uri())
        page.wait_for_selector("[data-ready]")
        for _ in range(4):
            page.keyboard.press("n")
        page.get_by_label("mark when a gate is open").select_option(label="focus->agent")
        page.wait_for_timeout(500)
        page.screenshot(path=HERE / "view.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
