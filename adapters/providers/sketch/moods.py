"""Moods: how the vendor misbehaves on demand, so that the bot can be rehearsed against it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import FaultKind, ProviderFault, Refused

_FAULTS = {
    "rate_limit": ProviderFault("sketch answered 429: too many requests.", kind=FaultKind.RATE_LIMITED, retry_after=1.0, accepted=False),
    "server_error": ProviderFault("sketch answered 500: something broke on its side.", kind=FaultKind.UNAVAILABLE),
    "timeout": ProviderFault("sketch did not answer in time.", kind=FaultKind.TIMEOUT),
    "credentials": ProviderFault("sketch answered 401: the key is not accepted.", kind=FaultKind.CREDENTIALS, accepted=False),
    "credit": ProviderFault("sketch answered 402: the account is empty.", kind=FaultKind.CREDIT, accepted=False),
    "busy": ProviderFault("sketch answered 503: busy, try again.", kind=FaultKind.UNAVAILABLE, retry_after=0.2, accepted=False),
}
_QUIET = ("refuse", "broken_image", "lost", "stuck")
_SHORT = {"fail_first": "busy", "flaky": "busy"}


@dataclass(frozen=True, kw_only=True)
class Mood:
    """One way to misbehave, for the `first` submissions or for a `share` of them."""

    name: str
    first: int | None = None
    share: float | None = None


def parse(text: str) -> tuple[Mood, ...]:
    """The moods of a setting. Raises ValueError with a sentence that says what would work."""
    found: list[Mood] = []
    for word in filter(None, (word.strip() for word in text.split(","))):
        name, _, bound = word.partition(":")
        if name in _SHORT and not bound:
            raise ValueError(f"“{word}” needs a number, such as fail_first:2 or flaky:0.3")
        if name not in _FAULTS and name not in _QUIET and name not in _SHORT:
            raise ValueError(f"“{word}” is no mood; there are {', '.join([*_FAULTS, *_QUIET, 'fail_first:2', 'flaky:0.3'])}")
        try:
            first = int(bound) if bound.isdecimal() else None
            share = float(bound) if bound and first is None else None
        except ValueError:
            raise ValueError(f"“{word}”: after the colon stands a count (2) or a share (0.3)") from None
        found.append(Mood(name=_SHORT.get(name, name), first=first, share=share))
    return tuple(found)


class Moods:
    """The vendor's moods, counted since it was opened."""

    def __init__(self, moods: Sequence[Mood]) -> None:
        self._moods = moods
        self._seen = 0

    def answer(self, key: str) -> frozenset[str]:
        """What happens to a submission that is answered: `broken_image`, `lost`, `stuck`.

        Raises:
            ProviderFault: it is not taken.
            Refused: the vendor's moderation said no.
        """
        self._seen += 1
        quiet: set[str] = set()
        for mood in self._moods:
            if not self._strikes(mood, key):
                continue
            if mood.name in _FAULTS:
                fault = _FAULTS[mood.name]
                raise ProviderFault(fault.sentence, kind=fault.kind, retry_after=fault.retry_after, accepted=fault.accepted)
            if mood.name == "refuse":
                raise Refused("sketch did not want to draw this.", category="policy", source="sketch")
            quiet.add(mood.name)
        return frozenset(quiet)

    def _strikes(self, mood: Mood, key: str) -> bool:
        if mood.first is not None:
            return self._seen <= mood.first
        if mood.share is not None:
            draw = hashlib.sha256(f"{mood.name}|{key}|{self._seen}".encode()).digest()[0]
            return draw < mood.share * 256
        return True
