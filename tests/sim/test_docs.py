"""What the documentation shows is true."""

import re

import pytest

from kneesim.engines import ROOT
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


def test_methods_are_those_of_the_firmware() -> None:
    methods = (ROOT / "docs/link.md").read_text().split("## Methods")[1].split("### status")[0]
    service = (ROOT / "firmware/massager/link/service.py").read_text()
    in_service = [name for name, _ in re.findall(r'^            "((\w+))": self\._\2,$', service, re.MULTILINE)]
    assert in_service
    assert set(re.findall(r"^\| `(\w+)` \| ", methods, re.MULTILINE)) == set(in_service)
