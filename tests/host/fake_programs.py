"""What the fake device does about users' programs and settings (docs/link.md); it notes what the host does wrong."""

from typing import Any

from massager.core.programs import USER_SLOTS
from massager.link import checks

METHODS = ("program.check", "program.put", "program.get", "program.remove", "settings.get", "settings.set")
DAMAGED = "The program {} on the device is damaged. Remove it with kneectl program remove, and put it there again."
DAMAGED_NOTE = "It is damaged; remove it and put it on the device again."
_BAD_PARAMS = -32602
_REFUSED = -32010
_PAGE = 8


class Refused(Exception):
    """The device answers with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


class FakePrograms:
    """A mixin. kept: users' programs as (title, steps) by name, in the order of their slots; no steps: damaged."""

    problems: list[str]
    _state: str

    def __init__(self) -> None:
        self.kept: dict[str, tuple[str, list[list[int]]]] = {}
        self.settings: dict[str, Any] = {
            "favourites": ["shiatsu", "short", "swedish", "shiatsu"],
            "unlocked": False,
            "sessions_done": 12,
            "knee": "right",
            "strap": "up",
            "session_min": 15,
            "limit": 5,
        }
        self._coming: dict[str, Any] = {}

    def damage(self, name: str) -> str:
        """Let a program be unreadable, and its name with it; return what the device calls its slot."""
        slots = list(self.kept.items())
        number = list(self.kept).index(name)
        slots[number] = (f"{checks.DAMAGED}{number + 1}", ("", []))
        self.kept = dict(slots)
        return slots[number][0]

    def user_rows(self) -> list[dict[str, Any]]:
        """Return what `programs` tells of users' programs."""
        rows = []
        for name, (_, steps) in self.kept.items():
            row = {"name": name, "user": True, "length_s": sum(step[4] for step in steps), "steps": len(steps)}
            if not steps:
                row["note"] = DAMAGED_NOTE
            rows.append(row)
        return rows

    def _program_check(self, **page: Any) -> dict[str, Any]:
        return {"ok": True} if self._take(page) else {"have": len(self._coming["steps"])}

    def _program_put(self, **page: Any) -> dict[str, Any]:
        self._be_idle()
        if not self._take(page):
            return {"have": len(self._coming["steps"])}
        name = self._coming["name"]
        if name not in self.kept and len(self.kept) == USER_SLOTS:
            damaged = next((slot for slot, (_, steps) in self.kept.items() if not steps), None)
            if damaged is None:
                raise Refused(_REFUSED, f"There is no room for another program: {USER_SLOTS} fit. Remove one first.")
            del self.kept[damaged]
        self.kept[name] = (self._coming["title"], self._coming["steps"])
        return {"kept": name}

    def _take(self, page: dict[str, Any]) -> bool:
        is_first = page["first"] == 0
        expected = {"name", "first", "total", "steps"} | ({"title"} if is_first else set())
        if set(page) != expected or not 1 <= len(page["steps"]) <= _PAGE:
            self.problems.append(f"no page of a program: {page}")
        if is_first:
            self._coming = {**page, "steps": []}
            fault = checks.name_fault(page["name"]) or checks.title_fault(page["title"])
            if fault:
                raise Refused(_BAD_PARAMS, fault + ".")
        elif page["name"] != self._coming["name"] or page["first"] != len(self._coming["steps"]):
            self.problems.append(f"a page that does not follow: {page}")
        self._coming["steps"] = self._coming["steps"] + page["steps"]
        if len(self._coming["steps"]) < page["total"]:
            return False
        found = checks.check(self._coming["steps"])
        if found:
            more = f" And {len(found) - 1} more." if len(found) > 1 else ""
            raise Refused(_BAD_PARAMS, checks.words(found[0]) + more)
        return True

    def _program_get(self, name: str, first: int) -> dict[str, Any]:
        title, steps = self._own(name)
        if not steps:
            raise Refused(_REFUSED, DAMAGED.format(name))
        return {
            "name": name,
            "title": title,
            "total": len(steps),
            "first": first,
            "steps": steps[first : first + _PAGE],
        }

    def _program_remove(self, name: str) -> dict[str, Any]:
        self._be_idle()
        self._own(name)
        del self.kept[name]
        self.settings["favourites"] = ["shiatsu" if known == name else known for known in self.settings["favourites"]]
        return {"removed": name}

    def _own(self, name: str) -> tuple[str, list[list[int]]]:
        if name not in self.kept:
            own = ", ".join(self.kept) or "none"
            raise Refused(_BAD_PARAMS, f"name must be one of your own programs on the device: {own}.")
        return self.kept[name]

    def _settings_get(self) -> dict[str, Any]:
        return dict(self.settings)

    def _settings_set(self, **values: Any) -> dict[str, Any]:
        self._be_idle()
        wrong = set(values) - set(self.settings) | {"limit"} & set(values)
        if wrong or not values or values.get("sessions_done", 0) != 0:
            self.problems.append(f"settings.set of {values}")
        self.settings |= values
        return dict(self.settings)

    def _be_idle(self) -> None:
        if self._state in ("running", "paused"):
            raise Refused(_REFUSED, "A session is running. Stop it first.")
