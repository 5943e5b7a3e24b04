"""Reading the params of a request: every value is checked before any is used."""

from massager.core import refusals
from massager.link.checks import HEATS
from massager.link.rpc import BAD_PARAMS, REFUSED, RpcError, unless_refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from massager.core.controller import Controller
    from massager.core.setup import Setup
    from massager.store.keeper import Keeper


def known(params: "dict[str, Any]", names: "tuple[str, ...]") -> None:
    """Raise RpcError if params holds a name that is not in names."""
    for name in params:
        if name not in names:
            allowed = ", ".join(names) if names else "none"
            raise RpcError(BAD_PARAMS, "Unknown parameter " + str(name)[:24] + ". Known here: " + allowed + ".")


def whole(params: "dict[str, Any]", name: str, least: int, most: int, default: int) -> int:
    """Return the whole number params[name] within least..most, or default if it is not there."""
    if name not in params:
        return default
    value = params[name]
    if type(value) is not int or not least <= value <= most:
        raise RpcError(BAD_PARAMS, "%s must be a whole number from %d to %d." % (name, least, most))
    return value


def heat(params: "dict[str, Any]", most: int, why_not: str, default: int) -> int:
    """Return the heat level params["heat"] up to most; a known level above it raises RpcError with why_not."""
    if "heat" not in params:
        return default
    value = params["heat"]
    if value not in HEATS:
        raise RpcError(BAD_PARAMS, "heat must be one of " + ", ".join(HEATS[: most + 1]) + ".")
    level = HEATS.index(value)
    if level > most:
        raise RpcError(BAD_PARAMS, why_not)
    return level


def flag(params: "dict[str, Any]", name: str, default: bool) -> bool:
    """Return params[name], true or false, or default if it is not there."""
    value = params.get(name, default)
    if type(value) is not bool:
        raise RpcError(BAD_PARAMS, name + " must be true or false.")
    return value


def one_of(params: "dict[str, Any]", name: str, words: "tuple[str, ...]", default: int) -> int:
    """Return the place among words of params[name], or default if it is not there."""
    if name not in params:
        return default
    if params[name] not in words:
        raise RpcError(BAD_PARAMS, name + " must be " + " or ".join(words) + ".")
    return words.index(params[name])


def idle(controller: "Controller") -> None:
    """Raise RpcError while a session runs or is paused, or a maker tries something: flash is written with everything
    off alone (SAF-27), and reading much of it, or checking a program, takes a chip longer than a tick.
    """
    if controller.session.is_active():
        unless_refused(refusals.ACTIVE)
    if controller.bench.what:
        unless_refused(refusals.TRYING)


def kept(write: "Callable[[], Any]") -> "Any":
    """Return what writing to flash returns; a full or broken one raises RpcError."""
    try:
        return write()
    except OSError:
        raise RpcError(REFUSED, "The device's memory is full or damaged; nothing was kept. Remove a program.")


def save(keeper: "Keeper", setup: "Setup", before: "Any") -> None:
    """Keep the settings, which have just been changed; if that fails they are again what they were before."""
    try:
        kept(keeper.save_settings)
    except RpcError:
        setup.restore(before)
        raise
