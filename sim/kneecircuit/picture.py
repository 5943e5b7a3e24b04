"""What the pictures that are drawn here have in common: plain SVG, and a colour a group of signals."""

from xml.etree import ElementTree

GROUPS = {
    "power": "#b3261e",
    "ground": "#3a3f47",
    "heat": "#c75b00",
    "enable": "#7a3ea1",
    "motors": "#1f5fae",
    "sensors": "#16794a",
    "buttons": "#8a6a00",
    "face": "#b0296f",
}
GROUP_OF_BLOCK = {
    "supply": "power",
    "board": "ground",
    "enable": "enable",
    "comparator": "heat",
    "stop": "buttons",
    "heater": "heat",
    "infrared": "heat",
    "roller": "motors",
    "sides": "motors",
    "sensors": "sensors",
    "face": "face",
}
INK, PALE, METAL = "#1d2129", "#69717d", "#c9ced6"
_FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"


def begin(title: str, width: int, height: int) -> ElementTree.Element:
    """Return an empty picture on white, since the page behind it may be dark."""
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            "font-family": _FONT,
        },
    )
    add(root, "title", title)
    add(root, "rect", width="100%", height="100%", fill="#ffffff")
    return root


def end(root: ElementTree.Element) -> str:
    """Return the picture as text."""
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def add(parent: ElementTree.Element, tag: str, words: str = "", **attributes: object) -> ElementTree.Element:
    """Add an element; a_b stands for a-b in its attributes."""
    given = {name.replace("_", "-"): _plain(value) for name, value in attributes.items()}
    element = ElementTree.SubElement(parent, tag, given)
    element.text = words or None
    return element


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def text(
    parent: ElementTree.Element,
    words: str,
    x: float,
    y: float,
    size: int = 13,
    color: str = INK,
    weight: str = "normal",
    anchor: str = "start",
) -> None:
    """Add a line of text."""
    add(parent, "text", words, x=x, y=y, font_size=size, fill=color, font_weight=weight, text_anchor=anchor)
