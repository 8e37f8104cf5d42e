"""The demo of views in episodes, on a few objects."""

import importlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image  # comes with matplotlib

import attractorbind as ab

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
views, lessons_of_views, objects_of_views = map(importlib.import_module, ("views", "view_lessons", "view_objects"))

# Little to compute; what takes the time is compiling.
SMALL = views.Plan(first=40, later=1, units=128, hidden=32)


@pytest.fixture(scope="module")
def lessons() -> Any:
    """Six objects that look nothing like each other, and almost the same in every view."""
    random = np.random.default_rng(0)
    looks = random.random((6, 1, 16)) > 0.5
    seen = looks + 0.05 * random.standard_normal((6, objects_of_views.VIEWS, 16))
    return views.Lessons(views.Objects([f"object {number}" for number in range(6)], seen.astype(np.float32)), SMALL, 0)


@pytest.mark.slow
def test_names_are_recalled_by_what_is_seen(lessons: Any) -> None:
    assert lessons.right(lessons.start) == 100
    lived = lessons.recalled(views.LATER)
    assert lessons.targets(lived) == lessons.objects.names
    assert len(lived.snapshots(lessons_of_views.MEMORY)) == 12
    first, later = lived.snapshots(lessons_of_views.MEMORY)[0], lived.snapshots(lessons_of_views.MEMORY)[6]
    assert first == {"episode": "first episode 1", "seen": "object 0", "name": "object 0"}
    assert later == {"episode": "later episode 1", "seen": None, "name": "object 0"}


@pytest.mark.slow
def test_eyes_that_have_learned_nothing_recall_nothing(lessons: Any) -> None:
    lived = lessons.recalled(views.LATER, lessons.heard.state)
    assert lessons.targets(lived) == [None] * 6
    assert len(lived.snapshots(lessons_of_views.MEMORY)) == 6


@pytest.mark.parametrize("rule", list(lessons_of_views.RULES))
def test_every_rule_fits_the_eyes(rule: str) -> None:
    made, rate = lessons_of_views.RULES[rule]
    assert ab.learning.Hierarchy("eyes", sizes=[9, 8, 8], target="seen", rule=made()).target == "seen"
    assert rate > 0


def test_slow_features_find_what_stays_the_same() -> None:
    random = np.random.default_rng(0)
    stays = np.repeat(random.standard_normal((20, 1, 1)), 6, axis=1)
    changes = 3 * random.standard_normal((20, 6, 4))
    mixed = np.concatenate([stays, changes], axis=2) @ random.standard_normal((5, 5))
    found = objects_of_views.slow_features([mixed[:, :3], mixed[:, 3:]], 1)(mixed)
    assert abs(np.corrcoef(found.ravel(), stays.ravel())[0, 1]) > 0.95


@pytest.mark.slow
def test_the_whole_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "figures.json"
    few = ["--objects", "8", "--seeds", "1", "--first", "20", "--later", "5", "--units", "256"]
    assert views.main([*few, "--json", str(file)]) == 0
    printed, found = capsys.readouterr().out, json.loads(file.read_text())
    by_name = {row["name"]: row["mean"] for row in found["rows"]}
    assert set(views.TRAININGS) < set(by_name)
    assert all(name in printed for name in by_name)
    assert by_name[views.TRUE_NAMES] > by_name[views.START]


def test_the_table_tells_mean_interval_and_worst(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def figures(objects: Any, plan: Any, seed: int, done: Any) -> dict[str, float]:
        del objects, plan, done
        return {
            views.START: 50.0,
            views.ALL_VIEWS: 60.0 + seed,
            views.TRUE_NAMES: 70.0,
            f"{views.ALL_VIEWS}: silent": float(seed),
        }

    monkeypatch.setattr(views, "compare", figures)
    file = tmp_path / "figures.json"
    assert views.main(["--seeds", "3", "--objects", "4", "--json", str(file)]) == 0
    found = json.loads(file.read_text())
    rows = {row["name"]: row for row in found["rows"]}
    recalled = rows[views.ALL_VIEWS]
    assert (recalled["mean"], recalled["worst"], recalled["values"]) == (61.0, 60.0, [60.0, 61.0, 62.0])
    # Student's t for 2 degrees of freedom, times the standard error.
    assert recalled["within"] == pytest.approx(4.303 / 3**0.5, abs=1e-3)
    assert rows[f"{views.ALL_VIEWS}: silent"]["worst"] == 2
    assert rows[f"gain: {views.ALL_VIEWS}"]["mean"] == 11
    assert (found["objects"], found["rule"], found["file"]) == (4, "backpropagation", None)
    assert "61.0       +/- 2.5   60.0" in capsys.readouterr().out


def png(paper: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(paper.astype(np.uint8)).save(file, format="png")
    return file.getvalue()


def grey(side: int, ink: slice) -> bytes:
    """A grey image, as Omniglot's are, black in some rows."""
    paper = np.full((side, side), 255)
    paper[ink] = 0
    return png(paper)


def archive(path: Path, images: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name, image in images.items():
            file.writestr(name, image)
    return path


def test_characters_are_read_from_a_zip_file(tmp_path: Path) -> None:
    images = {
        f"images/Greek/character{number:02}/{number}_{drawer:02}.png": grey(105, slice(40 * number, 40 * number + 4))
        for number in range(2)
        for drawer in range(objects_of_views.VIEWS)
    }
    path = archive(tmp_path / "omniglot.zip", images)
    objects = views.drawn_characters(path, 2, 0)
    assert sorted(objects.names) == ["Greek/character00", "Greek/character01"]
    assert objects.views.shape == (2, objects_of_views.VIEWS, 26 * 26)
    for name, seen in zip(objects.names, objects.views, strict=True):
        wanted = np.zeros((26, 26))
        wanted[10 * int(name[-1])] = 1
        assert (seen == wanted.reshape(-1)).all()


def test_digits_to_choose_settings_by_are_other_ones() -> None:
    shown = [views.distorted_digits(20, 0, tuning=tuning) for tuning in (False, True)]
    assert shown[0].views.shape == (20, objects_of_views.VIEWS, 64)
    assert not np.array_equal(shown[0].views, shown[1].views)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["there is no such file"], "No such file"),
        ([__file__], "no zip file"),
        (["--objects", "1"], "--objects is 1"),
        (["--objects", "100000"], "--objects is 100000"),
        (["--seeds", "0"], "--seeds is 0"),
        (["--later", "-1"], "--later is -1"),
        (["--json", "no such folder/figures.json"], "no folder"),
    ],
)
def test_bad_options_are_named(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert views.main(arguments) == 2
    assert told in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("image", "objects", "told"),
    [
        (b"nothing", "2", "cannot be read"),
        (grey(20, slice(0)), "2", "shape (20, 20)"),
        (png(np.zeros((105, 105, 3))), "2", "shape (105, 105, 3)"),
        (grey(105, slice(0)), "3", "has 2 characters"),
    ],
)
def test_what_makes_no_characters_is_named(
    image: bytes, objects: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = {
        f"Greek/c{number}/{drawer:02}.png": image for number in range(2) for drawer in range(objects_of_views.VIEWS)
    }
    path = archive(tmp_path / "images.zip", images)
    assert views.main([str(path), "--objects", objects]) == 2
    assert told in capsys.readouterr().err.splitlines()[-1]
