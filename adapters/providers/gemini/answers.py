"""Answers: the picture in an answer, or why there is none. Pure functions."""

import base64
import re

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused
from bot.model import Finished

_REFUSING = re.compile(r"SAFETY|PROHIBITED|BLOCKLIST|RECITATION|SPII|MODEL_ARMOR|JAILBREAK")


class _Said(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True)


class _Blob(_Said):
    mime_type: str = ""
    data: str = ""


class _Part(_Said):
    text: str | None = None
    thought: bool | None = None
    inline_data: _Blob | None = None


class _Content(_Said):
    parts: list[_Part] | None = None


class _Candidate(_Said):
    content: _Content | None = None
    finish_reason: str | None = None

    @property
    def parts(self) -> list[_Part]:
        """Everything but thoughts."""
        return [part for part in (self.content.parts if self.content else None) or [] if not part.thought]


class _Feedback(_Said):
    block_reason: str | None = None


class _Answer(_Said):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    model_version: str | None = None
    response_id: str | None = None


_ANSWER = TypeAdapter(_Answer)


def finished_of(reply: Reply) -> Finished:
    """The picture in an answer.

    Raises:
        Refused: it was held back, or answered in words.
        ProviderFault: BAD_RESULT, there is none for another reason.
    """
    answer = reply.read(_ANSWER)
    reason = (answer.prompt_feedback.block_reason if answer.prompt_feedback else "") or ""
    if reason and not reason.endswith("UNSPECIFIED"):
        raise refusal(reason)
    candidate = (answer.candidates or [_Candidate()])[0]
    finish = candidate.finish_reason or ""
    if _REFUSING.search(finish):
        raise refusal(finish)
    pictures = [part.inline_data for part in candidate.parts if part.inline_data and part.inline_data.mime_type.startswith("image/")]
    if pictures:
        # Where there are several, the earlier ones are steps on the way.
        body = _decoded(pictures[-1].data)
        return Finished(images=(body,), vendor_id=answer.response_id or "", version=answer.model_version or "")
    if finish in {"", "STOP"} and any(part.text for part in candidate.parts):
        raise Refused("Gemini answered in words and drew nothing.", category="declined", source="gemini")
    raise _bad(f"gave no picture ({re.sub('[^A-Z_]', '', finish)[:40] or 'no reason'})")


def refusal(reason: str) -> Refused:
    """What people are told when its safety system says no, and why in its own words."""
    category = re.sub("[^a-z ]", "", reason.lower().replace("_", " "))[:40]
    return Refused("Gemini's safety system did not take it.", category=category or "policy", source="gemini")


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except ValueError:
        raise _bad("gave a picture that cannot be read") from None


def _bad(how: str) -> ProviderFault:
    return ProviderFault(f"Gemini {how}.", kind=FaultKind.BAD_RESULT)
