"""What the buzzer says: short tunes in one table, and the player that turns one into a tone each tick."""

from micropython import const

SILENCE = const(0)
START = const(1)
STOP = const(2)
STEP = const(3)
MINUTE = const(4)
REFUSED = const(5)
FAULT = const(6)
READY = const(7)
LIMIT = const(8)
FIVE = const(9)  # counting: one long beep for five, one short for one
ONE = const(10)
STRENGTH_1 = const(11)  # and the next four: the higher, the stronger
HEAT_OFF = const(16)  # and the next three: the higher, the warmer
BEND = const(20)  # pace the person's own movements
STRAIGHTEN = const(21)

NAMES = (
    "silence",
    "start",
    "stop",
    "step",
    "one minute left",
    "refused",
    "fault",
    "ready",
    "limit",
    "five",
    "one",
    "strength 1",
    "strength 2",
    "strength 3",
    "strength 4",
    "strength 5",
    "heat off",
    "heat low",
    "heat medium",
    "heat high",
    "bend",
    "straighten",
)

# Number -> pairs of Hz (0: silence) and ms.
TUNES = (
    (),
    (523, 120, 659, 120, 784, 180),
    (784, 120, 523, 220),
    (880, 60),
    (659, 120, 0, 100, 659, 120),
    (220, 300),
    (988, 200, 0, 100, 988, 200, 0, 100, 988, 200),
    (1047, 80),
    (440, 80, 0, 60, 440, 80),
    (440, 600, 0, 250),
    (440, 150, 0, 250),
    (440, 120),
    (494, 120),
    (554, 120),
    (587, 120),
    (659, 120),
    (262, 180),
    (330, 180),
    (392, 180),
    (494, 180),
    (392, 150, 523, 250),
    (523, 150, 392, 250),
)


class Player:
    """Plays one tune at a time; a new one takes the place of the old."""

    def __init__(self) -> None:
        self.sound = SILENCE
        self.tone_hz = 0
        self._place = 0
        self._left_ms = 0
        self._fives = 0
        self._ones = 0

    def play(self, sound: int) -> None:
        """Begin a tune."""
        self._fives = 0
        self._ones = 0
        self._begin(sound)

    def count(self, number: int) -> None:
        """Tell a number of 1 or more: long beeps for fives, then short ones for the rest."""
        self._fives = number // 5
        self._ones = number % 5
        self._next_count()

    def step(self, dt_ms: int) -> None:
        """Let dt_ms pass."""
        if self.sound == SILENCE:
            return
        self._left_ms -= dt_ms
        if self._left_ms <= 0:
            self._place += 2
            if self._place < len(TUNES[self.sound]):
                self._tone()
            else:
                self._next_count()

    def _begin(self, sound: int) -> None:
        self.sound = sound
        self._place = 0
        if sound == SILENCE:
            self.tone_hz = 0
        else:
            self._tone()

    def _tone(self) -> None:
        self.tone_hz = TUNES[self.sound][self._place]
        self._left_ms = TUNES[self.sound][self._place + 1]

    def _next_count(self) -> None:
        if self._fives > 0:
            self._fives -= 1
            self._begin(FIVE)
        elif self._ones > 0:
            self._ones -= 1
            self._begin(ONE)
        else:
            self._begin(SILENCE)
