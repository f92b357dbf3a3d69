"""Alerts: each border of a budget is told once in a window, whatever dies and however many machines there are."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from bot.decisions import Decisions
from bot.errors import PlatformFault
from bot.model import Message, Place, Post
from bot.ports import ChatPlatform
from bot.quotas import Budgets
from bot.worker.alerts import Alerts
from tests.quotas.scene import Scene, model, open_scene


@dataclass
class Chat:
    """A chat that keeps what is posted under a key once, and breaks when it is told to."""

    posted: dict[str, Message] = field(default_factory=dict[str, Message])
    asked: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    fault: Exception | None = None
    lands: bool = True

    async def post(self, place: Place, message: Message, *, key: str, again: bool = False) -> Post:
        self.asked.append((key, again))
        if self.lands and (not again or key not in self.posted):
            assert key not in self.posted, "posted twice"
            self.posted[key] = message
        if self.fault:
            raise self.fault
        return Post(place=place, id=key)

    @property
    def titles(self) -> list[str]:
        return [message.title for message in self.posted.values()]


def machine(scene: Scene, chat: Chat) -> Alerts:
    """Alerts as another process on the same journal has them."""

    def now() -> datetime:
        return scene.clock[0]

    store = scene.app.store
    platforms: Mapping[str, ChatPlatform] = {"playground": cast("ChatPlatform", chat)}
    budgets = Budgets(store, decisions=Decisions(store, now=now), zone="UTC", now=now)
    return Alerts(store=store, budgets=budgets, platforms=platforms, now=now)


async def looks(alerts: Alerts) -> None:
    alerts.stir()
    await alerts.look()


async def test_each_border_is_told_once_and_anew_in_the_next_window(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.10")) as scene:
        chat = Chat()
        alerts = machine(scene, chat)
        await scene.told("budget set $1/day --alerts <#brand>")
        told: list[list[str]] = []
        for line in ("--count 4", "", "--count 2", "", "--count 2"):
            await scene.taken(f"imagine a fox {line}")
            await looks(alerts)
            await looks(alerts)
            told.append(list(chat.titles))
        half, most, whole = "The budget is 50 % used", "The budget is 80 % used", "The budget is used up"
        assert told == [[], [half], [half], [half, most], [half, most, whole]]
        assert "Jobs that cost money are refused until Tue 24 Nov, 00:00 (UTC)." in chat.posted[chat.asked[-1][0]].text
        scene.passes(timedelta(days=1))
        await looks(alerts)
        await scene.taken("imagine a hen --count 4")
        await scene.taken("imagine a hen --count 4")
        await looks(alerts)
        assert chat.titles[3:] == [most], "what was passed at once is told once"


async def test_a_restart_tells_what_was_left_out_and_nothing_again(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.10")) as scene:
        chat = Chat()
        await scene.told("budget set $1/day --alerts <#brand>")
        await scene.taken("imagine a fox --count 4")
        await scene.taken("imagine a fox --count 4")
        await machine(scene, chat).look()
        assert chat.titles == ["The budget is 80 % used"]
        await machine(scene, chat).look()
        assert len(chat.asked) == 1


async def test_two_machines_tell_once(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.10")) as scene:
        chat = Chat()
        machines = [machine(scene, chat) for _ in range(5)]
        await scene.told("budget set $0.40/hour --alerts <#brand>")
        await scene.taken("imagine a fox --count 4")
        await asyncio.gather(*(looks(each) for each in machines))
        assert [again for _, again in chat.asked] == [False]


async def test_who_dies_after_posting_is_followed_by_one_who_finds_it_there(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.10")) as scene:
        chat = Chat(fault=asyncio.CancelledError())  # pyright: ignore[reportArgumentType] - the process ends in the middle of a call
        await scene.told("budget set $0.40/day --alerts <#brand>")
        await scene.taken("imagine a fox --count 4")
        for _ in range(2):
            try:
                await machine(scene, chat).look()
            except asyncio.CancelledError:
                chat.fault = None
        assert len(chat.asked) == 1, "until the lease of the dead one ends"
        scene.passes(timedelta(seconds=61))
        await machine(scene, chat).look()
        assert [again for _, again in chat.asked] == [False, True]
        assert len(chat.posted) == 1
        scene.passes(timedelta(minutes=5))
        await machine(scene, chat).look()
        assert len(chat.asked) == 2


async def test_a_chat_that_is_down_is_tried_again_and_one_that_is_closed_is_not(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.10")) as scene:
        chat = Chat(fault=PlatformFault("down"), lands=False)
        alerts = machine(scene, chat)
        await scene.told("budget set $0.40/day --alerts <#brand>")
        await scene.taken("imagine a fox --count 4")
        await alerts.look()
        chat.fault, chat.lands = None, True
        await alerts.look()
        assert chat.titles == ["The budget is used up"]
        chat.fault, chat.lands = PlatformFault("archived", permanent=True), False
        await scene.told("budget set $0.41/day")
        await looks(alerts)
        await looks(alerts)
        assert len(chat.asked) == 3


async def test_nobody_is_told_where_no_channel_was_named(tmp_path: Path) -> None:
    async with open_scene(tmp_path, model("one", "0.10")) as scene:
        chat = Chat()
        await scene.told("budget set $0.40/day")
        await scene.taken("imagine a fox --count 4")
        await machine(scene, chat).look()
        assert chat.asked == []
        await scene.told("budget set --alerts <#brand>")
        await machine(scene, chat).look()
        assert len(chat.asked) == 1
