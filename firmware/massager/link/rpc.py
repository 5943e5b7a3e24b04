"""JSON-RPC 2.0 messages: reading requests and writing answers. Knows no method by name."""

import json

from massager.core import refusals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PARSE = -32700
INVALID = -32600
NO_METHOD = -32601
BAD_PARAMS = -32602
BAD_CRC = -32001
NEEDS_CRC = -32002
TOO_LONG = -32003
REFUSED = -32010

ID_CHARS = 24
# Lists and objects in a line: a page of eight steps has twelve. Each costs a chip more memory than its bytes say, up to
# 24 kB for a line of brackets alone.
_BRACKETS_MOST = 24
_ID_MOST = 999999999


class RpcError(Exception):
    """A request that gets an error for an answer: a code of docs/link.md and a sentence that says what to do."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def load(json_bytes: bytes) -> "dict[str, Any]":
    """Return the JSON object in a line, or raise RpcError."""
    if json_bytes.count(b"[") + json_bytes.count(b"{") > _BRACKETS_MOST:
        raise RpcError(PARSE, "Too many lists and objects for one line: at most %d." % _BRACKETS_MOST)
    try:
        message = json.loads(json_bytes.decode())
    except (ValueError, RuntimeError):  # UnicodeError is a ValueError; RuntimeError: nested too deep
        raise RpcError(PARSE, "This is not a line of JSON. Send one JSON-RPC 2.0 request a line.")
    if type(message) is not dict:
        raise RpcError(INVALID, "Send one JSON object with method and id.")
    return message


def id_of(message: "dict[str, Any]") -> "int | str | None":
    """Return a message's id, None for a notification, or raise RpcError."""
    request_id = message.get("id")
    if request_id is None:
        return None
    if type(request_id) is int and -_ID_MOST <= request_id <= _ID_MOST:
        return request_id
    if type(request_id) is str and len(request_id) <= ID_CHARS and _is_ascii(request_id):
        return request_id
    raise RpcError(INVALID, "id must be a whole number of at most 9 digits or a string of at most 24 ASCII characters.")


def _is_ascii(text: str) -> bool:
    return all(" " <= character <= "~" for character in text)


def method_of(message: "dict[str, Any]") -> str:
    """Return a message's method, or raise RpcError."""
    method = message.get("method")
    if type(method) is not str:
        raise RpcError(INVALID, "The request has no method. hello, status and programs are good to begin with.")
    return method


def params_of(message: "dict[str, Any]") -> "dict[str, Any]":
    """Return a message's params, or raise RpcError."""
    params = message.get("params", {})
    if type(params) is not dict:
        raise RpcError(BAD_PARAMS, "params must be an object with named values.")
    return params


def _dump(message: "dict[str, Any]") -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()


def result(request_id: "int | str | None", value: "dict[str, Any]") -> bytes:
    """Return the JSON of an answer."""
    return _dump({"jsonrpc": "2.0", "id": request_id, "result": value})


def error(request_id: "int | str | None", code: int, message: str) -> bytes:
    """Return the JSON of an error answer."""
    return _dump({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}})


def notification(method: str, params: "dict[str, Any]") -> bytes:
    """Return the JSON of a message that wants no answer."""
    return _dump({"jsonrpc": "2.0", "method": method, "params": params})


def unless_refused(refusal: int) -> None:
    """Raise RpcError for a refusal of the controller that is one."""
    if refusal != refusals.OK:
        raise RpcError(REFUSED, refusals.WORDS[refusal])
