"""Answers: how a prediction stands, and what an error means."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, Field, TypeAdapter

from adapters.calls import Reply
from adapters.providers._forms import COUNT_NAMES
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Pending

VENDOR = "Replicate"
_UNSAFE = re.compile(r"nsfw|flagged as sensitive|\bE005\b|safety(?!_)|sensitive content|content polic", re.IGNORECASE)
"""There is no code for a refusal: models say it in words of their own (providers.md §5). A field called `safety_...` is no refusal."""
_CODE = re.compile(r"\bE\d{3,4}\b")
_FIELD = re.compile(r"\binput(?:\.\w+)?\b")
_SEED = re.compile(r"\bseed(?: is|s)?\s*[:=]?\s*(\d{1,19})\b", re.IGNORECASE)
_SHARE = re.compile(r"(\d{1,3})%\|")
_RESETS = re.compile(r"resets? in ~?(\d{1,4})\s*s", re.IGNORECASE)
_NEXT_LOOK = 1.0
"""Seconds between two looks."""
_REFUSED_WORDS = "The safety system of the model at Replicate did not take it."
_HELD_BACK = "The safety system of the model at Replicate held the picture back."


class _Urls(BaseModel):
    get: str = ""


class Prediction(BaseModel):
    """A prediction, as every call and delivery tells it."""

    id: str = Field(min_length=1, max_length=200)
    status: str = ""
    version: str | None = None
    model: str | None = None
    input: Any = None
    output: Any = None
    error: Any = None
    logs: str | None = None
    data_removed: bool = False
    urls: _Urls | None = None


PREDICTION = TypeAdapter(Prediction)


class _Uploaded(BaseModel):
    urls: _Urls


UPLOADED = TypeAdapter(_Uploaded)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A prediction's id, and where to ask for it."""

    id: str
    url: str = ""
    """As the service gave it; empty: by its id at the base address."""

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in vars(self).items() if value}, separators=(",", ":"))


def ticket_of(text: str) -> Ticket:
    """A ticket that was written. Raises ProviderFault LOST where it is none of ours."""
    try:
        found: Any = json.loads(text)
        id_, url = found["id"], found.get("url", "")
        if not (isinstance(id_, str) and id_ and isinstance(url, str)):
            raise TypeError  # noqa: TRY301 - one way out for every ticket that is none
        return Ticket(id=id_, url=url)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ProviderFault(f"That is no ticket of {VENDOR}.", kind=FaultKind.LOST) from None


def ending(prediction: Prediction) -> Refused | ProviderFault | None:
    """How a prediction ended without a picture, or None where it has one or is still on its way."""
    if prediction.status == "failed":
        return _failed(_text(prediction.error))
    if prediction.status == "canceled":
        return ProviderFault(f"The prediction was cancelled at {VENDOR}.", kind=FaultKind.LOST)
    if prediction.status == "aborted":
        # It ended before it was started, so nothing was drawn and nothing is paid.
        return ProviderFault(f"{VENDOR} gave the prediction up before it was started.", kind=FaultKind.LOST, accepted=False)
    if prediction.status == "succeeded" and not links_of(prediction.output):
        return _without(prediction)
    return None


def _failed(said: str) -> Refused | ProviderFault:
    if _UNSAFE.search(said):
        return Refused(_REFUSED_WORDS, source="replicate", category="nsfw" if "nsfw" in said.lower() else "")
    # What a model says in an error may hold the prompt, and faults are logged: its code alone goes there.
    code = _CODE.search(said)
    return ProviderFault(f"The model at {VENDOR} failed{f' ({code[0]})' if code else ''}.", kind=FaultKind.BAD_RESULT)


def _without(prediction: Prediction) -> Refused | ProviderFault:
    if prediction.data_removed:
        return ProviderFault(f"{VENDOR} does not keep the picture any more.", kind=FaultKind.LOST)
    if _is_empty(prediction.output):
        return Refused(_HELD_BACK, source="replicate")
    return ProviderFault(f"The model at {VENDOR} gave something that is no picture.", kind=FaultKind.BAD_RESULT)


def pending(prediction: Prediction, ticket: str) -> Pending:
    """A prediction that is on its way, with how far it is where its log tells."""
    shares = _SHARE.findall(prediction.logs or "")
    fraction = min(1.0, int(shares[-1]) / 100) if shares else None
    stage = "" if prediction.status == "processing" else prediction.status[:40]
    return Pending(ticket=ticket, check_after=_NEXT_LOOK, fraction=fraction, stage=stage)


def links_of(output: object) -> Sequence[str]:
    """The addresses in an output: a text, a list of them, or an object that holds some."""
    if isinstance(output, str):
        return [output] if output.startswith(("http://", "https://", "data:")) else []
    if isinstance(output, dict):
        return links_of(list(cast("dict[str, Any]", output).values()))
    return [link for each in cast("list[Any]", output) for link in links_of(each)] if isinstance(output, list) else []


def missing(prediction: Prediction) -> int:
    """How many pictures there are fewer than were asked for."""
    asked = cast("dict[str, Any]", prediction.input) if isinstance(prediction.input, dict) else {}
    count = next((asked[name] for name in COUNT_NAMES if isinstance(asked.get(name), int)), 0)
    return max(0, count - len(links_of(prediction.output)))


def seed_of(prediction: Prediction) -> int | None:
    """The seed that it was drawn with: as the log tells, else as it was asked for."""
    told = _SEED.search(prediction.logs or "")
    if told:
        return int(told[1])
    asked = cast("dict[str, Any]", prediction.input).get("seed") if isinstance(prediction.input, dict) else None
    return asked if isinstance(asked, int) and not isinstance(asked, bool) else None


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """Replicate's own errors; the usual reading holds for all others."""
    if reply.status in {400, 403, 422} and _UNSAFE.search(reply.text):
        return Refused(_REFUSED_WORDS, source="replicate")
    if reply.status == 422:  # noqa: PLR2004 - HTTP's own number
        fields = ", ".join(sorted(set(_FIELD.findall(_detail(reply))))) or "the input"
        return ProviderFault(f"{VENDOR} does not take {fields}.", kind=FaultKind.BAD_REQUEST, accepted=False)
    if reply.status == 429 and not {"retry-after", "retry-after-ms"} & set(reply.headers):  # noqa: PLR2004 - likewise
        resets = _RESETS.search(_detail(reply))
        seconds = float(resets[1]) if resets else None
        return ProviderFault(f"{VENDOR} throttles us.", kind=FaultKind.RATE_LIMITED, retry_after=seconds, accepted=False)
    return None


def _detail(reply: Reply) -> str:
    return _text(cast("dict[str, Any]", reply.data).get("detail")) if isinstance(reply.data, dict) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str) if value is not None else ""


def _is_empty(output: object) -> bool:
    """Nothing, or nothing but nothings: models that held every picture back succeed so."""
    if isinstance(output, Mapping | list):
        values: list[object] = list(
            cast("Mapping[str, object]", output).values() if isinstance(output, Mapping) else cast("list[Any]", output)
        )
        return all(_is_empty(value) for value in values)
    return output is None or output == ""
