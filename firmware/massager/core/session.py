"""One session: whether it runs, how long, and why it ended. Knows time and states, no temperatures and no motors."""

from micropython import const

from massager.core import limits, ring
from massager.core.steps import LENGTH_S, total_s
from massager.core.twice import Twice

IDLE = const(0)
RUNNING = const(1)
PAUSED = const(2)
FAULT = const(3)

STATE_NAMES = ("idle", "running", "paused", "fault")

# What a session that has started waits for before its program begins: nothing any more, the ledger's debit in the
# flash, the proof that the dead-man switch lets go. OVER: there is no session, and no flipped bit makes one.
NOTHING = const(0)
DEBIT = const(1)
PROOF = const(2)
OVER = const(3)

# Why a session ended, or why there is none.
POWER_UP = const(0)
BY_BUTTON = const(1)
BY_HOST = const(2)
FINISHED = const(3)
CAP = const(4)
LEASE = const(5)
GAP = const(6)
ACKNOWLEDGED = const(7)
TWO_BUTTONS = const(8)
BAD_PROGRAM = const(9)
SHORTENED = const(10)
UNPAID = const(11)
SUPPLY = const(12)
UNWORN = const(13)

END_WORDS = (
    "Just switched on; nothing runs by itself.",
    "The stop button was pressed.",
    "The host stopped the session.",
    "The program is finished.",
    "The session reached its time limit.",
    "The host did not renew its lease for 3 s.",
    "The controller lost more than 200 ms and turned everything off.",
    "A fault was acknowledged at the device; it is ready again.",
    "Two buttons were pressed at once, which stops everything.",
    "The chosen program is damaged or breaks a limit and was not played; put it on the device again with kneectl.",
    "The session reached the end that the host had brought forward.",
    "The session could not be written down before it began: the device's memory is full or damaged. Remove a program, "
    "or flash it anew.",
    "The supply left 4.5 to 5.5 V and everything was turned off. Check the power supply and its plug.",
    "The pad was off the skin until the session's time was over.",
)

# The same as single words, for the session log; a fault has a name of its own.
END_NAMES = (
    "power",
    "stop_button",
    "host",
    "finished",
    "cap",
    "lease",
    "gap",
    "acknowledged",
    "two_buttons",
    "bad_program",
    "shortened",
    "unpaid",
    "supply",
    "not_worn",
)


