"""What Discord answers when it refuses: a status, a code and, for a form, the tree of what is wrong."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


def within(body: Json, name: str) -> Json:
    """The object of this name, or an empty one."""
    return body.get(name) or {}


def items(body: Json, name: str) -> list[Any]:
    """The list of this name, or an empty one."""
    return body.get(name) or []


BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_LARGE, TOO_MANY = 400, 401, 403, 404, 413, 429

SAYINGS = {
    0: (UNAUTHORIZED, "401: Unauthorized"),
    10003: (NOT_FOUND, "Unknown Channel"),
    10004: (NOT_FOUND, "Unknown Guild"),
    10007: (NOT_FOUND, "Unknown Member"),
    10008: (NOT_FOUND, "Unknown Message"),
    10013: (NOT_FOUND, "Unknown User"),
    10014: (BAD_REQUEST, "Unknown Emoji"),
    10015: (NOT_FOUND, "Unknown Webhook"),
    10062: (NOT_FOUND, "Unknown interaction"),
    10063: (NOT_FOUND, "Unknown application command"),
    30032: (BAD_REQUEST, "Maximum number of application commands reached"),
    30046: (TOO_MANY, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    40005: (TOO_LARGE, "Request entity too large"),
    40058: (BAD_REQUEST, "Cannot send a message in a forum channel"),
    40060: (BAD_REQUEST, "Interaction has already been acknowledged."),
    40094: (BAD_REQUEST, "This interaction has hit the maximum number of follow-up messages that can be sent."),
    50001: (FORBIDDEN, "Missing Access"),
    50003: (FORBIDDEN, "Cannot execute action on a DM channel"),
    50005: (FORBIDDEN, "Cannot edit a message authored by another user"),
    50006: (BAD_REQUEST, "Cannot send an empty message"),
    50007: (FORBIDDEN, "Cannot send messages to this user"),
    50008: (BAD_REQUEST, "Cannot send messages in a non-text channel"),
    50013: (FORBIDDEN, "Missing Permissions"),
    50021: (FORBIDDEN, "Cannot execute action on a system message"),
    50024: (BAD_REQUEST, "Cannot execute action on this channel type"),
    50027: (UNAUTHORIZED, "Invalid Webhook Token"),
    50035: (BAD_REQUEST, "Invalid Form Body"),
    50083: (BAD_REQUEST, "Thread is archived"),
    50109: (BAD_REQUEST, "The request body contains invalid JSON."),
    160002: (BAD_REQUEST, "Cannot reply without permission to read message history"),
    160004: (BAD_REQUEST, "A thread has already been created for this message"),
    160005: (FORBIDDEN, "Thread is locked"),
    160006: (BAD_REQUEST, "Maximum number of active threads reached"),
}


class Fault(Exception):  # noqa: N818 - the word for a refusal, here and in Limner
    """A refusal: `status` is HTTP's, `code` is Discord's, `tree` says what is wrong with a form."""

    def __init__(self, code: int, *, status: int = 0, message: str = "", tree: Json | None = None) -> None:
        usual, saying = SAYINGS.get(code, (BAD_REQUEST, "Something is wrong"))
        super().__init__(f"{code}: {message or saying}")
        self.code, self.status, self.message, self.tree = code, status or usual, message or saying, tree

    @property
    def body(self) -> Json:
        return {"message": self.message, "code": self.code, **({"errors": self.tree} if self.tree else {})}


@dataclass(kw_only=True)
class Form:
    """A form being read: everything that is wrong with it, by field."""

    tree: Json = field(default_factory=dict[str, Any])

    def wrong(self, path: str, code: str, message: str) -> None:
        """`path` has the field's names and indexes, with dots between: `embeds.0.title`."""
        spot = self.tree
        for step in path.split("."):
            spot = spot.setdefault(step, {})
        spot.setdefault("_errors", []).append({"code": code, "message": message})

    def length(self, path: str, value: Any, most: int, least: int = 0, *, required: bool = False) -> None:
        """A text of `least` to `most` characters, or none at all unless it is required."""
        if value is None:
            if required:
                self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.wrong(path, "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string.")
        elif required and least and not value:
            self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not least <= len(value) <= most:
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def number(self, path: str, value: Any, least: float, most: float) -> None:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most):
            self.wrong(path, "NUMBER_TYPE_RANGE", f"Must be between {least} and {most}.")

    def count(self, path: str, values: Any, most: int, least: int = 0) -> bool:
        """Whether `values` is a list of the right size."""
        if not isinstance(values, list):
            self.wrong(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return False
        if not least <= len(values) <= most:  # pyright: ignore[reportUnknownArgumentType] - whatever the list holds
            self.wrong(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
            return False
        return True

    def choice(self, path: str, value: Any, values: tuple[Any, ...]) -> None:
        if value not in values:
            self.wrong(path, "BASE_TYPE_CHOICES", f"Value must be one of {values}.")

    def check(self) -> None:
        """Raises `Fault` 50035 if anything is wrong."""
        if self.tree:
            raise Fault(50035, tree=self.tree)
