"""Answers: what Stability AI's answers and errors mean. Pure functions."""

import base64
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Finished, Pending, Progress

POLL = 10.0
"""Seconds between two looks; the API asks for no fewer."""
_LOCKED = 60.0
"""Seconds that it locks out who asked too often, and does not say so."""
_FILTERED = re.compile(r"filter|moderat|nsfw", re.IGNORECASE)
_MODERATED = re.compile(r"content.?moderation|moderation system|content policy", re.IGNORECASE)
_CREDIT = re.compile(r"payment|balance|credit", re.IGNORECASE)
_JOB = re.compile(r"[A-Za-z0-9_-]{1,200}")


class _Answer(BaseModel):
    id: str = ""
    status: str = ""
    image: str = ""
    result: str = ""
    seed: int | str | None = None
    finish_reason: str | None = None


_ANSWER = TypeAdapter(_Answer)


def refusal(category: str = "policy") -> Refused:
    """What people are told when its safety system says no."""
    return Refused("Stability AI's safety system did not take it.", category=category, source="stability")


def lost() -> ProviderFault:
    """What a ticket means that it does not know, or that is none of ours. Results are kept for 24 hours."""
    return ProviderFault("Stability AI does not know the job.", kind=FaultKind.LOST)


def ticket_of(reply: Reply, job: str) -> str:
    """A ticket: the job's id, and the mark of the key that ordered it, because a job belongs to an account."""
    return f"{job}:{reply.mark}"


def read_ticket(ticket: str) -> tuple[str, str]:
    """The job's id and the mark of its key. Raises ProviderFault LOST for what is none of our tickets."""
    job, _, mark = ticket.partition(":")
    if not _JOB.fullmatch(job):
        raise lost()
    return job, mark


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """Its errors are `{id, name, errors}`; the name says what happened."""
    name = _named(reply)
    if name in _BY_NAME:
        return _BY_NAME[name]()
    if reply.status in {400, 403, 422} and _MODERATED.search(reply.text):
        return refusal()
    if _CREDIT.search(name):
        return ProviderFault("Stability AI has no credits left.", kind=FaultKind.CREDIT, accepted=False)
    if reply.status == 429 and not any(header.startswith("retry-after") for header in reply.headers):  # noqa: PLR2004 - HTTP's own number
        return ProviderFault("Stability AI was asked too often.", kind=FaultKind.RATE_LIMITED, retry_after=_LOCKED, accepted=False)
    return None


def _named(reply: Reply) -> str:
    data: Any = reply.data
    return str(cast("Mapping[str, Any]", data).get("name", "")) if isinstance(data, dict) else ""


def _foreign() -> ProviderFault:
    advice = "Write the prompt in English."
    return ProviderFault("Stability AI takes English alone.", kind=FaultKind.BAD_REQUEST, accepted=False, advice=advice)


_BY_NAME: Mapping[str, Callable[[], Refused | ProviderFault]] = MappingProxyType(
    {
        "content_moderation": refusal,
        "public_figure": lambda: Refused("Stability AI draws no public figures.", category="public figure", source="stability"),
        "invalid_language": _foreign,
        "generation_not_found": lost,
    }
)


def progress_of(reply: Reply, *, ticket: str = "") -> Progress:
    """What an answer with a good status says. `ticket` is the job that was asked about, or empty for the order itself.

    Raises:
        Refused: the picture was filtered; what came with it is a blur.
        ProviderFault: BAD_RESULT, it is neither a picture nor news of one.
    """
    if reply.media_type.startswith("image/"):
        finish, seed = reply.headers.get("finish-reason", ""), reply.headers.get("seed")
        return _finished(reply, reply.body, finish=finish, seed=seed, ticket=ticket)
    answer = reply.read(_ANSWER)
    finish = answer.finish_reason or ""
    if _FILTERED.search(finish):
        raise refusal()
    if content := answer.image or answer.result:
        return _finished(reply, _decoded(content), finish=finish, seed=answer.seed, ticket=ticket)
    if ticket and (answer.status or reply.status == 202):  # noqa: PLR2004 - HTTP's own number
        # Whatever the status is called: unless there is a picture, it is not over.
        return Pending(ticket=ticket, check_after=POLL, stage="at work")
    if not ticket and _JOB.fullmatch(answer.id):
        return Pending(ticket=ticket_of(reply, answer.id), check_after=POLL, stage="at work")
    raise _bad("gave neither a picture nor a job")


def _finished(reply: Reply, body: bytes, *, finish: str, seed: int | str | None, ticket: str) -> Finished:
    if _FILTERED.search(finish):
        raise refusal()
    if finish.upper() == "ERROR" or not body:
        raise _bad("gave no picture")
    drawn = str(seed or "").strip()
    return Finished(
        images=(body,),
        seed=int(drawn) if re.fullmatch(r"[0-9]{1,10}", drawn) else None,
        vendor_id=reply.headers.get("x-request-id", "") or ticket.partition(":")[0],
    )


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except ValueError:
        raise _bad("gave a picture that cannot be read") from None


def _bad(how: str) -> ProviderFault:
    return ProviderFault(f"Stability AI {how}.", kind=FaultKind.BAD_RESULT)
