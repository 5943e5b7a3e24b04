"""Who must not use the massager, and the rules for everyone else.

The list is data. Its version is made from its words, so that whoever acknowledged an earlier list is shown the new one.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from kneectl.people import Person


@dataclass(frozen=True)
class Group:
    """Some entries of the list under one heading."""

    title: str
    entries: tuple[str, ...]


# What heat and force on the leg add to the source text, for a device that may lie on somebody who does not feel it.
_DEVICE = Group(
    "Nobody may use it, or be given it,",
    (
        "who is asleep, or drowsy from medicine or alcohol",
        "who feels heat or pain less than others at the leg: a burn is noticed too late",
        "who has diabetes with damaged nerves (neuropathy)",
        "who wears a pacemaker or another implant, be it electronic or of metal",
        "who has or had a thrombosis, or a calf that is swollen, hot and sore",
        "whose skin is open, wounded or inflamed where the device lies",
        "who is pregnant",
        "who is a child",
    ),
)

# Source text: its two lists of contraindications.
_NOW = Group(
    "Not as long as there is",
    (
        "a fever, or an overheated body",
        "any bleeding, an inner one too",
        "a flare-up of the arthrosis or of another illness",
        "a torn ligament",
        "a sensitivity to pain that is higher than usual",
        "vomiting, diarrhoea or nausea",
    ),
)
_ILLNESSES = Group(
    "Not with",
    (
        "varicose veins: a clot may come loose",
        "a heart, lungs, kidneys or a liver that do not do their work, or a heart muscle short of blood",
        "blood pressure that is too high or too low",
        "hardened blood vessels of the brain",
        "an illness of the blood, or of an organ in the belly",
        "an illness of the skin, the hair or the nails",
        "cancer, tuberculosis or a venereal disease",
        "a mental illness",
    ),
)
_OPERATION = Group("After an operation on the knee", ("only by a specialist, or when one is present",))

# Source text: its rules for every massage of the knee. Four sessions a day of 15 minutes is the most that it names.
_RULES = Group(
    "For everyone",
    (
        "Ask a doctor first.",
        "Stop at any pain: the STOP button works at every moment. If an ache stays afterwards, ask the doctor again.",
        "Never put force on the hollow of the knee, where vessels run close under the skin.",
        "Never rub lymph nodes; there are some in the hollow of the knee and in the groin.",
        "Let the joint get warm, never hot.",
        "Lie down for about 20 minutes afterwards.",
        "At most about four sessions of 15 minutes a day.",
    ),
)

GROUPS = (_DEVICE, _NOW, _ILLNESSES, _OPERATION, _RULES)


def version() -> str:
    """Return the version of the list, twelve hex digits that change with any word of it."""
    words = json.dumps([asdict(group) for group in GROUPS])
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def is_acknowledged(person: Person) -> bool:
    """Whether a person has acknowledged the list as it is now."""
    return person.acknowledged is not None and person.acknowledged.version == version()
