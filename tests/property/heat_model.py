"""SAF-04's second clamp and SAF-09, 13 and 17 written down a second time, in floats: what must have been noticed by
now, with a margin for turns of a second and rounding.
"""

_PAD_W, _PAD_J_K = 8.0, 40.0  # the stories' board, taken 30 % either way
_CONTACT_W_K, _COVER_W_K, _TO_CORE_W_K = (0.5, 3.0), 0.3, (0.06, 2.0)
_ROOM_C, _CORE_C, _SKIN_J_K, _LAMP_W = 15.0, (36.0, 37.5), (60.0, 300.0), 2.0
_LATE_CLAMP_MIN = 1.0  # SAF-04: of the pad's own dose
_PAD_C, _NO_RISE_MS = 1.0, 30_000  # SAF-09
_WARM_C, _DISAGREE_MS, _ARMED_MS = 2.1, 10_000, 60_000  # SAF-13
_COLD_C, _UNWORN_MS = 2.0, 45_000  # SAF-17
_SLACK_C, _SLACK_MS = 0.5, 3_000


def _flow_w(from_c: float, to_c: float, cooling_w_k: float, warming_w_k: float) -> float:
    return (from_c - to_c) * (warming_w_k if from_c > to_c else cooling_w_k)


class HeatModel:
    """The bounds of pad and skin, and for how long a reading has been beyond each."""

    def __init__(self) -> None:
        self.pad_dose_min = 0.0
        self.is_late = False  # the pad has had its dose
        self._is_judging = False
        self._pad_c = self._least_c = self._most_c = 0.0
        self._warming_ms = 0
        self._beyond_ms = {"SAF-09": 0, "SAF-13": 0, "SAF-17": 0}

    def begin(self) -> None:
        """A session begins."""
        self.pad_dose_min = 0.0
        self.is_late = False

    def count(self, dt_ms: int, pad_mc: int) -> None:
        """Let time of a session pass."""
        self.pad_dose_min += (
            dt_ms / 60_000 * (0.5 if pad_mc >= 43_000 else 0.25) ** ((43_000 - min(pad_mc, 45_000)) / 1000)
        )
        self.is_late = self.pad_dose_min >= _LATE_CLAMP_MIN + 0.01

    def judge(self, dt_ms: int, is_playing: bool, was: "tuple[bool, bool, bool]", skin_mc: int, pad_mc: int) -> str:
        """Let a tick pass, and return the requirement that must have acted by now. was: with heater, with lamp, with
        heat wanted.
        """
        skin_c, pad_c = skin_mc / 1000, pad_mc / 1000
        if not is_playing or not self._is_judging:
            self._is_judging = is_playing
            self._pad_c, self._least_c, self._most_c = pad_c, skin_c, skin_c
            self._warming_ms = 0
            self._beyond_ms = dict.fromkeys(self._beyond_ms, 0)
            return ""
        self._step(dt_ms / 1000, was, skin_c, pad_c)
        self._warming_ms += dt_ms if was[2] else 0
        is_cold_pad = pad_c < self._pad_c - _PAD_C - _SLACK_C
        is_apart = is_cold_pad or skin_c > self._most_c + _WARM_C + _SLACK_C
        is_armed = self._warming_ms >= _ARMED_MS + _SLACK_MS
        is_cold = skin_c < self._least_c - _COLD_C - _SLACK_C
        for name, is_so in (("SAF-09", is_cold_pad), ("SAF-13", is_apart and is_armed), ("SAF-17", is_cold)):
            self._beyond_ms[name] = self._beyond_ms[name] + dt_ms if is_so else 0
        for name, most_ms in (("SAF-09", _NO_RISE_MS), ("SAF-13", _DISAGREE_MS), ("SAF-17", _UNWORN_MS)):
            if self._beyond_ms[name] > most_ms + _SLACK_MS:
                return name
        return ""

    def _step(self, dt_s: float, was: "tuple[bool, bool, bool]", skin_c: float, pad_c: float) -> None:
        loose, tight = _CONTACT_W_K
        little, much = _TO_CORE_W_K
        pad_w = 0.7 * _PAD_W * was[0] + _flow_w(skin_c, self._pad_c, tight, loose)
        pad_w -= _COVER_W_K * max(0.0, self._pad_c - _ROOM_C)
        self._pad_c += pad_w * dt_s / (_PAD_J_K * (1.3 if pad_w > 0 else 0.7))
        least_w = _flow_w(pad_c, self._least_c, tight, loose) + _flow_w(_CORE_C[0], self._least_c, much, little)
        self._least_c += least_w * dt_s / _SKIN_J_K[1 if least_w > 0 else 0]
        most_w = _LAMP_W * was[1] + _flow_w(pad_c, self._most_c, loose, tight)
        most_w += _flow_w(_CORE_C[1], self._most_c, little, much)
        self._most_c += most_w * dt_s / _SKIN_J_K[0 if most_w > 0 else 1]
