"""Failures: what Gemini's errors mean. Pure functions."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from adapters.calls import Reply
from adapters.calls.waiting import span
from adapters.providers.gemini.answers import refusal
from bot.errors import FaultKind, ProviderFault, Refused

_VIOLATION = re.compile(r"violat|prohibited|responsible ai|blocked by", re.IGNORECASE)
_WAIT = re.compile(r"retry in ([0-9.]+m?s)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Error:
    """What an error says: `{error: {code, message, status, details}}`, of which anything may be missing."""

    status: str
    message: str
    details: Sequence[Mapping[str, Any]]

    @property
    def delay(self) -> float | None:
        """Seconds to wait, from the details or else from the words."""
        for detail in self.details:
            if (found := span(str(detail.get("retryDelay", "")))) is not None:
                return found
        words = _WAIT.search(self.message)
        return span(words[1]) if words else None

    @property
    def lasting(self) -> bool:
        """Whether a quota is used up for the day, or there is none for such models."""
        return "limit: 0" in self.message or any("perday" in quota.lower() for quota in self._quotas())

    @property
    def keyed(self) -> bool:
        """Whether it is about the key."""
        return "api key" in self.message.lower() or any(str(each.get("reason", "")).startswith("API_KEY") for each in self.details)

    def _quotas(self) -> Iterator[str]:
        for detail in self.details:
            for violation in _listed(detail.get("violations")):
                yield str(_mapped(violation).get("quotaId", ""))


def _error_of(reply: Reply) -> _Error:
    # Streams put the error into a list; a proxy may do so for a plain call.
    first = next(iter(_listed(reply.data)), reply.data)
    known = _mapped(_mapped(first).get("error"))
    details = [_mapped(detail) for detail in _listed(known.get("details"))]
    return _Error(status=str(known.get("status", "")), message=str(known.get("message", "") or reply.text), details=details)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON of any shape
    return cast("list[Any]", value) if isinstance(value, list) else []


def _mapped(value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of any shape
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """Gemini's errors: what a status alone does not tell."""
    error = _error_of(reply)
    if reply.status == 400:  # noqa: PLR2004 - HTTP's own number
        return _of_bad_request(error)
    if reply.status == 429 and error.lasting:  # noqa: PLR2004 - likewise
        return ProviderFault("Gemini's quota for the day is used up, or there is none.", kind=FaultKind.CREDIT, accepted=False)
    if reply.status == 429:  # noqa: PLR2004 - likewise
        return ProviderFault("Gemini was asked too often.", kind=FaultKind.RATE_LIMITED, retry_after=error.delay, accepted=False)
    return None


def _of_bad_request(error: _Error) -> Refused | ProviderFault | None:
    if error.keyed:
        return ProviderFault("Gemini does not accept the key.", kind=FaultKind.CREDENTIALS, accepted=False)
    if error.status == "FAILED_PRECONDITION" and "billing" in error.message.lower():
        return ProviderFault("Gemini wants billing switched on.", kind=FaultKind.CREDIT, accepted=False)
    if error.status == "FAILED_PRECONDITION":
        advice = "Tell an admin: Gemini may not be offered where this server is."
        return ProviderFault(f"Gemini: {error.message[:200]}", kind=FaultKind.BAD_REQUEST, accepted=False, advice=advice)
    if _VIOLATION.search(error.message):
        return refusal("policy")
    return None
