"""Whether there may be heat this tick. Whatever forbids it forbids nothing else: the massage goes on."""

from massager.core import heat_refusals, limits, sensors
from massager.core.dose import Dose
from massager.core.heat_start import HeatStart
from massager.core.soft_limit import SoftLimit


class HeatPermit:
    """`refusal` is one of heat_refusals, NONE where there may be heat.

    dose: what the skin has had since the session began, in its pauses too (SAF-15). day_left_ms: what it may still
    have today, as the session begins, in ms at 43 degrees: the ledger tells.
    """

    def __init__(self) -> None:
        self.refusal = heat_refusals.NOT_WANTED
        self.soft_limit = SoftLimit()
        self.dose = Dose()
        self.day_left_ms = limits.DOSE_DAY_MS
        self.is_barred = False  # the device did not pass its own test (SAF-45)
        self._start = HeatStart()

    def begin(self, day_left_ms: int) -> None:
        """Begin a session, whose skin may have day_left_ms today."""
        self.day_left_ms = day_left_ms
        self.dose.clear()

    def is_granted(self) -> bool:
        """Return True if there may be heat."""
        return self.refusal == heat_refusals.NONE

    def step(self, dt_ms: int, now: "sensors.Sensors", is_active: bool, is_wanted: bool) -> None:
        """Let dt_ms pass; is_active: there is a session, is_wanted: it would like to have heat this tick."""
        self.soft_limit.step(dt_ms, now.skin.hotter_mc)
        if is_active:
            self.dose.step(now.skin.hotter_mc, dt_ms)
        self._start.step(now, is_wanted)
        self.refusal = self._refuse()

    def _refuse(self) -> int:
        """Return what forbids heat, first what does so for longest."""
        if self.is_barred:
            return heat_refusals.SELF_TEST
        if self.dose.ms >= self.day_left_ms:
            return heat_refusals.DAY_DOSE
        if self.dose.ms >= limits.DOSE_SESSION_MS:
            return heat_refusals.SESSION_DOSE
        return heat_refusals.SOFT_LIMIT if self.soft_limit.is_on else self._start.refusal
