"""The view of a long run of many buffers: how large its file is, and how many frames a second it scrolls.

    python benchmarks/view.py
    python benchmarks/view.py --ticks 1000 --buffers 10

Needs playwright and chromium, which draws without a graphics card. Beside the frames stands how long the drawing of one
takes, the page's own part of it.
"""

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import jax
from playwright.sync_api import sync_playwright
from recording import record

import attractorbind as ab

# Scrolls for so many seconds, by as many pixels a frame, and tells what each frame took, and the page's own part of it.
SCROLL = """async ([seconds, across, down]) => {
  const scroller = document.querySelector(".raster"), frames = [], drawing = [], ask = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => ask((now) => {
    const begin = performance.now();
    draw(now);
    drawing.push(performance.now() - begin);
  });
  const frame = () => new Promise((done) => ask(done));
  scroller.scrollLeft = scroller.scrollTop = 0;
  const end = performance.now() + seconds * 1000;
  let before = await frame(), way = down;
  while (before < end) {
    scroller.scrollLeft += across;
    scroller.scrollTop += way;
    if (scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1) way = -down;
    if (scroller.scrollTop <= 0) way = down;
    const now = await frame();
    frames.push(now - before);
    before = now;
  }
  const sorted = (times) => times.sort((one, other) => one - other);
  return [sorted(frames), sorted(drawing)];
}"""


def run_of(buffers: int, ticks: int, noise: float) -> ab.Trace:
    """Copies around a hub without end: every copy is another, and with noise every tick is."""
    names = [f"buffer {number}" for number in range(buffers)]
    network = ab.build(
        ab.Vocabulary([f"symbol {number}" for number in range(40)]),
        buffers=dict.fromkeys(names, 128),
        relays=f"hub:{names[0]}",
        activity=0.1,
        rule=ab.PseudoInverse(),
        key=jax.random.key(0),
    )
    generator = random.Random(0)
    program, taken = ab.Program(), 0
    while taken < ticks:
        step = ab.load(names[0], f"symbol {generator.randrange(40)}") + ab.copy(names[0], generator.choice(names[1:]))
        program, taken = program + step, taken + 7
    return ab.run(network, program, noise=noise, key=jax.random.key(1), record="states", throw=False)


def scrolled(path: Path) -> dict[str, Any]:
    """How a browser does with the file."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=arguments)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        begin = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("[data-ready]", timeout=120_000)
        opened = time.perf_counter() - begin
        page.mouse.move(0, 0)
        frames, drawing = page.evaluate(SCROLL, [5, 60, 7])
        page.get_by_label("width of a tick").fill("0")
        far, far_drawing = page.evaluate(SCROLL, [5, 20, 7])
        browser.close()
    return {
        "opened, s": opened,
        "frames a second": 1000 * len(frames) / sum(frames),
        "slowest of 20 frames, ms": frames[int(0.95 * len(frames))],
        "drawing a frame, ms": drawing[len(drawing) // 2],
        "frames a second, far": 1000 * len(far) / sum(far),
        "drawing a frame, far, ms": far_drawing[len(far_drawing) // 2],
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--ticks", type=int, default=10_000)
    options.add_argument("--buffers", type=int, default=100)
    given = options.parse_args()
    rows = []
    for noise in (0.0, 0.01):
        trace = run_of(given.buffers, given.ticks, noise)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "run.html"
            begin = time.perf_counter()
            trace.save_html(path)
            saved = time.perf_counter() - begin
            own = {"ticks": int(trace.ticks[0]), "buffers": given.buffers, "noise": noise}
            size = {"file, MB": path.stat().st_size / 1e6, "saved, s": saved}
            rows.append(own | size | scrolled(path))
    small = run_of(2, 7, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        small.save_html(Path(folder) / "run.html")
        print(f"a run of {int(small.ticks[0])} ticks: {(Path(folder) / 'run.html').stat().st_size / 1e3:.0f} kB")
    record("view", rows)


if __name__ == "__main__":
    main()
