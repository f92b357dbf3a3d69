"""Faults: what an answer that is none, or no answer at all, means."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

import httpx

from adapters.calls.reply import Reply
from adapters.calls.waiting import retry_after
from bot.errors import FaultKind, ProviderFault, Refused

Explain = Callable[[Reply], Refused | ProviderFault | None]
"""A vendor's own reading of an answer with an error status, or None for the usual one."""

_KINDS: Mapping[int, FaultKind] = {
    400: FaultKind.BAD_REQUEST,
    401: FaultKind.CREDENTIALS,
    402: FaultKind.CREDIT,
    403: FaultKind.CREDENTIALS,
    404: FaultKind.BAD_REQUEST,
    408: FaultKind.TIMEOUT,
    409: FaultKind.UNAVAILABLE,
    410: FaultKind.LOST,
    413: FaultKind.BAD_REQUEST,
    415: FaultKind.BAD_REQUEST,
    422: FaultKind.BAD_REQUEST,
    425: FaultKind.RATE_LIMITED,
    429: FaultKind.RATE_LIMITED,
    504: FaultKind.TIMEOUT,
}
_CODES = ("code", "error_type", "type", "name", "status", "rc", "error")
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


def of_reply(reply: Reply, *, now: datetime, posted: bool) -> ProviderFault:
    """What an error status usually means. A refused request (4xx) was not taken; a 5xx after a POST may have been (providers.md §0.1)."""
    kind = _KINDS.get(reply.status, FaultKind.UNAVAILABLE if reply.status >= 500 else FaultKind.BAD_REQUEST)  # noqa: PLR2004 - HTTP's own border
    return ProviderFault(
        f"{reply.vendor} answered {reply.status}{f' ({code})' if (code := code_of(reply)) else ''}.",
        kind=kind,
        retry_after=retry_after(reply.headers, now),
        accepted=posted and (reply.status >= 500 or reply.status == 408),  # noqa: PLR2004 - likewise
    )


def code_of(reply: Reply) -> str:
    """The service's own word for an error, where it is one word. Its sentences stay out: they may repeat a prompt, and this is logged."""
    whole = _object(reply.data)
    for place in (_object(whole.get("error")), whole):
        for name in _CODES:
            found = str(place.get(name) or "")
            if re.fullmatch(r"[A-Za-z0-9_.\-]{1,60}", found):
                return found
    return ""


def _object(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def of_error(vendor: str, error: httpx.HTTPError | httpx.InvalidURL, *, posted: bool) -> ProviderFault:
    """What a broken connection means. Addresses are not in the sentence: they may carry keys."""
    sent = not isinstance(error, _NEVER_SENT)
    kind = FaultKind.TIMEOUT if isinstance(error, httpx.TimeoutException) else FaultKind.UNAVAILABLE
    how = "did not answer in time" if kind is FaultKind.TIMEOUT else "cannot be reached" if not sent else "broke off in the middle"
    return ProviderFault(f"{vendor} {how} ({type(error).__name__}).", kind=kind, accepted=posted and sent)
