"""Why there is no heat: small numbers inside, a sentence each outside the tick, none where nobody wants any."""

from micropython import const

NONE = const(0)
NOT_WANTED = const(1)
TOO_COLD = const(2)
TOO_HOT = const(3)
SOFT_LIMIT = const(4)
SESSION_DOSE = const(5)
DAY_DOSE = const(6)
SELF_TEST = const(7)

WORDS = (
    "",
    "",
    "Skin or pad is colder than 5 degrees, too cold to begin heating. Warm up first; heat begins by itself then.",
    "Skin or pad is warmer than 42 degrees, too warm to begin heating; heat begins by itself when both are cooler.",
    "The skin reached 42 degrees, so the heat is off until it is below 41. If that happens again, choose less heat.",
    "The skin has had as much heat as one session may give; the massage goes on without.",
    "The skin has had as much heat as one day may give; the massage goes on without.",
    "The device did not pass its own test, so there is no heat; the massage goes on without.",
)
