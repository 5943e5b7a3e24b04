"""Numbers and states in words for a person."""

from typing import Any

from kneectl.session import Ending

NO_READING = "no reading"


def degrees(temperature_mc: int | None) -> str:
    """Return milli-degrees as `37.4 °C`."""
    return NO_READING if temperature_mc is None else f"{temperature_mc / 1000:.1f} °C"


def percent(level_pm: int | None) -> str:
    """Return per mille as a percentage without its sign."""
    return "0 %" if level_pm is None else f"{abs(level_pm) / 10:.0f} %"


def clock(length_s: int | None) -> str:
    """Return seconds as `12:05`."""
    return "-:--" if length_s is None else f"{length_s // 60}:{length_s % 60:02d}"


def duration(length_s: int) -> str:
    """Return seconds as `12 min 5 s`."""
    minutes, seconds = divmod(length_s, 60)
    if not minutes:
        return f"{seconds} s"
    return f"{minutes} min {seconds} s" if seconds else f"{minutes} min"


def status_lines(status: dict[str, Any]) -> list[str]:
    """Return what a status says: state, why, remedy, what could not be kept, session, temperatures."""
    lines = [f"The device is {_state(status)}."]
    lines += _sentences(status)
    if status.get("program"):
        lines.append(
            f"Session:      {status['program']}, step {status.get('step')} of {status.get('steps')},"
            f" {duration(status.get('left_s') or 0)} left"
        )
    lines.append(f"Strength:     {status.get('strength')} of 5, limit {status.get('limit')}")
    lines.append(f"Heat:         {status.get('heat')}")
    lines.append(f"Temperatures: skin {degrees(status.get('skin_mc'))}, pad {degrees(status.get('pad_mc'))}")
    if status.get("rest_s") is not None:
        lines.append(_rest(status))
    if status.get("leased"):
        lines.append("The session lives on the host's lease; a press of MODE at the device confirms it.")
    return lines


def ending_lines(ending: Ending) -> list[str]:
    """Return how long a session lasted, why it ended, what could not be kept; for a fault also its name and remedy."""
    status = ending.status
    start = f"The session ended after {duration(ending.lasted_s)}"
    how = f" with the fault {status.get('fault')}." if ending.is_fault else "."
    return [start + how, *_sentences(status)]


def _rest(status: dict[str, Any]) -> str:
    rest_s, left_s = int(status["rest_s"]), int(status.get("day_left_s") or 0)
    rest = f"{duration(rest_s)} to go" if rest_s else "over"
    return f"Rest:         {rest}; sessions may last {duration(left_s)} more today"


def _sentences(status: dict[str, Any]) -> list[str]:
    return [str(status[key]) for key in ("why", "remedy", "self_test", "store") if status.get(key)]


def _state(status: dict[str, Any]) -> str:
    if status.get("state") == "fault":
        return f"off after the fault {status.get('fault')}"
    return str(status.get("state"))
