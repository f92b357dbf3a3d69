"""Events: what a service tells while it answers, as server-sent events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event. `kind` is empty where the service gives it no name."""

    kind: str
    text: str

    @cached_property
    def data(self) -> Mapping[str, Any]:
        """What it says, as JSON; empty where that is no object."""
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


class Events:
    """Reads events from pieces of any size."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._kind = ""
        self._text: list[str] = []

    def feed(self, piece: bytes) -> list[Event]:
        """The events that are whole with this piece."""
        found: list[Event] = []
        first, *rest = piece.split(b"\n")
        self._line += first
        for following in rest:
            found += self._read(self._line.decode("utf-8", "replace").rstrip("\r"))
            self._line = bytearray(following)
        return found

    def end(self) -> list[Event]:
        """What was left when the answer ended: a service may leave out the last empty line."""
        return self.feed(b"\n\n")

    def _read(self, line: str) -> list[Event]:
        if not line:
            event = Event(kind=self._kind, text="\n".join(self._text))
            said, self._kind, self._text = bool(self._text), "", []
            return [event] if said else []
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._kind = value
        elif name == "data":
            self._text.append(value)
        # Comments keep the connection alive; ids and waits are for those who connect again, and a POST is never repeated.
        return []


def events_of(body: bytes) -> list[Event]:
    """All events of a whole answer."""
    events = Events()
    return [*events.feed(body), *events.end()]
