"""Answers: how a request stands in the queue, what it gave, and what an error means."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from pydantic import BaseModel, Field, TypeAdapter

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Pending

VENDOR = "fal"
_UNSAFE = re.compile(r"content.?polic|nsfw|moderat|safety (checker|system|filter)|sensitive content", re.IGNORECASE)
_BALANCE = re.compile(r"balance|out of credit|billing|user is locked", re.IGNORECASE)
_EARLY = re.compile(r"still in progress|not (yet )?completed", re.IGNORECASE)
_REFUSALS = frozenset({"content_policy_violation", "no_media_generated"})
"""The second is how a model says that its own filter left nothing; asking another service would be a way round it."""
_ADVICE: Mapping[str, str] = {
    "image_too_small": "Try it with a larger picture.",
    "image_too_large": "Try it with a smaller picture.",
    "file_download_error": "Attach the picture again.",
}
_SHARE = re.compile(r"(\d{1,3})%\|")
_NEXT_LOOK = 1.0
"""Seconds between two looks."""
_IN_LINE = 1.5
_REFUSED_WORDS = "The safety system of the model at fal did not take it."
_HELD_BACK = "The safety system of the model at fal held the picture back."


class Taken(BaseModel):
    """The answer to an order."""

    request_id: str = Field(min_length=1, max_length=200)
    status_url: str = ""
    response_url: str = ""
    cancel_url: str = ""


class _Line(BaseModel):
    message: str = ""


class Standing(BaseModel):
    """How a request stands."""

    status: str
    queue_position: int | None = None
    logs: list[_Line] | None = None
    error: Any = None
    error_type: str | None = None


class _Picture(BaseModel):
    url: str = ""


class Given(BaseModel):
    """What a model gave: some tell a list of pictures, some one."""

    images: list[_Picture | str | None] | None = None
    image: _Picture | str | None = None
    seed: int | None = None
    has_nsfw_concepts: list[bool] | bool | None = None


class Hook(BaseModel):
    """What a delivery says, as far as it is looked at."""

    request_id: str = Field(min_length=1, max_length=200)


TAKEN, STANDING, GIVEN = TypeAdapter(Taken), TypeAdapter(Standing), TypeAdapter(Given)
HOOK = TypeAdapter(Hook)


class Invalid(ProviderFault):
    """The model looked at what it was given, and did not take it."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """All that is needed to ask for a request again, in any process."""

    id: str
    endpoint: str
    status: str
    response: str
    cancel: str

    def __str__(self) -> str:
        return json.dumps(vars(self), separators=(",", ":"))


def ticket_of(text: str) -> Ticket:
    """A ticket that was written. Raises ProviderFault LOST where it is none of ours."""
    try:
        found: Any = json.loads(text)
        parts = {each.name: found[each.name] for each in fields(Ticket)}
        if not all(isinstance(part, str) and part for part in parts.values()):
            raise TypeError  # noqa: TRY301 - one way out for every ticket that is none
        return Ticket(**parts)
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ProviderFault(f"That is no ticket of {VENDOR}.", kind=FaultKind.LOST) from None


def pending(standing: Standing, ticket: str) -> Pending:
    """A request on its way: its place in the queue, or how far its log says it is."""
    if standing.status == "IN_QUEUE":
        place = standing.queue_position
        return Pending(ticket=ticket, check_after=_IN_LINE, stage=f"{place} before it in the queue" if place else "in the queue")
    shares = [share for line in standing.logs or () for share in _SHARE.findall(line.message)]
    known = standing.status in {"IN_PROGRESS", "COMPLETED"}
    return Pending(
        ticket=ticket,
        check_after=_NEXT_LOOK,
        fraction=min(1.0, int(shares[-1]) / 100) if shares else None,
        stage="" if known else standing.status.lower()[:40],
    )


def links_of(given: Given) -> tuple[Sequence[str], int]:
    """The addresses of the pictures that may be shown, and how many were held back.

    A picture that was flagged comes as a black one, with status 200 (providers.md §6).

    Raises:
        Refused: none may be shown.
    """
    pictures = given.images if given.images is not None else [given.image]
    flags = given.has_nsfw_concepts
    flagged = flags if isinstance(flags, list) else [bool(flags)] * len(pictures)
    links = [picture.url if isinstance(picture, _Picture) else picture or "" for picture in pictures]
    good = [link for number, link in enumerate(links) if link and not (number < len(flagged) and flagged[number])]
    if not good:
        raise Refused(_HELD_BACK, source="fal", category="nsfw" if any(flagged) else "")
    return good, len(links) - len(good)


def units_of(reply: Reply) -> Decimal | None:
    """How many units a result is billed as, where its headers tell."""
    try:
        units = Decimal(reply.headers.get("x-fal-billable-units", "").strip())
    except InvalidOperation:
        return None
    return units if units.is_finite() and units >= 0 else None


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """The service's own errors; the usual reading holds for all others."""
    detail = cast("dict[str, Any]", reply.data).get("detail") if isinstance(reply.data, dict) else None
    if isinstance(detail, list):
        return _of_model([cast("dict[str, Any]", each) for each in cast("list[Any]", detail) if isinstance(each, dict)])
    said = detail if isinstance(detail, str) else reply.text
    if reply.status in {402, 403} and _BALANCE.search(said):
        return ProviderFault("The account at fal has no balance left.", kind=FaultKind.CREDIT, accepted=False)
    if reply.status in {400, 403, 422}:
        return _of_words(reply, said)
    if reply.status >= 500:  # noqa: PLR2004 - HTTP's own border
        return _of_runner(reply)
    return None


