"""Answers: what the images API gives, in the answer itself or in a stream of events."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Event, Reply, events_of
from adapters.providers._openai_images.facts import Rates
from adapters.providers._openai_images.faults import flagged, judge, refusal, said_by
from bot.errors import FaultKind, ProviderFault

_MILLION = Decimal(1_000_000)


class _Picture(BaseModel):
    b64_json: str | None = None
    url: str | None = None
    # What surrounds a picture is read apart: nobody loses a picture that was paid for because something else has an odd form.
    content_filter_results: Any = None


class _Answer(BaseModel):
    data: list[_Picture] | None = None
    usage: Any = None
    model: Any = None
    error: Any = None


_ANSWER = TypeAdapter(_Answer)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One picture as it came."""

    content: str
    """Base64, or an address, which may be a data URI."""
    address: bool


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Pictures as they came."""

    pictures: tuple[Found, ...]
    usage: Any = None
    model: str = ""


def drawn_by(reply: Reply, *, name: str) -> Drawn:
    """The pictures of a good answer. `name` is the provider's.

    Raises:
        Refused: it holds pictures back, or an error that is a refusal.
        ProviderFault: it is an error after all, or has no known form.
    """
    if reply.media_type == "text/event-stream":
        return _streamed(reply, name=name)
    answer = reply.read(_ANSWER)
    if answer.error:
        raise _failed(reply.vendor, {"error": answer.error}, name=name)
    if answer.data is None:
        raise ProviderFault(f"{reply.vendor} answered without pictures, in a form that we do not know.", kind=FaultKind.BAD_RESULT)
    pictures = tuple(found for picture in answer.data if (found := _found(picture.b64_json, picture.url)))
    if not pictures:
        # An answer in good order with nothing in it: so refusals look where a service has no words for them.
        categories = dict.fromkeys(category for picture in answer.data for category in flagged(picture.content_filter_results))
        raise refusal(reply.vendor, name, tuple(categories)[:5], late=True)
    return Drawn(pictures=pictures, usage=answer.usage, model=answer.model if isinstance(answer.model, str) else "")


def preview_of(event: Event) -> tuple[int, bytes] | None:
    """The number (from 1) and the bytes of a preview, or None where the event is something else or cannot be read."""
    if not _kind(event).endswith(".partial_image"):
        return None
    content = event.data.get("b64_json")
    try:
        picture = base64.b64decode(content) if isinstance(content, str) else b""
    except (binascii.Error, ValueError):
        return None
    index = event.data.get("partial_image_index")
    return (index + 1 if isinstance(index, int) else 1, picture) if picture else None


def unpacked(vendor: str, content: str) -> bytes:
    """The bytes of a picture in base64. Raises ProviderFault BAD_RESULT."""
    try:
        return base64.b64decode(content)
    except (binascii.Error, ValueError):
        raise ProviderFault(f"{vendor} gave a picture that cannot be read.", kind=FaultKind.BAD_RESULT) from None


def cost_of(usage: Any, rates: Rates | None) -> Decimal | None:  # noqa: ANN401 - it is as the service says
    """US dollars for the tokens that were used, or None where that cannot be known. Several calls' usages are added up."""
    if isinstance(usage, list):
        costs = [cost_of(each, rates) for each in cast("list[Any]", usage)]
        known = [cost for cost in costs if cost is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(costs) else None
    details = _part(usage, "input_tokens_details")
    tokens = [_count(details, "text_tokens"), _count(details, "image_tokens"), _count(_mapping(usage), "output_tokens")]
    if rates is None or not details or None in tokens:
        return None
    text, picture, drawn = (each or 0 for each in tokens)
    return (text * rates.text + picture * rates.picture + drawn * rates.drawn) / _MILLION


def _streamed(reply: Reply, *, name: str) -> Drawn:
    pictures: list[Found] = []
    usages: list[Any] = []
    for event in events_of(reply.body):
        if _kind(event) == "error" or event.data.get("error"):
            raise _failed(reply.vendor, event.data, name=name)
        found = _found(event.data.get("b64_json"), event.data.get("url"))
        if _kind(event).endswith(".completed") and found:
            pictures.append(found)
            usages.append(event.data.get("usage"))
    if not pictures:
        raise ProviderFault(f"{reply.vendor} stopped before the picture was done.", kind=FaultKind.BAD_RESULT)
    return Drawn(pictures=tuple(pictures), usage=usages)


def _found(packed: object, url: object) -> Found | None:
    if isinstance(packed, str) and packed:
        return Found(content=packed, address=packed.startswith("data:"))
    return Found(content=url, address=True) if isinstance(url, str) and url else None


def _failed(vendor: str, data: Mapping[str, Any], *, name: str) -> Exception:
    """What an error inside a good answer means. The work was begun, so it may have been billed."""
    said = said_by(data)
    told = judge(said, vendor=vendor, name=name, status=200)
    sentence = f"{vendor} failed while it drew: {said.message[:200]}"
    return told or ProviderFault(sentence, kind=FaultKind.UNAVAILABLE)


def _kind(event: Event) -> str:
    return event.kind or str(event.data.get("type", ""))


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _part(value: object, name: str) -> Mapping[str, Any]:
    return _mapping(_mapping(value).get(name))


def _count(values: Mapping[str, Any], name: str) -> int | None:
    found = values.get(name, 0)
    return found if isinstance(found, int) and found >= 0 else None
