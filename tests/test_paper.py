"""The draft of a paper: its form, its references, and that every figure in it is one that the pages tell."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
_, HEAD, BODY = (ROOT / "paper" / "paper.md").read_text().split("---\n", 2)
BIBLIOGRAPHY = (ROOT / "paper" / "paper.bib").read_text()
TOLD = "\n".join(page.read_text() for page in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])


def test_it_has_the_form_that_joss_asks_for() -> None:
    head = yaml.safe_load(HEAD)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= set(head)
    assert (ROOT / "paper" / head["bibliography"]).exists()
    numbers = {affiliation["index"] for affiliation in head["affiliations"]}
    assert all(author["name"] and author["affiliation"] in numbers for author in head["authors"])
    headings = re.findall(r"^# (.*)$", BODY, re.MULTILINE)
    assert headings == ["Summary", "Statement of need", "State of the field", "Software design", "References"]
    assert 750 < len(BODY.split()) < 1750


def test_all_that_is_cited_is_listed_and_all_that_is_listed_is_cited() -> None:
    listed = re.findall(r"^@\w+\{(\w+),$", BIBLIOGRAPHY, re.MULTILINE)
    assert len(listed) == len({*listed})
    assert {*listed} == {*re.findall(r"@(\w+\d{4})", BODY)}
    for entry in re.split(r"^@", BIBLIOGRAPHY, flags=re.MULTILINE)[1:]:
        assert {"author", "title", "year"} <= {*re.findall(r"^  (\w+) = \{", entry, re.MULTILINE)}
        assert entry.count("{") == entry.count("}")


def test_every_picture_is_one_of_the_pages_and_names_its_command() -> None:
    pictures = re.findall(r"!\[(.*?)\]\((\S+)\)", BODY, re.DOTALL)
    assert len(pictures) == 3
    for caption, file in pictures:
        path = (ROOT / "paper" / file).resolve()
        assert path.exists()
        assert f"images/{path.name}" in TOLD
        (script, name) = re.findall(r"Made\s+by\s+`python (\S+) [^`]*?(\w+\.png)`", caption)[0]
        assert (ROOT / script).exists()
        assert name == path.name


def test_every_number_is_told_in_the_pages_and_has_its_command() -> None:
    rows = re.findall(r"^\| (.*) \| `(.*)` \|$", BODY, re.MULTILINE)
    assert len(rows) == 8
    for figure, command in rows:
        script = re.search(r"(?:demos|benchmarks)/\w+\.py", command)
        assert (ROOT / script[0]).exists() if script else command.startswith("nox -s slow")
        for number in re.findall(r"(?<!\w)\d*[.,]?\d{2,}", re.sub(r"\[@\w+\]", "", figure)):
            assert re.search(rf"(?<![\d.,]){re.escape(number)}(?!\d)", TOLD), number
