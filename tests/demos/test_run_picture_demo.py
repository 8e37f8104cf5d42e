"""The picture of the first page is drawn."""

import importlib
import sys
from pathlib import Path

from PIL import Image

sys.path.append(str(Path(__file__).parents[2] / "demos"))
run_picture = importlib.import_module("run_picture")


def test_it_is_drawn(tmp_path: Path) -> None:
    run_picture.main([str(tmp_path / "run.png"), "--units", "64"])
    with Image.open(tmp_path / "run.png") as picture:
        assert picture.size == (1100, 420)
