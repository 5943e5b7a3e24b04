"""What is wrong with a board file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the rule that it breaks, the fact in the board file ("" for the file itself), and a
    sentence or two that say why it is dangerous and what to do. line: where it stands, 0 if nowhere.
    """

    rule: str
    name: str
    words: str
    line: int = 0
