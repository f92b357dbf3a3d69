"""What tabs are told: everything that concerns them, once, in order, with no gap after a dropped connection."""

from pathlib import Path
from typing import Any

from bot.model import Message
from tests.adapters.platforms.playground.stage import StageHub, open_stage, open_tab


async def test_a_tab_that_comes_back_is_told_what_it_missed_and_nothing_else(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        place = playground.cast.channels["general"].place()
        async with open_tab(playground) as tab:
            card = await playground.post(place, Message(text="card"), key="card")
            await playground.post(place, Message(text="other"), key="other")
            await tab.item("other")
        await playground.edit(card, Message(text="card, done"))
        await playground.post(place, Message(text="while away"), key="away")
        async with open_tab(playground, since=tab.change) as back:
            await back.item("while away")
            assert [item["content"]["text"] for item in back.items.values()] == ["card, done", "while away"]


async def test_a_tab_that_missed_too_much_starts_afresh(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground:
        place = playground.cast.channels["general"].place()
        for number in range(401):
            await playground.post(place, Message(text=f"message {number}"), key=str(number))
        async with open_tab(playground, since=0) as tab:
            await tab.frame("reset")
            page = await tab.load()
            assert page["more"]
            assert [item["content"]["text"] for item in page["items"]][-1] == "message 400"
            older = await tab.load(before=page["items"][0]["number"])
            assert older["items"][-1]["number"] == page["items"][0]["number"] - 1


async def test_change_numbers_go_on_after_a_restart(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        place = playground.cast.channels["general"].place()
        await playground.post(place, Message(text="before"), key="before")
        await tab.item("before")
    async with open_stage(tmp_path) as playground:
        await playground.post(place, Message(text="after"), key="after")
        async with open_tab(playground, since=tab.change) as back:
            await back.item("after")
            assert len(back.items) == 1


async def test_a_whisper_is_told_to_its_reader_alone_and_survives(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground, "ada") as ada, open_tab(playground, "grace") as grace:
        await ada.say("/say a secret")
        assert (await ada.item("a secret"))["whisper"]
        await ada.say("in the open")
        await grace.item("in the open")
        assert len(grace.items) == 1
    async with open_stage(tmp_path) as playground, open_tab(playground, "ada") as ada:
        assert [item["content"]["text"] for item in (await ada.load())["items"]] == ["a secret", "in the open"]


async def test_the_last_fifty_whispers_of_a_channel_are_kept(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        for number in range(53):
            await tab.say(f"/say secret {number}")
        items = (await tab.load())["items"]
        assert len(items) == 50
        assert items[0]["content"]["text"] == "secret 3"


async def test_a_card_counts_the_pictures_and_replies_of_its_thread(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        place = playground.cast.channels["general"].place()
        card = await playground.post(place, Message(text="card"), key="card")
        thread = await playground.open_thread(card, "card")
        await playground.post(thread, Message(text="done"), key="result")
        await tab.say("lovely", root=card.id)
        await tab.until(lambda one: (one.items[card.id]["replies"] or {"count": 0})["count"] == 2)
        assert sorted(tab.items[card.id]["replies"]["authors"]) == ["ada", "limner"]


async def test_unread_messages_are_counted_until_they_are_read(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground, "ada") as ada:
        await ada.say("one")
        await ada.say("two")
        async with open_tab(playground, "grace") as grace:
            assert _unread(grace.frames[0]) == 2
            await grace.send({"do": "read", "channel": "general", "number": (await ada.item("one"))["number"]})
            await grace.load()
        async with open_tab(playground, "grace") as grace:
            assert _unread(grace.frames[0]) == 1
        async with open_tab(playground, "ada") as again:
            assert _unread(again.frames[0]) == 0


async def test_many_edits_are_told_as_the_newest_state(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        place = playground.cast.channels["general"].place()
        posts = [await playground.post(place, Message(text=f"card {number}"), key=str(number)) for number in range(50)]
        for percent in range(10):
            for post in posts:
                await playground.edit(post, Message(text=f"{post.id} at {percent}", progress=percent / 10))
        await tab.until(lambda one: len(one.items) == 50 and all(item["content"]["text"].endswith("at 9") for item in one.items.values()))
        told = sum(len(frame["items"]) for frame in tab.frames if frame["is"] == "messages")
        assert told < 550


async def test_a_frame_that_is_none_is_answered_with_a_sentence(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        await tab.send("{]")
        assert "reload" in (await tab.frame("problem"))["sentence"]
        await tab.send('{"do": "say", "event":"x')
        answer = await tab.say("x" * 12_001)
        assert "12,000" in answer["problem"]
        await tab.send("x" * 70_000)
        await tab.until(lambda one: any("too much at once" in frame.get("sentence", "") for frame in one.frames))
        assert "problem" not in await tab.say("y" * 12_000)


async def test_a_tab_is_asked_to_come_again_while_nothing_runs(tmp_path: Path) -> None:
    async with open_stage(tmp_path, run=False) as playground, open_tab(playground) as tab:
        assert tab.closed == 1013
        assert not playground.ready


def _unread(welcome: dict[str, Any]) -> int:
    counts: dict[str, int] = {channel["id"]: channel["unread"] for channel in welcome["channels"]}
    return counts["general"]


async def test_what_is_said_in_the_review_channel_reaches_reviewers_and_admins_alone(tmp_path: Path) -> None:
    async with (
        open_stage(tmp_path) as playground,
        open_tab(playground, "maya") as maya,
        open_tab(playground, "grace") as grace,
        open_tab(playground, "ada") as ada,
    ):
        channels = [{channel["id"] for channel in tab.frames[0]["channels"]} for tab in (maya, grace, ada)]
        assert ["review" in seen for seen in channels] == [True, False, True]
        await playground.post(playground.cast.channels["review"].place(), Message(text="Please look."), key="held")
        await playground.post(playground.cast.channels["general"].place(), Message(text="Hello."), key="hello")
        for tab in (maya, ada):
            await tab.item("Please look.")
        await grace.item("Hello.")
        assert not any("Please look." in item["content"]["text"] for item in grace.items.values())
        assert (await grace.load("review"))["items"] == []
        assert "not one of yours" in (await grace.say("hello", channel="review"))["problem"]