class Session:
    """The state machine idle -> running <-> paused -> idle, and fault from anywhere.

    The cap counts from the first start, pauses and what the start waits for included (SAF-20). The program counts
    running time only.
    """

    def __init__(self) -> None:
        self.state = IDLE
        self.waits = OVER
        self.end_reason = POWER_UP
        self.program = 0
        self.step_index = 0
        self.step_ms = 0  # running time since the step began
        self.is_unworn = False  # it is paused because the pad is off the skin (SAF-17)
        self.is_leased = False
        self.is_from_button = False
        self.starts = 0  # sessions begun since power-up
        self.elapsed_ms = 0  # since the start, pauses included
        self.running_ms = 0  # the same without pauses and waits
        self.on_ms = 0  # since the start or the end of a pause, when the device may just have been put on
        self.cap = Twice(0)  # ms
        self.full_cap_ms = 0  # as it was before anybody shortened the session
        self.length_ms = 0  # of the program
        self._steps: tuple[tuple[int, ...], ...] = ()
        self.began = Twice(0)  # ms, on the ring
        self._renewed_ms = 0
        self._played_ms = 0

    @property
    def cap_ms(self) -> int:
        """How long the session may last from its start."""
        return self.cap.value

    def is_sound(self) -> bool:
        """Return False if the deadline of a session has changed by itself (SAF-46)."""
        return not self.is_active() or (self.cap.is_sound() and self.began.is_sound())

    def is_active(self) -> bool:
        """Return True while a session runs or is paused."""
        return self.state == RUNNING or self.state == PAUSED

    def is_playing(self) -> bool:
        """Return True while a session runs and waits for nothing."""
        return self.state == RUNNING and self.waits == NOTHING

    def is_paying(self) -> bool:
        """Return True while a session has started and waits for its debit."""
        return self.is_active() and self.waits == DEBIT

    def used_ms(self, now_ms: int) -> int:
        """Return how long it is since the session started."""
        return ring.diff(now_ms, self.began.value)

    def start(self, now_ms: int, is_leased: bool, cap_ms: int) -> None:
        """Begin a session that lasts cap_ms at most; the caller has checked that it may, and says what to play."""
        self.state = RUNNING
        self.waits = DEBIT
        self.starts += 1
        self.is_unworn = False
        self.is_leased = is_leased
        self.is_from_button = not is_leased
        self.elapsed_ms = 0
        self.cap.set(max(limits.SESSION_CAP_LEAST_MS, min(cap_ms, limits.SESSION_CAP_MOST_MS)))
        self.full_cap_ms = self.cap_ms
        self.began.set(now_ms)
        self._renewed_ms = now_ms
        self.running_ms = 0
        self.on_ms = 0

    def paid(self, cap_ms: int) -> None:
        """Go on with a start whose debit of cap_ms is written down: the session lasts no longer than that (SAF-24)."""
        self.waits = PROOF
        self.cap.set(min(self.cap_ms, cap_ms))
        self.full_cap_ms = min(self.full_cap_ms, cap_ms)

    def play(self, program: int, steps: "tuple[tuple[int, ...], ...]") -> None:
        """Go to the begin of a program; the session's cap and its gentle minute go on counting."""
        self.program = program
        self._steps = steps
        self.step_index = 0
        self.step_ms = 0
        self._played_ms = 0
        self.length_ms = total_s(steps) * 1000

    def end(self, reason: int) -> None:
        """End the session, if there is one."""
        if self.is_active():
            self.state = IDLE
            self.waits = OVER
            self.end_reason = UNWORN if self.is_unworn and reason == CAP else reason
            self.is_unworn = False
            self.on_ms = 0

    def fail(self) -> None:
        """Be in a fault, from whatever there was."""
        self.state = FAULT
        self.waits = OVER

    def pause_unworn(self) -> None:
        """Pause until somebody presses a button at the device (SAF-17)."""
        self.state = PAUSED
        self.is_unworn = True

    def resume(self) -> None:
        """Go on after a pause, whatever made it."""
        self.state = RUNNING
        self.is_unworn = False

    def renew(self, now_ms: int) -> None:
        """Start the lease anew (SAF-50)."""
        self._renewed_ms = now_ms

    def left_ms(self) -> int:
        """Return how long the session lasts if nobody pauses it, in ms; 0 without one."""
        if not self.is_active():
            return 0
        return max(0, min(self.length_ms - self._played_ms, self.cap_ms - self.elapsed_ms))

    def shorten(self, left_ms: int) -> None:
        """Bring the end forward to left_ms from now; a later end than the present one changes nothing."""
        self.cap.set(min(self.cap_ms, self.elapsed_ms + max(0, left_ms)))

    def step(self, now_ms: int, dt_ms: int) -> None:
        """Let dt_ms pass: move through the program, end the session when its time or its lease is over."""
        if self.state != RUNNING:
            self.on_ms = 0
        if not self.is_active():
            return
        self.elapsed_ms = ring.diff(now_ms, self.began.value)
        if self.state == RUNNING:
            self.on_ms += dt_ms
        if self.is_playing():
            self._advance(dt_ms)
        if self.elapsed_ms >= self.cap_ms or self.elapsed_ms < 0:
            self.end(CAP if self.cap_ms == self.full_cap_ms else SHORTENED)
        elif self.is_leased and ring.diff(now_ms, self._renewed_ms) >= limits.LEASE_MS:
            self.end(LEASE)

    def _advance(self, dt_ms: int) -> None:
        """Move dt_ms on in the program; past its last step it is finished."""
        self.running_ms += dt_ms
        self._played_ms += dt_ms
        self.step_ms += dt_ms
        length_ms = self._steps[self.step_index][LENGTH_S] * 1000
        if self.step_ms >= length_ms:
            self.step_ms -= length_ms
            self.step_index += 1
            if self.step_index >= len(self._steps):
                self.step_index = 0
                self.end(FINISHED)

    def current(self) -> "tuple[int, ...]":
        """Return the running program's current step."""
        return self._steps[self.step_index]

    def steps_total(self) -> int:
        """Return how many steps the program has."""
        return len(self._steps)
