"""Answers: how a generation stands, and what an error means. A withheld picture comes with 200, unsafe or without an address."""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused

VENDOR = "Ideogram"
_MICRO = Decimal("0.000001")
_SAFETY = re.compile(r"safety|moderat|polic[yi]|prohibited|inappropriate|unsafe|nsfw", re.IGNORECASE)
_FORMAL = re.compile(r"required|invalid|must be|out of range|unsupported|not supported|cannot be combined|field|too large", re.IGNORECASE)
_LIMITS: Mapping[str, tuple[FaultKind, str]] = MappingProxyType(
    {
        "insufficient_funds": (FaultKind.CREDIT, "Ideogram's account has no credit left."),
        "subscription_required": (FaultKind.CREDIT, "Ideogram's account needs a subscription for that."),
        "priority_credit_required": (FaultKind.CREDIT, "Ideogram's account has no priority credit left."),
        "daily_limit": (FaultKind.CREDIT, "Ideogram's account has used up what it may in a day."),
        "feature_limit": (FaultKind.CREDENTIALS, "Ideogram's account may not use that."),
        "inflight_limit": (FaultKind.RATE_LIMITED, "Ideogram has as many of our pictures at work as the account may have."),
    }
)


class Picture(BaseModel):
    """One picture of a generation."""

    url: str | None = None
    seed: int | None = None
    is_image_safe: bool | None = None

    @property
    def withheld(self) -> bool:
        """Whether the safety check kept it."""
        return self.is_image_safe is False or not self.url


class Generation(BaseModel):
    """How a generation stands. An answer to an order has no status."""

    generation_id: str
    status: str = ""
    data: list[Picture] | None = None
    failure_reason: str | None = None
    usage_cost_usd_micros: int | None = None

    @property
    def cost(self) -> Decimal | None:
        """US dollars, where it is billed by use."""
        return self.usage_cost_usd_micros * _MICRO if self.usage_cost_usd_micros is not None else None

    @property
    def done(self) -> bool:
        """Whether its pictures are here; an order that was not taken as a job answers with them at once."""
        return self.status.lower() == "completed" or (not self.status and self.data is not None)

    @property
    def ending(self) -> Refused | ProviderFault | None:
        """How it ended without a picture, or None where it did not."""
        if self.status.lower() == "failed":
            if _SAFETY.search(self.failure_reason or ""):
                return _refused("did not take it")
            return ProviderFault(f"{VENDOR} could not draw it.", kind=FaultKind.BAD_RESULT)
        if self.done and self.data and all(each.withheld for each in self.data):
            return _refused("held the picture back")
        if self.done and not self.data:
            return ProviderFault(f"{VENDOR} gave no picture.", kind=FaultKind.BAD_RESULT)
        return None


GENERATION = TypeAdapter(Generation)


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """The account's limits by their names; 422 is the safety check unless it plainly speaks of a field. Nobody's words are passed on."""
    said = cast("dict[str, Any]", reply.data) if isinstance(reply.data, dict) else {}
    limit = _LIMITS.get(str(said.get("reject_reason", "")))
    if limit is not None and reply.status in {402, 403, 429}:
        return ProviderFault(limit[1], kind=limit[0], accepted=False)
    if reply.status in {400, 403, 422} and _SAFETY.search(reply.text):
        return _refused("did not take it")
    if reply.status == 422 and not (_FORMAL.search(reply.text) or isinstance(said.get("detail"), list)):  # noqa: PLR2004 - HTTP's own number
        return _refused("did not take it")
    if reply.status in {400, 422}:
        return ProviderFault(f"{VENDOR} does not take a request like this ({reply.status}).", kind=FaultKind.BAD_REQUEST, accepted=False)
    return None


def _refused(how: str) -> Refused:
    return Refused(f"{VENDOR}'s safety check {how}.", source="ideogram")
