"""The demo of the moving eye: what it sees, what exactly follows, and a small run of it."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import attractorbind as ab

# The demos import each other.
sys.path.append(str(Path(__file__).parents[2] / "demos"))
moving_eye, eye_views = map(importlib.import_module, ("moving_eye", "eye_views"))
EYE = eye_views.Eye(window=3, moves=1)


def test_views_are_cut_where_the_command_moved_the_eye():
    images = np.arange(2 * 36, dtype=np.float32).reshape(2, 6, 6)
    some = eye_views.moved(images, EYE, 50, np.random.default_rng(0))
    for before, after, command in zip(*some, strict=True):
        down, right = EYE.commands[command]
        # Of these images pixels tell where they are.
        np.testing.assert_array_equal(after - before, 6 * down + right)


@pytest.mark.parametrize("timescale", [1.0, 10.0])
def test_what_follows_is_the_mean_over_walks(timescale):
    exact, rng = eye_views.what_follows(5, EYE, timescale), np.random.default_rng(1)
    along = eye_views.walk(5, EYE, 60_000, rng)
    discount, ahead, found = 1 - 1 / timescale, 120, np.zeros(exact.shape)
    weights = (1 - discount) * discount ** np.arange(ahead)
    for start in range(len(along) - ahead - 1):
        np.add.at(found[along[start]], along[start + 1 : start + 1 + ahead], weights)
    found /= np.bincount(along[: len(along) - ahead - 1])[:, None]
    np.testing.assert_allclose(found, exact, atol=0.02)
    np.testing.assert_allclose(exact.sum(axis=1), 1)


def test_it_runs_and_tells(tmp_path, capsys):
    small = ["--samples", "3000", "--walks", "2", "--enlarged", "1", "--window", "4", "--moves", "1"]
    figures, picture = tmp_path / "figures.json", tmp_path / "eye.png"
    assert moving_eye.main([*small, "--json", str(figures), "--picture", str(picture)]) == 0
    rows = json.loads(figures.read_text())["rows"]
    assert rows["with the copy / without"]["mean"] < 0.5
    assert picture.stat().st_size > 1000
    assert "two numbers / without" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["--window", "9", "--enlarged", "1"], "9"), (["--samples", "0"], "samples"), (["nowhere.zip"], "nowhere.zip")],
)
def test_what_cannot_be_is_told_in_a_sentence(arguments, told, capsys):
    assert moving_eye.main(["--walks", "1", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_file_that_is_no_zip_file_is_refused(tmp_path):
    (tmp_path / "a.zip").write_text("no")
    with pytest.raises(ab.ArgumentError, match="is no zip file"):
        eye_views.characters(tmp_path / "a.zip", 28, 0)
