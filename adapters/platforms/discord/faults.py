"""Faults: what Discord refuses, as sentences, and the brake that keeps a refused bot from asking on.

Ten thousand refused requests in ten minutes (401, 403, 429) get a whole address banned (platforms.md §28). Nothing here tries a refusal
again, and `Brake` stops all requests long before that: at once when the token is refused or a ban has begun, and at a fifth of the limit.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import discord

from bot.errors import PlatformFault

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, UNKNOWN_INTERACTION = 10003, 10008, 10062
OLD_EDITS, TOO_LARGE = 30046, 40005
NO_ACCESS, NO_DIRECT_MESSAGES, NO_PERMISSION, WRONG_CHANNEL, DEAD_TOKEN = 50001, 50007, 50013, 50024, 50027
ARCHIVED, THREAD_EXISTS, LOCKED, MANY_THREADS = 50083, 160004, 160005, 160006
_TOKEN = "Discord does not accept DISCORD_TOKEN any more; an admin has to set the one from the app's Bot page."  # noqa: S105 - a sentence
_PAUSE = "Discord asked me to pause; I try again by myself."
_BUSY = "Discord does not answer right now; I try again by myself."


class DiscordFault(PlatformFault):
    """A PlatformFault that knows Discord's own code, for what can be done about some of them.

    Args:
        code: Discord's code, or 0.
        status: HTTP's, or 0 where there was no answer.
    """

    def __init__(self, sentence: str, *, permanent: bool = False, code: int = 0, status: int = 0) -> None:
        super().__init__(sentence, permanent=permanent)
        self.code = code
        self.status = status


@dataclass(frozen=True, kw_only=True)
class _Saying:
    sentence: str
    permanent: bool = True


_SAYINGS: Mapping[int, _Saying] = {
    10003: _Saying(sentence="Discord does not have that channel any more."),
    10004: _Saying(sentence="I am not in that server any more."),
    10008: _Saying(sentence="That message is not there any more."),
    10013: _Saying(sentence="Discord does not know that person."),
    10015: _Saying(sentence="That was too long ago: Discord lets me answer for 15 minutes. Say it again."),
    10062: _Saying(sentence="That took too long to answer, and Discord gave it up. Do it again."),
    20016: _Saying(sentence="Slow mode is on in that channel; I try again by myself.", permanent=False),
    20028: _Saying(sentence=_PAUSE, permanent=False),
    30033: _Saying(sentence="That thread has as many members as Discord allows."),
    30046: _Saying(sentence="Discord lets old messages be edited only so often; I try again by myself.", permanent=False),
    40005: _Saying(sentence="Those pictures are too large for this server, even made smaller."),
    40058: _Saying(sentence="That channel takes no messages, only threads. Start a thread there and say it in that."),
    40060: _Saying(sentence="That was answered already."),
    40062: _Saying(sentence=_PAUSE, permanent=False),
    40094: _Saying(sentence="Discord lets me say no more here, because I am not a member. Invite me to this server for more."),
    50001: _Saying(sentence="I cannot see that channel. An admin can give me View Channel there."),
    50005: _Saying(sentence="That message is somebody else's."),
    50006: _Saying(sentence="Discord took my message for an empty one."),
    50007: _Saying(sentence="You take no direct messages from me. Allow them in the server's privacy settings and try again."),
    50008: _Saying(sentence="That channel takes no messages, only threads. Start a thread there and say it in that."),
    50013: _Saying(sentence="I lack a permission in that channel."),
    50024: _Saying(sentence="That cannot be done in this kind of channel."),
    50027: _Saying(sentence="That was too long ago: Discord lets me answer for 15 minutes. Say it again."),
    50035: _Saying(sentence="Discord did not take my message as it was."),
    50083: _Saying(sentence="That thread is archived. Open it again and try once more."),
    160002: _Saying(sentence="I cannot read older messages in that channel. An admin can give me Read Message History there."),
    160005: _Saying(sentence="That thread is locked. Somebody who may manage threads can unlock it."),
    160006: _Saying(sentence="This server has as many open threads as Discord allows. Archive some and try again."),
    200000: _Saying(sentence="This server's AutoMod does not let my message through. An admin can exempt my role."),
    200001: _Saying(sentence="This server's AutoMod does not let the thread's title through. An admin can exempt my role."),
}


def translate(error: Exception) -> DiscordFault:
    """Whatever discord.py or aiohttp raised, as a fault with a sentence."""
    if isinstance(error, DiscordFault):
        return error
    if isinstance(error, discord.RateLimited):
        return DiscordFault(_PAUSE, status=429)
    if isinstance(error, discord.HTTPException):
        return _answered(error)
    if isinstance(error, aiohttp.ClientError | OSError):
        return DiscordFault(_BUSY)
    # discord.py raises plain errors where it is used before login or after its end.
    return DiscordFault("I am not connected to Discord right now; I try again by myself.")


def _answered(error: discord.HTTPException) -> DiscordFault:
    status, code = error.status, error.code
    if code in _SAYINGS:
        return DiscordFault(_SAYINGS[code].sentence, permanent=_SAYINGS[code].permanent, code=code, status=status)
    if status == 401:  # noqa: PLR2004 - HTTP's number
        # Not for good: with the right token, after the next start, the job still gets where it was going.
        return DiscordFault(_TOKEN, code=code, status=status)
    if status == 413:  # noqa: PLR2004 - HTTP's number
        return DiscordFault(_SAYINGS[TOO_LARGE].sentence, permanent=True, code=TOO_LARGE, status=status)
    if status == 429:  # noqa: PLR2004 - HTTP's number
        return DiscordFault(_PAUSE, code=code, status=status)
    if status >= 500:  # noqa: PLR2004 - HTTP's number
        return DiscordFault(_BUSY, code=code, status=status)
    return DiscordFault(f"Discord refused with {status}, code {code}.", permanent=True, code=code, status=status)


class Brake:
    """Stops requests before Discord stops the address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: deque[float] = deque()
        self._until = 0.0
        self._revoked = False

    def check(self) -> None:
        """Raise DiscordFault while nothing may be asked."""
        now = self._clock()
        if self._revoked:
            raise DiscordFault(_TOKEN, status=401)
        while self._refused and now - self._refused[0] > _WINDOW:
            self._refused.popleft()
        if now < self._until or len(self._refused) >= _MOST_REFUSED:
            raise DiscordFault(_PAUSE, status=429)

    def note(self, error: Exception) -> None:
        """Remember a refusal."""
        if not isinstance(error, discord.HTTPException) or error.status not in {401, 403, 429}:
            return
        now = self._clock()
        self._refused.append(now)
        if error.status == 401 and error.code == 0:  # noqa: PLR2004 - HTTP's number
            # Another code means an interaction's own token, which ends by itself.
            self._revoked = True
        if error.status == 429 and not error.response.headers.get("Via"):  # noqa: PLR2004 - HTTP's number
            # Not Discord itself but the wall before it: the address is banned already (platforms.md §28).
            after = error.response.headers.get("Retry-After", "")
            self._until = now + min(float(after) if after.isdecimal() else _WINDOW, _LONGEST)


_WINDOW = 600.0
_LONGEST = 3600.0
_MOST_REFUSED = 2000