def _of_model(entries: Sequence[Mapping[str, Any]]) -> Refused | ProviderFault:
    """What a model says of what it was given. It repeats the whole input, prompt included, so only names are told."""
    types = [str(entry.get("type", ""))[:60] for entry in entries]
    if _REFUSALS & set(types):
        return Refused(_REFUSED_WORDS, source="fal", category=next(each for each in types if each in _REFUSALS))
    where = ", ".join(sorted({_name(entry) for entry in entries})) or "the input"
    advice = next((_ADVICE[each] for each in types if each in _ADVICE), "")
    why = ", ".join(sorted(set(types) - {""}))
    return Invalid(
        f"{VENDOR} does not take {where}{f' ({why})' if why else ''}.", kind=FaultKind.BAD_REQUEST, accepted=False, advice=advice
    )


def _of_words(reply: Reply, said: str) -> Refused | ProviderFault | None:
    if _UNSAFE.search(said):
        return Refused(_REFUSED_WORDS, source="fal")
    if reply.status == 400 and _EARLY.search(said):  # noqa: PLR2004 - HTTP's own number
        return ProviderFault(f"{VENDOR} is still at it.", kind=FaultKind.UNAVAILABLE)
    return Invalid(f"{VENDOR} does not take the input.", kind=FaultKind.BAD_REQUEST, accepted=False) if reply.status != 403 else None  # noqa: PLR2004 - likewise


def _of_runner(reply: Reply) -> ProviderFault | None:
    """What went wrong on their side: before the queue, with the start, or in the model. None of it is billed."""
    body = cast("dict[str, Any]", reply.data) if isinstance(reply.data, dict) else {}
    kind = str(body.get("error_type") or reply.headers.get("x-fal-error-type", ""))[:60]
    if reply.headers.get("x-fal-request-timeout-type", "") == "user":
        return ProviderFault(f"{VENDOR} had nobody to start it in time.", kind=FaultKind.LOST, accepted=False)
    if kind:
        return ProviderFault(f"{VENDOR} could not run the model ({kind}).", kind=FaultKind.BAD_RESULT, accepted=False)
    if b"nginx" in reply.body and "x-fal-request-id" not in reply.headers and reply.status in {502, 503, 504}:
        # It did not get past the door (providers.md §6).
        return ProviderFault(f"{VENDOR} cannot be reached behind its door ({reply.status}).", kind=FaultKind.UNAVAILABLE, accepted=False)
    return None


def _name(entry: Mapping[str, Any]) -> str:
    loc = entry.get("loc")
    steps = [str(each) for each in cast("list[Any]", loc)] if isinstance(loc, list) else []
    return ".".join(step for step in steps if step != "body")[:60] or "the input"
