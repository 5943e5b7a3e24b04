"""What the readings of one NTC say about the sensor itself: that it comes and goes, jumps, or stands still.

A lie that these three do not see is either constant and not exact, or slow; the other sensor answers for those.
"""

from micropython import const

from massager.core import faults, limits, ring, sensors

_LONG_MS = const(200000)  # ages and spans are counted no further, so that no product leaves a small integer
_WIDE_MASK = const(0x3FF)
_WIDE_LOW = const(0x1FF)
_WIDE_HIGH = const(0x200)


class Readings:
    """One sensor's checks; the guard latches what they find. loose, jump, frozen: the sensor's own faults."""

    def __init__(self, loose: int, jump: int, frozen: int) -> None:
        self._loose = loose
        self._jump = jump
        self._frozen = frozen
        self._out_ages_ms = [_LONG_MS] * limits.LOOSE_SAMPLES  # of the last implausible samples
        self._out_at = 0  # the oldest of them; before it in the ring stands the youngest
        self._past_mc = [0] * limits.JUMP_OVER_SAMPLES
        self._past_ms = [0] * limits.JUMP_OVER_SAMPLES
        self._past_at = 0
        self._past_left = limits.JUMP_OVER_SAMPLES  # samples that are still missing
        self._jumps = 0  # in a row
        self._code = -1
        self._same_ms = 0

    def step(self, now: "sensors.Sensors", ntc: "sensors.Ntc", is_settled: bool, is_heating: bool) -> None:
        """Take a new sample. is_settled: the device has been on the skin for a while; is_heating: heat is wanted."""
        self._watch_contact(now.span_ms, ntc.is_plausible)
        self._watch_change(now.sample_ms, ntc.mc, is_settled)
        self._watch_life(now.span_ms, ntc.code, is_heating)

    def found(self) -> int:
        """Return the fault that the samples so far show; it is gone when they show it no more."""
        if self.is_loose():
            return self._loose
        if self._jumps >= limits.JUMP_IN_A_ROW:
            return self._jump
        return self._frozen if self.is_frozen() else faults.NONE

    def is_loose(self) -> bool:
        """Return True if enough implausible samples came within a short while (SAF-07)."""
        return self._out_ages_ms[self._out_at] <= limits.LOOSE_MS

    def _watch_contact(self, span_ms: int, is_plausible: bool) -> None:
        ages_ms = self._out_ages_ms
        if is_plausible and ages_ms[self._out_at - 1] > limits.LOOSE_MS:
            return  # none of them counts any more, and none needs to get older
        for i in range(limits.LOOSE_SAMPLES):
            ages_ms[i] = min(ages_ms[i] + span_ms, _LONG_MS)
        if not is_plausible:
            ages_ms[self._out_at] = 0
            self._out_at = (self._out_at + 1) % limits.LOOSE_SAMPLES

    def _watch_change(self, sample_ms: int, mc: int, is_settled: bool) -> None:
        """Compare with the sample of JUMP_OVER_SAMPLES ago (SAF-08)."""
        if is_settled and not self._past_left and self._is_fast(sample_ms, mc):
            self._jumps += 1
        else:
            self._jumps = 0
        self._past_mc[self._past_at] = mc
        self._past_ms[self._past_at] = sample_ms
        self._past_at = (self._past_at + 1) % limits.JUMP_OVER_SAMPLES
        self._past_left = max(0, self._past_left - 1)

    def _is_fast(self, sample_ms: int, mc: int) -> bool:
        span_ms = ring.diff(sample_ms, self._past_ms[self._past_at])
        change_mc = abs(mc - self._past_mc[self._past_at])
        return span_ms > 0 and change_mc > limits.JUMP_MC_PER_MS * min(span_ms, _LONG_MS)

    def is_frozen(self) -> bool:
        """Return True if the code has been the same for too long (SAF-12), until it changes."""
        # Where the converter of a RP2040 skips, at every odd multiple of 512 of its 4096 codes, one code stands for
        # nine steps, and noise may well stay within it (datasheet, erratum E11).
        part = self._code >> 4 & _WIDE_MASK
        is_wide = _WIDE_LOW <= part <= _WIDE_HIGH
        return self._same_ms >= (limits.FROZEN_WIDE_MS if is_wide else limits.FROZEN_MS)

    def _watch_life(self, span_ms: int, code: int, is_heating: bool) -> None:
        if code != self._code:
            self._code = code
            self._same_ms = 0
        elif is_heating:
            self._same_ms = min(self._same_ms + span_ms, _LONG_MS)
        elif not self.is_frozen():
            self._same_ms = 0
