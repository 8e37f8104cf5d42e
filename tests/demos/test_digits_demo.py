"""The demo of digits, on few pictures and for few epochs."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

DEMOS = Path(__file__).parents[2] / "demos"
# The demos import each other.
sys.path.append(str(DEMOS))
digits = importlib.import_module("digits")


@pytest.fixture
def stripes(tmp_path: Path) -> Path:
    """Pictures of 4 x 4 pixels: rows or columns that are lit, with noise."""
    rng = np.random.default_rng(0)
    images, labels = [], []
    for picture in range(60):
        image = 0.3 * rng.random((4, 4))
        if picture % 2:
            image[picture // 2 % 4] += 5
        else:
            image[:, picture // 2 % 4] += 5
        images.append(image)
        labels.append("row" if picture % 2 else "column")
    path = tmp_path / "stripes.npz"
    np.savez(path, images=np.array(images), labels=np.array(labels))
    return path


def test_it_learns_pictures_of_a_file_and_answers_questions(
    stripes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "figures.json"
    arguments = [str(stripes), "--seeds", "1", "--epochs", "60", "--units", "128", "--examples", "1"]
    assert digits.main([*arguments, "--json", str(figures)]) == 0
    printed = capsys.readouterr().out
    assert "48 pictures for training, 12 for testing" in printed
    assert "first equals third?" in printed
    (scores,) = json.loads(figures.read_text())["rules"]["backpropagation"]
    assert scores["classes"] == scores["cleaned"] == scores["outputs"] == scores["answered"] == 100
    assert scores["updates"] == 60


def test_by_itself_another_rule_with_distorted_pictures(stripes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--rule", "direct-feedback-alignment", "--seeds", "2", "--epochs", "6", "--alone", "--augment"]
    assert digits.main([str(stripes), *arguments, "--split", "last"]) == 0
    assert "direct-feedback-alignment" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({"images": np.zeros((20, 4, 4))}, "give a .npz file"),
        ({"images": np.zeros((20, 16)), "labels": np.zeros(20)}, "must be (n, h, w) and (n)"),
        ({"images": np.zeros((20, 4, 4)), "labels": np.zeros(19)}, "must be (n, h, w) and (n)"),
        ({"images": np.full((20, 4, 4), np.nan), "labels": np.zeros(20)}, "no finite numbers"),
        ({"images": np.arange(320).reshape(20, 4, 4), "labels": np.zeros(20)}, "two classes"),
        ({"images": np.arange(320).reshape(20, 4, 4), "labels": np.arange(20) // 19}, "ten pictures of each"),
    ],
)
def test_files_that_are_no_pictures_are_told_in_a_sentence(
    arrays: dict[str, np.ndarray], told: str, tmp_path: Path
) -> None:
    path = tmp_path / "pictures.npz"
    np.savez(path, **arrays)  # pyright: ignore[reportArgumentType]
    with pytest.raises(SystemExit, match=told.replace("(", r"\(").replace(")", r"\)")):
        digits.main([str(path)])


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read"):
        digits.main([str(tmp_path / "nothing.npz")])
