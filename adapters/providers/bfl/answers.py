"""Answers: how a task stands, and what an error means. A failed task may answer 422 or 503 with its normal body: the body counts first."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused

VENDOR = "Black Forest Labs"
_CREDIT = Decimal("0.01")
_REFUSALS: Mapping[str, str] = {
    "request moderated": "The safety system of Black Forest Labs did not take the request.",
    "content moderated": "The safety system of Black Forest Labs held the picture back.",
}


class Taken(BaseModel):
    """The answer to an order."""

    id: str
    polling_url: str = ""
    cost: Decimal | None = None
    status: str = ""


class _Result(BaseModel):
    sample: str = ""
    seed: int | None = None


class Task(BaseModel):
    """How a task stands."""

    id: str = ""
    status: str
    result: _Result | None = None
    progress: float | None = None
    details: Any = None


TAKEN = TypeAdapter(Taken)
TASK = TypeAdapter(Task)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """All that is needed to ask for a task again, in any process."""

    id: str
    url: str = ""
    """Where to ask; empty: by its id at the base address."""
    cost: str = ""
    """US dollars, as told when it was taken."""

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in vars(self).items() if value}, separators=(",", ":"))

    @property
    def dollars(self) -> Decimal | None:
        """What it costs, or None where it was not told."""
        try:
            return Decimal(self.cost) if self.cost else None
        except InvalidOperation:
            return None


def ticket_of(text: str) -> Ticket:
    """A ticket that was written. Raises ProviderFault LOST where it is none of ours."""
    try:
        found: Any = json.loads(text)
        parts = {name: found[name] for name in ("id", "url", "cost") if found.get(name)}
        if not all(isinstance(part, str) for part in parts.values()) or not parts["id"]:
            raise TypeError  # noqa: TRY301 - one way out for every ticket that is none
        return Ticket(**parts)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ProviderFault(f"This is no ticket of {VENDOR}.", kind=FaultKind.LOST) from None


def dollars(taken: Taken) -> str:
    """What a task costs, in US dollars: it is told in credits."""
    return str(taken.cost * _CREDIT) if taken.cost is not None and taken.cost.is_finite() else ""


def ending(status: str, details: object = None) -> Refused | ProviderFault | None:
    """How a task ended without a picture, or None where it did not: it is done, at work, or in a state that nobody knows yet."""
    said = status.strip().lower()
    if said in _REFUSALS:
        return Refused(_REFUSALS[said], category=_category(details), source="bfl")
    if said in {"error", "failed"}:
        return ProviderFault(f"{VENDOR} could not draw it.", kind=FaultKind.BAD_RESULT)
    if said == "task not found":
        return ProviderFault(f"{VENDOR} does not know the task any more.", kind=FaultKind.LOST)
    return None


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """The body of a task first; then what the service says of a wrong request, without the values, which may be a prompt."""
    said = cast("dict[str, Any]", reply.data) if isinstance(reply.data, dict) else {}
    ended = ending(str(said.get("status", "")), said.get("details"))
    if ended is not None:
        return ended
    detail = said.get("detail")
    if isinstance(detail, str) and detail.strip().lower() in _REFUSALS:
        return ending(detail)
    if reply.status in {400, 422}:
        return ProviderFault(f"{VENDOR} answered {reply.status}: {_wrong(detail)}", kind=FaultKind.BAD_REQUEST, accepted=False)
    return None


def _wrong(detail: object) -> str:
    """Which fields are wrong and why, from FastAPI's list."""
    if not isinstance(detail, list):
        return "it does not take the request"
    entries = [cast("dict[str, Any]", each) for each in cast("list[Any]", detail) if isinstance(each, dict)]
    parts = [f"{'.'.join(str(part) for part in _listed(each.get('loc')))} {str(each.get('msg', ''))[:80]}".strip() for each in entries[:3]]
    return "; ".join(parts) or "it does not take the request"


def _listed(value: object) -> list[Any]:
    return cast("list[Any]", value)[-2:] if isinstance(value, list) else []


def _category(details: object) -> str:
    """What the safety system names, where it names anything: `{"Moderation Reasons": ["Safety Filter"]}`."""
    if isinstance(details, dict):
        for value in cast("dict[str, Any]", details).values():
            words = [each for each in _listed(value) if isinstance(each, str)]
            if words:
                return words[0][:60].lower()
    return "policy"
