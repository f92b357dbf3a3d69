"""Faults: what an error of the images API means.

The API's specification knows only its good answers; the forms below are what clients report (providers.md §1, §2, §C), so each is looked
for wherever it may be. Sentences are made of what a service says about the error, never of the whole answer: some servers repeat the
request in it, and with it the prompt.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused

_MODERATED = frozenset(
    {"moderation_blocked", "content_policy_violation", "contentfilter", "content_filter", "content_filtered"}
    | {"responsibleaipolicyviolation", "content_moderation"}
)
_SAFETY = re.compile(
    r"safety[ _]system|safety_violations|content[ _](policy|filter|moderation)|moderation_blocked|responsible ai|\bnsfw\b", re.IGNORECASE
)
_BLOCKED = re.compile(r"(resource|account|organi[sz]ation|project) (has been|is|was) .{0,20}(blocked|suspended|deactivated)", re.IGNORECASE)
_CREDIT = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_credits", "insufficient_user_quota"}
)
_VIOLATIONS = re.compile(r"safety_violations=\[([^\]]{1,100})\]")
_UNSTREAMED = frozenset({"stream", "partial_images"})
_WORDS = 200


class Unstreamed(ProviderFault):
    """The model sends no previews; nothing was drawn."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an error says of itself. Codes are in lower case."""

    message: str = ""
    codes: frozenset[str] = frozenset()
    """`error.code`, `error.type` and the inner code."""
    param: str = ""
    categories: tuple[str, ...] = ()
    """What the moderation found."""
    late: bool = False
    """Whether the picture was drawn and then held back."""


def explain(vendor: str, name: str) -> Callable[[Reply], Refused | ProviderFault | None]:
    """The error table of a service that speaks this API; `name` is the provider's."""

    def explained(reply: Reply) -> Refused | ProviderFault | None:
        return judge(said_by(reply.data), vendor=vendor, name=name, status=reply.status)

    return explained


def judge(said: Said, *, vendor: str, name: str, status: int) -> Refused | ProviderFault | None:
    """What an error means, or None for what its status usually means. `status` is 200 where it came inside a good answer."""
    if _BLOCKED.search(said.message):
        # It speaks of the content policy, too, and yet it is the account that is blocked and not this person's prompt (providers.md §0.4).
        sentence = f"{vendor} has blocked our account: {said.message[:_WORDS]}"
        kind = FaultKind.CREDENTIALS if status == 401 else FaultKind.UNAVAILABLE  # noqa: PLR2004 - HTTP's own number
        return ProviderFault(sentence, kind=kind, accepted=False)
    if said.codes & _MODERATED or (status in {200, 400, 403, 422, 451} and _SAFETY.search(said.message)):
        return refusal(vendor, name, said.categories, late=said.late)
    if said.codes & _CREDIT:
        return ProviderFault(f"The account at {vendor} has no credit left.", kind=FaultKind.CREDIT, accepted=False)
    if status == 400 and said.param in _UNSTREAMED:  # noqa: PLR2004 - HTTP's own number
        return Unstreamed(f"{vendor} sends no previews here: {said.message[:_WORDS]}", kind=FaultKind.BAD_REQUEST, accepted=False)
    kind = _KINDS.get(status)
    if kind is None:
        return None
    return ProviderFault(f"{vendor} answered {status}: {said.message[:_WORDS] or _MEANINGS[kind]}", kind=kind, accepted=False)


_KINDS: Mapping[int, FaultKind] = {
    400: FaultKind.BAD_REQUEST,
    401: FaultKind.CREDENTIALS,
    403: FaultKind.CREDENTIALS,
    404: FaultKind.BAD_REQUEST,
    413: FaultKind.BAD_REQUEST,
    415: FaultKind.BAD_REQUEST,
    422: FaultKind.BAD_REQUEST,
}
_MEANINGS: Mapping[FaultKind, str] = {FaultKind.BAD_REQUEST: "it did not take the request.", FaultKind.CREDENTIALS: "it refused the key."}


def refusal(vendor: str, name: str, categories: tuple[str, ...], *, late: bool) -> Refused:
    """A refusal in plain words."""
    what = "held the result back" if late else "did not take it"
    why = f" ({', '.join(category.replace('_', ' ') for category in categories)})" if categories else ""
    return Refused(f"{vendor}'s safety system {what}{why}.", category=categories[0] if categories else "policy", source=name)


def said_by(data: Any) -> Said:  # noqa: ANN401 - an error is any JSON
    """What an error says, wherever it says it: `{"error": {...}}`, `{"error": "..."}`, `{"detail": ...}`, `{"message": ...}`."""
    body = _mapping(data)
    error: Any = body.get("error") or body.get("detail") or body
    if isinstance(error, list):
        return Said(message="; ".join(_located(each) for each in cast("list[Any]", error)[:3]))
    if not isinstance(error, dict):
        return Said(message=_line(error))
    found = cast("dict[str, Any]", error)
    inner = _mapping(found.get("inner_error") or found.get("innererror"))
    details = _mapping(found.get("moderation_details"))
    message = _line(found.get("message"))
    codes = {str(each).lower() for each in (found.get("code"), found.get("type"), inner.get("code")) if each}
    return Said(
        # A key that is refused is told back, with stars in it.
        message=re.sub(r"\S*\*{3,}\S*", "…", message),
        codes=frozenset(codes),
        param=_line(found.get("param")),
        categories=_categories(message, details, inner.get("content_filter_results") or found.get("content_filter_results")),
        late=details.get("moderation_stage") == "output",
    )


def flagged(results: object) -> tuple[str, ...]:
    """What `content_filter_results` filtered, in words fit to be shown."""
    return tuple(
        _word(category) for category, found in _mapping(results).items() if _mapping(found).get("filtered") is True and _word(category)
    )


def _categories(message: str, details: Mapping[str, Any], results: object) -> tuple[str, ...]:
    listed: Any = details.get("categories")
    told = [_word(each) for each in cast("list[Any]", listed)] if isinstance(listed, list) else []
    violations = _VIOLATIONS.search(message)
    written = [_word(each) for each in violations[1].split(",")] if violations else []
    return tuple(dict.fromkeys(each for each in (*told, *written, *flagged(results)) if each))[:5]


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _located(problem: object) -> str:
    """One complaint of a server that checks the form of a request: where and what, without the value that it repeats."""
    found = _mapping(problem)
    place: Any = found.get("loc")
    where = ".".join(str(part) for part in cast("list[Any]", place)) if isinstance(place, list) else ""
    return f"{where}: {_line(found.get('msg'))}".removeprefix(": ")[:_WORDS]


def _line(value: object) -> str:
    return " ".join(value.split())[:1000] if isinstance(value, str) else ""


def _word(value: object) -> str:
    """A category as a service names it, or nothing where it is no such word."""
    word = str(value).strip().strip("'\"").lower()
    return word if re.fullmatch(r"[a-z][a-z0-9_/ -]{1,39}", word) else ""
