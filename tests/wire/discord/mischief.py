"""How Discord misbehaves when a test asks for it."""

import asyncio
import re
from dataclasses import dataclass, field

from tests.wire.discord.faults import Fault

BAN_PAGE = "<!DOCTYPE html><title>Access denied</title><p>error code: 1015</p>"


class Limited(Exception):  # noqa: N818 - an answer like any other
    """A 429: for how many seconds, of which scope, and whether it comes from Discord or from the wall before it."""

    def __init__(self, seconds: float, scope: str, *, via: bool = True) -> None:
        super().__init__(f"{scope} limit for {seconds} s")
        self.seconds, self.scope, self.via = seconds, scope, via


def pattern(route: str) -> re.Pattern[str]:
    """`POST /channels/*/messages` as an expression; a star or `{name}` is one step of the path, no method means every method."""
    method, _, path = route.rpartition(" ")
    steps = [r"[^/]+" if step == "*" or step.startswith("{") else re.escape(step) for step in path.split("/")]
    return re.compile(f"{method or '[A-Z]+'} {'/'.join(steps)}")


@dataclass(kw_only=True)
class Trick:
    """One thing that goes wrong a number of times."""

    route: re.Pattern[str]
    times: float
    error: Exception | None = None
    seconds: float = 0.0
    lost: bool = False


@dataclass(kw_only=True)
class Mischief:
    """What is about to go wrong, in the order in which it was asked for."""

    tricks: list[Trick] = field(default_factory=list[Trick])

    def add(self, route: str, times: float, **what: object) -> None:
        self.tricks.append(Trick(route=pattern(route), times=times, **what))  # pyright: ignore[reportArgumentType] - the fields of a trick

    def take(self, name: str) -> list[Trick]:
        """The tricks that are due for a request, each used up by one."""
        due = [trick for trick in self.tricks if trick.times > 0 and trick.route.fullmatch(name)]
        for trick in due:
            trick.times -= 1
        return due

    async def before(self, due: list[Trick]) -> None:
        """Slows a request down or lets it fail before it has any effect."""
        for trick in due:
            await asyncio.sleep(trick.seconds)
            if trick.error:
                raise trick.error


def fault(status: int, code: int) -> Fault:
    """An error of this status, with Discord's code if it has one."""
    return Fault(code, status=status, message="" if code else f"{status}: something went wrong")
