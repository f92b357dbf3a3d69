"""Answers: how a request stands, and what an error means. A picture that was held back comes with 200, and a placeholder in its place."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter

from adapters.calls import Reply
from bot.errors import FaultKind, ProviderFault, Refused

VENDOR = "AI Horde"
_HELD_BACK = {"censored", "csam"}
_UNETHICAL = re.compile(r"terms of service|unethical|corrupt prompt", re.IGNORECASE)
_SHUT_OUT = "Tell an admin: AI Horde has shut out our address for a while."
_LARGE = "It needs more kudos than the account has: ask for a smaller picture or fewer steps."
_NO_MACHINE = "None of the volunteers' machines can draw that now: try a smaller picture or another model."

_FAULTS: Mapping[str, tuple[FaultKind, str, str]] = MappingProxyType(
    {
        # A request that is too large for the account says nothing about the next one, so it is no ill health.
        "KudosUpfront": (FaultKind.BAD_REQUEST, "The request needs more kudos than the account has.", _LARGE),
        "SharedKeyEmpty": (FaultKind.CREDIT, "The shared key has no kudos left.", ""),
        "SharedKeyInsufficientKudos": (FaultKind.CREDIT, "The shared key has too few kudos left.", ""),
        "SharedKeyExpired": (FaultKind.CREDENTIALS, "The shared key has ended.", ""),
        "DeletedUser": (FaultKind.CREDENTIALS, "The account was deleted.", ""),
        "TimeoutIP": (FaultKind.CREDENTIALS, "Our address is shut out for a while.", _SHUT_OUT),
        "NotTrusted": (FaultKind.CREDENTIALS, "From our address only trusted accounts may send pictures.", ""),
        "BadClientAgent": (FaultKind.CREDENTIALS, "Our client is shut out; see HORDE_CONTACT.", ""),
        "BannedClientAgent": (FaultKind.CREDENTIALS, "Our client is shut out; see HORDE_CONTACT.", ""),
        "MaintenanceMode": (FaultKind.UNAVAILABLE, "It is in maintenance.", ""),
        "NoValidWorkers": (FaultKind.BAD_REQUEST, "No machine can draw that now.", _NO_MACHINE),
        "TooManyPrompts": (FaultKind.RATE_LIMITED, "The account has as many requests waiting as it may.", ""),
        "RequestExpired": (FaultKind.LOST, "The request waited too long and ended.", ""),
    }
)


class Taken(BaseModel):
    """The answer to an order."""

    id: str


class _Generation(BaseModel):
    """One picture."""

    img: str | None = None
    seed: str | int | None = None
    model: str | None = None
    censored: bool | None = None
    state: str | None = None
    gen_metadata: list[Any] | None = None

    @property
    def reason(self) -> str | None:
        """Why it was held back, or None where it was not."""
        for each in self.gen_metadata or []:
            if isinstance(each, dict) and cast("dict[str, Any]", each).get("type") == "censorship":
                return str(cast("dict[str, Any]", each).get("value") or "policy")[:60].lower()
        state = (self.state or "").lower()
        if self.censored or state in _HELD_BACK:
            return state if state == "csam" else "policy"
        return None

    @property
    def number(self) -> int | None:
        """The seed, which is told as a text."""
        said = str(self.seed)
        return int(said) if said.isascii() and said.isdigit() and len(said) <= 20 else None  # noqa: PLR2004 - 64 bits in decimal


class Standing(BaseModel):
    """How a request stands; with its pictures where the status was asked for."""

    done: bool
    faulted: bool | None = None
    is_possible: bool | None = None
    finished: int | None = None
    processing: int | None = None
    queue_position: int | None = None
    wait_time: float | None = None
    generations: list[_Generation] | None = None

    @property
    def hopeless(self) -> bool:
        """Whether nobody can draw it: no machine could take it, and none has."""
        return self.is_possible is False and not (self.processing or self.finished)

    @property
    def stage(self) -> str:
        """In words: waiting, and where, or being drawn."""
        if self.processing:
            return "a volunteer's machine draws it"
        return f"number {self.queue_position} in the queue" if self.queue_position else ""

    @property
    def pause(self) -> float:
        """Seconds until it makes sense to ask again: the more, the longer it thinks that it takes."""
        return min(10.0, max(1.5, (self.wait_time or 0.0) / 5))

    @property
    def shown(self) -> list[_Generation]:
        """The pictures that were not held back.

        Raises:
            Refused: there is none, because all were held back.
            ProviderFault: BAD_RESULT, there is none at all.
        """
        generations = self.generations or []
        reason = next((each.reason for each in generations if each.reason), None)
        shown = [each for each in generations if each.reason is None and each.img]
        if not shown and reason:
            raise Refused("The filter of the machine that drew it for AI Horde held the picture back.", category=reason, source="horde")
        if not shown:
            raise ProviderFault(f"{VENDOR} gave no picture.", kind=FaultKind.BAD_RESULT)
        return shown


TAKEN = TypeAdapter(Taken)
STANDING = TypeAdapter(Standing)


def ending(standing: Standing) -> ProviderFault | None:
    """How a request ended without a picture, or None where it did not."""
    if standing.faulted:
        advice = "The machines that tried it failed: try it again, or another model."
        return ProviderFault(f"{VENDOR} could not draw it.", kind=FaultKind.BAD_RESULT, advice=advice)
    if standing.hopeless and not standing.done:
        return ProviderFault(f"No machine of {VENDOR} can draw that now.", kind=FaultKind.BAD_REQUEST, advice=_NO_MACHINE)
    return None


def explain(reply: Reply) -> Refused | ProviderFault | None:
    """Errors by their code, `rc`. None of them was taken; what the service says of them may repeat a prompt and is not passed on."""
    said = cast("dict[str, Any]", reply.data) if isinstance(reply.data, dict) else {}
    code, message = str(said.get("rc") or ""), str(said.get("message") or "")
    if code == "CorruptPrompt" or (not code and reply.status == 400 and _UNETHICAL.search(message)):  # noqa: PLR2004 - HTTP's own number
        return Refused("AI Horde takes the prompt for something that it does not draw.", category="policy", source="horde")
    known = _FAULTS.get(code)
    if known is None:
        return None
    kind, sentence, advice = known
    return ProviderFault(f"{VENDOR} ({code}): {sentence}", kind=kind, accepted=False, advice=advice)
