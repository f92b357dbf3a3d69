"""Answers: pictures and seeds, how far a task is, and what an error means."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Reply
from adapters.providers.automatic1111.models import VENDOR
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Finished, Pending

_MEMORY = re.compile(r"OutOfMemoryError|out of memory", re.IGNORECASE)
_PICTURE = re.compile(r"Invalid encoded image|Init image not found", re.IGNORECASE)
_SERVERS = 500


class _Drawn(BaseModel):
    images: list[str]
    info: str = ""


class _Enlarged(BaseModel):
    image: str


class _Info(BaseModel):
    seed: int | None = None
    all_seeds: list[int] = []
    sd_model_name: str | None = None
    index_of_first_image: int = 0


class Task(BaseModel):
    """How a task stands."""

    active: bool = False
    queued: bool = False
    progress: float | None = None
    live_preview: str | None = None
    id_live_preview: int | None = None


class _State(BaseModel):
    interrupted: bool = False


class _Whole(BaseModel):
    state: _State = _State()


TASK = TypeAdapter(Task)
WHOLE = TypeAdapter(_Whole)
_DRAWN = TypeAdapter(_Drawn)
_ENLARGED = TypeAdapter(_Enlarged)


def drawn(reply: Reply, *, count: int, task: str) -> Finished:
    """The pictures of a drawing, without the grid that some servers put before them."""
    answer = reply.read(_DRAWN)
    info = _info(answer.info)
    pictures = answer.images[info.index_of_first_image :][:count]
    if not pictures:
        raise ProviderFault(f"{VENDOR} gave no picture: it may have been stopped there.", kind=FaultKind.BAD_RESULT)
    return Finished(
        images=tuple(_picture(each) for each in pictures),
        seed=info.all_seeds[0] if info.all_seeds else info.seed,
        vendor_id=task,
        version=info.sd_model_name or "",
        short=f"{VENDOR} was stopped before the others" if len(pictures) < count else "",
    )


def enlarged(reply: Reply) -> Finished:
    """The picture of an enlargement."""
    return Finished(images=(_picture(reply.read(_ENLARGED).image),))


def standing(task: Task) -> Pending:
    """How far a task is, for the card."""
    if task.queued:
        return Pending(ticket="", stage=f"waiting at {VENDOR}")
    fraction = None if task.progress is None else min(1.0, max(0.0, task.progress))
    preview = None
    if task.live_preview:
        try:
            preview = _picture(task.live_preview)
        except ProviderFault:
            preview = None
    return Pending(ticket="", fraction=fraction, preview=preview)


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """What an error means. Its body is never repeated as it is: it echoes the request, and so the prompt."""
    if reply.status in {401, 403}:
        sentence = f"{VENDOR} does not accept the user and password: see AUTOMATIC1111_AUTH."
        return ProviderFault(sentence, kind=FaultKind.CREDENTIALS, accepted=False)
    if reply.status in {402, 408, 409, 410, 429, 502, 503, 504}:
        # Nothing of its own: whatever stands before it says these.
        return ProviderFault(
            f"What stands before {VENDOR} answered {reply.status}.", kind=_KINDS[reply.status], accepted=reply.status in _MAYBE
        )
    if _MEMORY.search(reply.body[:20_000].decode("utf-8", "replace")):
        advice = "Ask for a smaller picture, or for fewer."
        return ProviderFault(
            f"{VENDOR} has too little graphics memory for that.", kind=FaultKind.BAD_REQUEST, accepted=False, advice=advice
        )
    said = _detail(reply)
    if reply.status == 404 and said in {"", "Not Found"}:  # noqa: PLR2004 - HTTP's own number
        return ProviderFault(
            f"{VENDOR} has no API at its address: start it with --api, and see AUTOMATIC1111_BASE_URL.",
            kind=FaultKind.BAD_REQUEST,
            accepted=False,
        )
    sentence = f"{VENDOR} answered {reply.status}{f': {said}' if said else ''}."
    if reply.status >= _SERVERS and not _PICTURE.search(said):
        return ProviderFault(sentence, kind=FaultKind.UNAVAILABLE)
    return ProviderFault(sentence, kind=FaultKind.BAD_REQUEST, accepted=False)


_KINDS = {
    402: FaultKind.CREDIT,
    408: FaultKind.TIMEOUT,
    409: FaultKind.UNAVAILABLE,
    410: FaultKind.LOST,
    429: FaultKind.RATE_LIMITED,
    502: FaultKind.UNAVAILABLE,
    503: FaultKind.UNAVAILABLE,
    504: FaultKind.TIMEOUT,
}
_MAYBE = {408, 502, 503, 504}


def _detail(reply: Reply) -> str:
    """What it says was wrong: its own sentence, or the places in the request that it did not like."""
    found: Any = reply.data
    detail: Any = cast("dict[str, Any]", found).get("detail") if isinstance(found, dict) else None
    if isinstance(detail, str):
        return " ".join(detail.split())[:160]
    if isinstance(detail, list):
        places = [_place(each) for each in cast("list[Any]", detail)]
        return f"it does not like {', '.join(place for place in places if place)}"[:160]
    return ""


def _place(problem: object) -> str:
    where: Any = cast("dict[str, Any]", problem).get("loc") if isinstance(problem, dict) else None
    if not isinstance(where, list):
        return ""
    return ".".join(str(part) for part in cast("Sequence[object]", where) if part != "body")


def _info(text: str) -> _Info:
    """The facts, which come as JSON in a string; nothing is lost where they cannot be read but what they would tell."""
    try:
        return _Info.model_validate(json.loads(text))
    except (ValueError, RecursionError):
        return _Info()


def _picture(text: str) -> bytes:
    """A picture in base64, with or without the head of a data URI."""
    try:
        return base64.b64decode(text.rpartition(",")[2], validate=True)
    except (ValueError, binascii.Error):
        raise ProviderFault(f"{VENDOR} gave a picture that cannot be read.", kind=FaultKind.BAD_RESULT) from None
