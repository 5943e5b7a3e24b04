"""What the documentation shows is true."""

import re

import pytest

from kneectl import manual
from kneesim.engines import ROOT
from massager.core import faults, programs, techniques
from massager.link import frame

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_frames_in_the_documentation_have_the_right_crc() -> None:
    frames = re.findall(r"^    (\{.*\}\*[0-9a-f]{8})$", (ROOT / "docs/link.md").read_text(), re.MULTILINE)
    assert frames
    for line in frames:
        assert frame.split_crc(line.encode())[0] == frame.OK_CRC, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_methods_are_those_of_the_firmware(device) -> None:
    methods = (ROOT / "docs/link.md").read_text().split("## Methods")[1].split("### status")[0]
    known = re.search(r"Known: (.*)\.", device.request("none")["error"]["message"])[1].split(", ")
    assert set(re.findall(r"^\| `([\w.]+)` \| ", methods, re.MULTILINE)) == set(known)


def test_the_programs_page_is_what_the_tables_say() -> None:
    assert (ROOT / "docs" / manual.PAGE).read_text() == manual.page(), "make docs"


def test_every_program_and_technique_has_words() -> None:
    words = manual.texts()
    assert list(words["programs"]) == [row[0] for row in programs.BUILT_IN]
    assert tuple(words["techniques"]) == techniques.NAMES
    for text in words["programs"].values():
        assert set(text) == {"is_like", "follows", "instead"}
        assert text["follows"] and text["instead"]


@pytest.mark.parametrize("number", range(len(programs.BUILT_IN)), ids=programs.name)
def test_a_programs_picture_was_drawn_from_what_it_does_now(number: int) -> None:
    picture = ROOT / "docs" / manual.PICTURES / f"{programs.name(number)}.png"
    assert manual.stamp_of(picture) == manual.digest(manual.play(number)), "make docs"


@pytest.mark.parametrize("name", [name for name in techniques.NAMES if name != "hold"])
def test_a_techniques_picture_was_drawn_from_what_it_does_now(name: str) -> None:
    picture = ROOT / "docs" / manual.PICTURES / f"technique-{name}.png"
    assert manual.stamp_of(picture) == manual.technique_digest(techniques.NAMES.index(name)), "make docs"


def test_the_page_of_faults_has_each_with_its_words_and_remedy() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", (ROOT / "docs/faults.md").read_text(), re.MULTILINE)
    assert rows == list(faults.TABLE[1:])
