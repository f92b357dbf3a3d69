"""Health: whether every part works right now, asked of the parts themselves."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.ports import ChatPlatform

log = structlog.get_logger()

Check = Callable[[], Awaitable[None]]
"""Raises when a part does not work."""
_PATIENCE = 5.0
_LASTS = 1.0


class Health:
    """Asks the parts at most once a second, however often it is asked itself: a check may write to a bucket."""

    def __init__(self, checks: Mapping[str, Check], platforms: Mapping[str, ChatPlatform], *, lasts: float = _LASTS) -> None:
        """`lasts`: seconds for which an answer is given again."""
        self._checks = checks
        self._platforms = platforms
        self._lasts = lasts
        self._asking = asyncio.Lock()
        self._asked = -lasts
        self._faults: Mapping[str, str] = {}

    async def parts(self) -> Mapping[str, bool]:
        """Every part by name, and whether it is ready. Why one is not is in the log, for it may name hosts and accounts."""
        async with self._asking:
            if time.monotonic() - self._asked >= self._lasts:
                faults = await asyncio.gather(*(self._ask(check) for check in self._checks.values()))
                self._note({name: fault for name, fault in zip(self._checks, faults, strict=True) if fault})
                self._asked = time.monotonic()
            return {
                **{name: name not in self._faults for name in self._checks},
                **{name: platform.ready for name, platform in self._platforms.items()},
            }

    async def _ask(self, check: Check) -> str:
        try:
            async with asyncio.timeout(_PATIENCE):
                await check()
        except TimeoutError:
            return f"no answer within {_PATIENCE:.0f} seconds"
        except Exception as error:  # noqa: BLE001 - whatever a check raises means that the part is not ready
            return str(error) or type(error).__name__
        return ""

    def _note(self, faults: Mapping[str, str]) -> None:
        for name, fault in faults.items():
            if self._faults.get(name) != fault:
                log.warning("not ready", part=name, reason=fault)
        for name in self._faults:
            if name not in faults:
                log.info("ready again", part=name)
        self._faults = faults
