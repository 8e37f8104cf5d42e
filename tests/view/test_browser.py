"""The view in a browser: what it shows is what the trace holds, and it can be used with the keyboard alone."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest

import attractorbind as ab
from attractorbind._program.compiled import gate_columns
from attractorbind._program.listing import Listing
from attractorbind.testing._cases import drawn_cases
from attractorbind.testing._one_size import of_one_size

# Names that would break a page that took any of them as markup, or as code.
NASTY = [
    "<script>window.broken=1</script>",
    "</script><script>window.broken=1</script>",
    '"><img src=x onerror=window.broken=1>',
    "';window.broken=1;//",
    "<!-- \U0001f600 & &lt; -->",
    "${window.broken=1}`{{x}}",
    "__proto__",
    "אב\u202e\ndog",
]
# At every tick of every trial, by the time line, what the page tells in words.
READ_BACK = """() => {
  const root = document.getElementById("view"), told = [];
  const [trials] = root.querySelectorAll(".chooser select"), slider = root.querySelector("[aria-label='time line']");
  for (const option of trials.options) {
    trials.value = option.value;
    trials.dispatchEvent(new Event("change"));
    const ticks = [];
    for (let tick = 0; tick <= Number(slider.max); tick++) {
      slider.value = tick;
      slider.dispatchEvent(new Event("input"));
      ticks.push({
        buffers: [...root.querySelectorAll(".buffers tbody tr")].map((row) => ({
          name: row.cells[0].textContent, holds: row.cells[1].textContent,
          best: [...row.querySelectorAll(".overlap")].map((cell) => [
            cell.querySelector(".symbol").textContent, cell.querySelector(".number").textContent]),
        })),
        gates: root.querySelector(".gates-now").textContent,
        drawn: [...root.querySelectorAll(".wire.open > title")].map((title) => title.textContent).sort(),
        closed: [...root.querySelectorAll(".box.closed > title")].map((title) => title.textContent).sort(),
        row: [...root.querySelectorAll("[aria-current=step] span")].map((cell) => cell.textContent),
        number: root.querySelector("[aria-label='tick']").value,
      });
    }
    told.push({ ticks, state: root.querySelector(".state").textContent });
  }
  return told;
}"""


@cache
def network(nasty: bool = False) -> ab.Network:
    names = NASTY[:3] if nasty else ["focus", "agent", "place"]
    return ab.build(
        ab.Vocabulary(NASTY if nasty else ["dog", "cat", "park", "yes", "no"]),
        buffers=dict.fromkeys(names, 64),
        relays=f"hub:{names[0]}",
        relay="nucleus",
        areas=[ab.SnapshotMemory(NASTY[3] if nasty else "episodes", units=256, capacity=6)],
        activity=0.1,
        rule=ab.MaximalStability(),
        key=jax.random.key(0),
    )


@cache
def answered() -> ab.Trace:
    """Whether two words are the same, of three trials, the last of which ends otherwise than `EXPECTED`."""
    program = ab.read("focus") + ab.copy("focus", "agent") + ab.store("episodes", ["focus", "agent"]) + ab.read("focus")
    program += ab.when(ab.equal("focus", "agent"), ab.load("place", "yes"), ab.load("place", "no")) + ab.emit("place")
    inputs = [["dog", "dog"], ["dog", "cat"], ["cat", "park"]]
    return ab.run(network(), program, inputs=inputs, record="states")


EXPECTED = {"place": ["yes", "no", "yes"], "agent": ["dog", "dog", "cat"]}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("view") / "run.html"
    answered().save_html(path, expected=EXPECTED)
    return path


def correlations(trace: ab.Trace, buffer: str, tick: int, trial: int) -> np.ndarray:
    """The overlaps, by another way: as the correlation of two columns of numbers."""
    state = trace.states[buffer][tick, trial].astype(float)
    codes = np.asarray(trace.network.codes(buffer)).astype(float)
    if state.std() == 0:
        return np.zeros(len(codes))
    return np.array([np.corrcoef(state, code)[0, 1] for code in codes])


def check_equals(told: Sequence[Any], trace: ab.Trace) -> int:
    """Compare what was read back from a page with the trace; how many ticks there were."""
    wiring, compared = trace.network.wiring, 0
    assert len(told) == len(trace.ticks)
    gates = trace.gates
    for trial, page in enumerate(told):
        assert len(page["ticks"]) == trace.ticks[trial]
        for tick, shown in enumerate(page["ticks"]):
            own = gates[tick] if gates.ndim == 2 else gates[tick, trial]
            latches, others = gate_columns(wiring, own)
            # Fractions are told with three decimals.
            assert (
                shown["gates"] == f"Tick {tick}. Gates open: {others or 'none'}. Latches closed: {latches or 'none'}."
            )
            assert shown["number"] == str(tick)
            ways = [
                gate for gate in wiring.gates if gate.source != gate.target and own[wiring.gate_index[gate.name]] > 0
            ]
            assert [title.partition(", through")[0] for title in shown["drawn"]] == sorted(gate.name for gate in ways)
            shut = [
                gate.name for gate in wiring.gates if gate.kind == "latch" and own[wiring.gate_index[gate.name]] == 0
            ]
            assert shown["closed"] == sorted(f"buffer {name}" for name in shut)
            for row, (name, held) in zip(shown["buffers"], trace.decode(tick).items(), strict=True):
                assert (row["name"], row["holds"]) == (name, held[trial] or "")
                if trace.states:
                    overlaps = correlations(trace, name, tick, trial)
                    best = [float(number) for _, number in row["best"]]
                    np.testing.assert_allclose(best, np.sort(overlaps)[::-1][:3], atol=0.0051)
                    for symbol, number in row["best"]:
                        assert abs(overlaps[trace.network.vocabulary[symbol]] - float(number)) < 0.0051
            if isinstance(trace.program, Listing):
                assert trace.rows is not None
                line = trace.program.lines[trace.rows[tick, trial]]
                assert shown["row"] == [line[0], line[-1], *line[1:-1]]
            else:
                first, _, last = shown["row"][0].partition(" to ")
                assert int(first) <= tick <= int(last or first)
                assert shown["row"][1] == trace.program.labels[int(first)]
            compared += 1
    return compared


def random_runs(how_many: int, path: Path, open_page: Callable[..., Any]) -> int:
    """Save random runs, of ordinary and of nasty names, open them, read all of it back and compare; the ticks seen."""
    ticks = 0
    for number in range(how_many):
        own = network(nasty=number % 2 == 1)
        for case in drawn_cases(own, number):
            compiled = case.program.compile(own)
            # A straight line has tables of its own length, which compiles anew; the others share one size.
            compiled = of_one_size(compiled) if isinstance(compiled, Listing) else compiled
            if compiled is not None:
                break
        how = {"noise": 0.02, "key": jax.random.key(number)} if number % 4 > 1 else {}
        inputs = case.inputs if compiled.reads else None
        record = "decoded" if number % 5 == 4 else "states"
        trace = ab.run(own, compiled, args=case.args, inputs=inputs, record=record, throw=False, **how)
        trace.save_html(path)
        page = open_page(path)
        ticks += check_equals(page.evaluate(READ_BACK), trace)
        assert page.evaluate("window.broken") is None
        page.close()
    return ticks


def test_what_the_page_shows_is_the_trace_at_every_tick(
    tmp_path: Path, opened: Callable[..., Any], saved: Path
) -> None:
    told = opened(saved).evaluate(READ_BACK)
    assert check_equals(told, answered()) > 50
    assert [each["state"][:23] for each in told[:2]] == ["Trial 0 ended well. 1 o", "Trial 1 ended well. 1 o"]
    assert "'place' holds 'no', not 'yes'" in told[2]["state"]
    assert random_runs(2, tmp_path / "run.html", opened) > 20


@pytest.mark.slow
def test_what_the_page_shows_is_the_trace_over_50_random_runs(tmp_path: Path, opened: Callable[..., Any]) -> None:
    print(random_runs(50, tmp_path / "run.html", opened), "ticks compared")


def tick_of(page: Any) -> int:
    return int(page.get_by_label("tick", exact=True).input_value())


def test_it_is_stepped_by_buttons_and_trials_are_chosen(saved: Path, opened: Callable[..., Any]) -> None:
    page, trace = opened(saved), answered()
    assert "Trial 0 ended well. 1 of 3 trials went wrong." in page.inner_text(".state")
    page.get_by_role("button", name="step", exact=True).click()
    assert tick_of(page) == 1
    page.get_by_role("button", name="next change").click()
    assert tick_of(page) > 1
    page.get_by_role("button", name="step back").click()
    page.get_by_role("button", name="previous change").click()
    assert tick_of(page) < 3
    page.get_by_role("button", name="first trial that went wrong").click()
    assert page.get_by_label("trial", exact=True).input_value() == "2"
    assert tick_of(page) == trace.ticks[2] - 1
    assert "Trial 2 went wrong: 'place' holds 'no', not 'yes'" in page.inner_text(".state")
    page.get_by_label("trial", exact=True).select_option("1")
    assert "'dog'" not in page.inner_text(".state")
    assert page.locator(".memory caption").inner_text() == "episodes at the end: 1 snapshot, the oldest first"
    assert page.locator(".memory tbody td").all_inner_texts() == ["dog", "dog", ""]
    assert "Put out: no" in page.inner_text(".part-happenings")
    page.get_by_label("ticks a second").select_option("60")
    page.get_by_label("tick", exact=True).fill("0")
    page.get_by_label("tick", exact=True).press("Enter")
    page.get_by_role("button", name="play").click()
    for _ in range(100):
        page.wait_for_timeout(50)
        if tick_of(page) > 5:
            break
    assert tick_of(page) > 5


def test_a_row_of_the_listing_goes_to_the_tick_at_which_it_ran(saved: Path, opened: Callable[..., Any]) -> None:
    page, trace = opened(saved), answered()
    assert trace.rows is not None
    assert isinstance(trace.program, Listing)
    for row in (3, len(trace.program.lines) - 1):
        page.locator(f"[data-row='{row}']").click()
        first = int(np.flatnonzero(trace.rows[:, 0] == row)[0])
        assert tick_of(page) == first
        assert page.locator("[aria-current=step]").get_attribute("data-row") == str(row)
        assert page.inner_text(".ran").startswith(f"Row {row} ran once, at ticks {first}")
    # The branch that trial 0 does not take.
    never = next(row for row, line in enumerate(trace.program.lines) if line[2] == "place <- no")
    page.locator(f"[data-row='{never}']").click()
    assert page.inner_text(".ran") == f"Row {never} did not run in trial 0."


def test_a_gate_tells_and_marks_all_ticks_at_which_it_is_open(saved: Path, opened: Callable[..., Any]) -> None:
    page, trace = opened(saved), answered()
    gate = trace.network.gates.index("focus->agent")
    ticks = np.flatnonzero(trace.gates[: trace.ticks[0], 0, gate]).tolist()
    page.locator(".wire:has(title:text-matches('^focus->agent'))").first.dispatch_event("click")
    assert (
        page.inner_text(".open-at")
        == f"focus->agent is open at {len(ticks)} ticks: at ticks {ticks[0]} to {ticks[-1]}."
    )
    assert page.get_by_label("mark when a gate is open").input_value() == str(gate)
    page.get_by_role("button", name="next time").click()
    assert tick_of(page) == ticks[0]
    # The bands in the raster: where its ruler ends, between lanes, they lie on white.
    page.wait_for_timeout(100)
    colours = page.evaluate(PIXELS, [list(range(int(trace.ticks[0])))])
    banded = [tick for tick, (red, green, blue) in enumerate(colours) if blue < 200]
    assert banded == ticks


# The colour just under the ruler at the middle of each tick, as the lanes begin there.
PIXELS = """([ticks]) => {
  const canvas = document.querySelector(".raster canvas"), scale = window.devicePixelRatio;
  const zoom = Number(document.querySelector("[aria-label='width of a tick']").value), wide = 2 ** (zoom / 14) / 1.2;
  const pen = canvas.getContext("2d");
  const across = (tick) => (150 + (tick + 0.5) * wide) * scale;
  return ticks.map((tick) => [...pen.getImageData(across(tick), 23 * scale, 1, 1).data.slice(0, 3)]);
}"""


FOCUSED = """() => {
  const { activeElement } = document;
  return activeElement.getAttribute("aria-label") ?? activeElement.textContent;
}"""


def test_the_keyboard_alone_suffices(saved: Path, opened: Callable[..., Any]) -> None:
    page, trace = opened(saved), answered()
    assert trace.rows is not None
    page.keyboard.press("ArrowRight")
    assert tick_of(page) == 1
    page.keyboard.press("End")
    assert tick_of(page) == trace.ticks[0] - 1
    page.keyboard.press("Home")
    page.keyboard.press("n")
    page.keyboard.press("p")
    assert tick_of(page) == 0
    page.keyboard.press("w")
    assert page.get_by_label("trial", exact=True).input_value() == "2"
    # By Tab alone one comes to everything that can be used.
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    assert {"step", "next change", "play", "first trial that went wrong", "time line", "tick", "next time"} <= reached
    listing = page.get_by_role("listbox")
    listing.focus()
    page.keyboard.press("Home")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    row = int(page.locator("[aria-selected=true]").get_attribute("data-row"))
    assert tick_of(page) == int(np.flatnonzero(trace.rows[:, 2] == row)[0])


@pytest.mark.parametrize("width", [400, 1024, 1600])
def test_it_fits_its_width_and_axe_finds_nothing(saved: Path, opened: Callable[..., Any], width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = opened(saved, width)
    page.keyboard.press("w")
    page.get_by_label("mark when a gate is open").select_option("0")
    found = axe.Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_run_of_which_little_was_recorded_says_how_to_record_more(tmp_path: Path, opened: Callable[..., Any]) -> None:
    program = ab.load("focus", "dog") + ab.when(ab.holds("focus", "dog"), ab.copy("focus", "agent"))
    for record, told in (("final", "as it was at the end"), ("decoded", "Of each buffer only the best symbol")):
        ab.run(network(), program, record=record).save_html(tmp_path / "run.html")
        page = opened(tmp_path / "run.html")
        assert told in page.inner_text(".hint")
        assert 'record="states"' in page.inner_text(".hint")
        assert page.locator(".buffers td.holds").all_inner_texts() == (
            ["dog", "dog", ""] if record == "final" else ["dog", "", ""]
        )
        assert ("Which gates were open was not recorded" in page.inner_text(".gates-now")) == (record == "final")


def test_no_name_can_break_the_page(tmp_path: Path, opened: Callable[..., Any]) -> None:
    own = network(nasty=True)
    (first, second, _), memory = NASTY[:3], NASTY[3]
    program = ab.load(first, NASTY[4]) + ab.copy(first, second) + ab.store(memory, [first, second])
    trace = ab.run(own, program, record="states")
    trace.save_html(tmp_path / "run.html", expected={first: NASTY[5]})
    page = opened(tmp_path / "run.html")
    check_equals(page.evaluate(READ_BACK), trace)
    assert page.evaluate("window.broken") is None
    tags = page.evaluate(
        "[...new Set([...document.querySelectorAll('#view *')].map((each) => each.tagName.toLowerCase()))]"
    )
    assert not {"script", "img", "iframe", "object", "a", "style"} & set(tags)
    assert page.locator(".memory tbody td").all_inner_texts()[:2] == [NASTY[4], NASTY[4]]
