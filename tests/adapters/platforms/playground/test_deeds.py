"""What people do in a tab, and what the hub hears of it."""

import asyncio
from pathlib import Path

from adapters.platforms.playground import Playground
from bot.model import Action, Message, Origin, Picture
from tests.adapters.platforms.playground.stage import MENU, StageHub, open_stage, open_tab


async def test_a_command_reaches_the_hub_with_its_place_and_person(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "grace") as tab:
        assert (await tab.say("/imagine a red fox"))["job"] == "7kq2"
        [heard] = hub.heard
        assert (heard.line, heard.origin, heard.person.id) == ("imagine a red fox", Origin.COMMAND, "grace")
        assert (heard.place.channel, heard.place.thread, heard.person.zone) == ("general", None, "America/New_York")
        assert tab.items == {}


async def test_a_mention_in_a_thread_has_the_thread_as_its_place(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        await tab.say("a thought")
        root = (await tab.item("a thought"))["id"]
        await tab.say("@limner imagine a red fox", root=root)
        [heard] = hub.heard
        assert (heard.origin, heard.place.thread) == (Origin.MENTION, root)
        assert (await tab.item("imagine a red fox"))["root"] == root


async def test_the_same_event_is_taken_once_and_answered_twice(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground:
        async with open_tab(playground) as tab:
            first = await tab.say("/remix 7kq2", event="the same event")
        async with open_tab(playground) as tab:
            assert await tab.say("/remix 7kq2", event="the same event") == first
            assert first["form"]["title"] == "Remix 7kq2"
    assert len(hub.heard) == 1


async def test_an_event_sent_again_while_it_is_taken_is_taken_once(tmp_path: Path) -> None:
    hub = StageHub()
    hub.gate.clear()
    async with open_stage(tmp_path, hub=hub) as playground:
        async with open_tab(playground) as tab:
            await tab.send({"do": "say", "event": "the same event", "channel": "general", "text": "@limner say hello"})
            await tab.item("say hello")
        async with open_tab(playground) as tab:
            await tab.send({"do": "say", "event": "the same event", "channel": "general", "text": "@limner say hello"})
            hub.gate.set()
            await tab.frame("ack", event="the same event")
            await tab.until(lambda one: any(item["whisper"] for item in one.items.values()))
            assert len((await tab.load())["items"]) == 2
    assert len(hub.heard) == 1


async def test_a_deed_goes_on_when_its_tab_closes(tmp_path: Path) -> None:
    hub = StageHub()
    hub.gate.clear()
    async with open_stage(tmp_path, hub=hub) as playground:
        async with open_tab(playground) as tab:
            await tab.send({"do": "say", "event": "one event", "channel": "general", "text": "@limner say hello"})
            await tab.item("say hello")
        hub.gate.set()
        async with open_tab(playground, since=0) as tab:
            await tab.until(lambda one: any(item["whisper"] for item in one.items.values()))


async def test_two_people_may_use_the_same_event_name(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "ada") as ada, open_tab(playground, "grace") as grace:
        await ada.say("/imagine one", event="the same event")
        await grace.say("/imagine two", event="the same event")
    assert [heard.line for heard in hub.heard] == ["imagine one", "imagine two"]


async def test_a_reaction_taken_back_and_set_again_has_the_same_key(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        post = await playground.post(playground.cast.channels["general"].place(), Message(text="card"), key="card")
        for on in (True, False, True):
            await tab.do(do="react", post=post.id, emoji="2️⃣", on=on)
        [heard] = hub.heard
        assert (heard.origin, heard.emoji, heard.post) == (Origin.REACTION, "2️⃣", post)
        assert (await tab.until(lambda one: one.items[post.id] if one.items[post.id]["reactions"] else {}))["reactions"] == {"2️⃣": ["ada"]}


async def test_a_reaction_to_a_person_is_none_of_the_hubs_business(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        await tab.say("a thought")
        item = await tab.item("a thought")
        await tab.do(do="react", post=item["id"], emoji="👍", on=True)
        assert hub.heard == []


async def test_a_button_says_its_line_with_the_message_it_sits_on(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        place = playground.cast.channels["general"].place()
        card = await playground.post(place, Message(text="card"), key="card")
        thread = await playground.open_thread(card, "card")
        post = await playground.post(thread, Message(text="done", actions=(Action(label="Again", line="again 7kq2"),)), key="result")
        await tab.do(do="press", post=post.id, line="again 7kq2")
        [heard] = hub.heard
        assert (heard.origin, heard.line, heard.post, heard.place) == (Origin.BUTTON, "again 7kq2", post, thread)


async def test_a_form_comes_back_filled_and_says_which_fields_are_empty(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        answer = await tab.do(do="submit", channel="general", line="remix 7kq2", options={"prompt": " a blue fox ", "style": ""})
        assert answer["job"] == "7kq2"
        [heard] = hub.heard
        assert (heard.origin, heard.line, heard.options) == (Origin.FORM, "remix 7kq2", {"prompt": "a blue fox", "style": ""})


async def test_a_correction_is_shown_in_the_form_and_not_in_the_channel(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        answer = await tab.do(do="submit", channel="general", line="remix 7kq2", options={"prompt": "nothing"})
        assert answer["whisper"]["title"] == "I did not understand that"
        assert answer["field"] == "prompt"
        assert (await tab.load())["items"] == []


async def test_a_broken_hub_is_a_sentence_and_ends_nothing(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        assert (await tab.say("/break"))["problem"].startswith("Something broke")
        assert "problem" not in await tab.say("/imagine a red fox")
        assert playground.ready


async def test_a_direct_conversation_is_closed_to_others(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "grace") as tab:
        assert "not one of yours" in (await tab.say("/imagine a fox", channel="dm-ada"))["problem"]
        assert (await tab.load("dm-ada"))["items"] == []
        assert hub.heard == []


async def test_a_whisper_can_be_put_away_by_its_reader_alone(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground, "ada") as ada, open_tab(playground, "grace") as grace:
        await ada.say("/say a secret")
        item = await ada.item("a secret")
        await grace.do(do="dismiss", post=item["id"])
        assert [one["id"] for one in (await ada.load())["items"]] == [item["id"]]
        await ada.do(do="dismiss", post=item["id"])
        assert (await ada.load())["items"] == []
        await ada.until(lambda one: one.items[item["id"]]["gone"])
        assert grace.items == {}


async def test_values_are_completed_by_the_hub(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        await tab.send({"do": "complete", "ask": 7, "channel": "general", "command": "imagine", "option": "ar", "typed": "1"})
        assert (await tab.frame("values", ask=7))["values"] == ["1:1", "16:9"]


async def test_a_burst_from_one_tab_is_taken_whole(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        await asyncio.gather(*(tab.say(f"/imagine fox {number}") for number in range(60)))
    assert len(hub.heard) == 60


async def test_pictures_come_with_addresses_and_keys_stay_inside(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as playground, open_tab(playground) as tab:
        picture = Picture(key="images/a.webp", original="images/a.png", alt="a fox", width=16, height=9, index=2)
        place = playground.cast.channels["general"].place()
        post = await playground.post(place, Message(text="done", pictures=(picture,), job="7kq2"), key="result")
        [shown] = (await tab.item("done"))["content"]["pictures"]
        assert shown["address"].startswith("/files/images/a.webp?expires=86400")
        assert shown["name"] == "limner-7kq2-2.png"
        await playground.edit(post, Message(text="done, all of it", pictures=(picture,), job="7kq2"))
        [again] = (await tab.item("all of it"))["content"]["pictures"]
        # An address that changed would make every browser load the picture again.
        assert again["address"] == shown["address"]


async def test_a_deed_that_comes_while_limner_stops_is_taken_by_the_next_run(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, run=False) as playground, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(playground.run(MENU, hub))
        await asyncio.sleep(0)
        async with open_tab(playground) as tab:
            hub.gate.clear()
            await tab.send({"do": "say", "event": "in the middle", "channel": "general", "text": "@limner imagine one"})
            await tab.item("imagine one")
            running.cancel()
            await asyncio.wait([running])
            await tab.send({"do": "say", "event": "after the end", "channel": "general", "text": "/imagine two"})
            await tab.load()
            assert not [frame for frame in tab.frames if frame["is"] == "ack"]
        hub.gate.set()
        running = tasks.create_task(playground.run(MENU, hub))
        await asyncio.sleep(0)
        async with open_tab(playground) as tab:
            await tab.say("@limner imagine one", event="in the middle")
            await tab.say("/imagine two", event="after the end")
            assert len((await tab.load())["items"]) == 1
        running.cancel()
    assert [heard.line for heard in hub.heard] == ["imagine one", "imagine two"]


async def picture(playground: Playground, body: bytes = b"\x89PNG\r\n\x1a\n and more") -> str:
    return (await playground._uploads.keep("ada", "fox.png", "image/png", body)).id  # pyright: ignore[reportPrivateUsage] - as the upload page does it


async def test_a_forms_picture_comes_along_as_an_attachment(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        file = await picture(playground)
        await tab.do(do="submit", channel="general", line="imagine", options={"prompt": "a fox"}, files=[file])
        assert [attachment.id for attachment in hub.heard[0].attachments] == [file]
        lost = await tab.do(do="submit", channel="general", line="imagine", options={"prompt": "a fox"}, files=["gone"])
        assert "not kept any more" in lost["problem"]


async def test_a_messages_words_go_into_a_form_with_its_picture(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "ada") as ada, open_tab(playground, "grace") as grace:
        file = await picture(playground)
        await ada.say("a fox at dusk", files=[file])
        item = await grace.item("a fox at dusk")
        answer = await grace.do(do="shortcut", post=item["id"], act="prompt")
        [heard] = hub.heard
        assert (heard.origin, heard.line, heard.options, heard.person.id) == (
            Origin.SHORTCUT,
            "imagine --form",
            {"prompt": "a fox at dusk"},
            "grace",
        )
        assert answer["form"]["title"] == "Remix 7kq2"
        assert answer["files"] == [{"id": file, "name": "fox.png"}]


async def test_variations_of_a_message_bring_its_picture_and_its_post(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground) as tab:
        file = await picture(playground)
        await tab.say("look at this", files=[file])
        item = await tab.item("look at this")
        await tab.do(do="shortcut", post=item["id"], act="vary")
        [heard] = hub.heard
        assert (heard.origin, heard.line, heard.options) == (Origin.SHORTCUT, "vary", None)
        assert [attachment.id for attachment in heard.attachments] == [file]
        assert heard.post is not None
        assert heard.post.id == item["id"]


async def test_a_whisper_to_somebody_else_has_no_menu(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "ada") as ada, open_tab(playground, "grace") as grace:
        await ada.say("/say a secret")
        item = await ada.item("a secret")
        assert "not one of yours" in (await grace.do(do="shortcut", post=item["id"], act="prompt"))["problem"]
    assert len(hub.heard) == 1


async def test_a_home_page_is_ones_own_and_its_pictures_have_addresses(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "grace") as tab:
        await tab.send({"do": "home", "ask": 5})
        first, last = (await tab.frame("home", ask=5))["sections"]
        assert first["actions"][0]["line"] == "say hello"
        assert last["pictures"][0]["address"].startswith("/files/images/a.webp")
        [(person, place)] = hub.homes
        assert (person, place.channel, place.direct) == ("grace", "dm-grace", True)


async def test_what_a_button_of_the_home_page_says_is_shown_there_and_kept_nowhere(tmp_path: Path) -> None:
    hub = StageHub()
    async with open_stage(tmp_path, hub=hub) as playground, open_tab(playground, "grace") as tab:
        answer = await tab.do(do="press", line="say hello")
        assert answer["whisper"]["text"] == "hello"
        assert (await tab.do(do="press", line="imagine a fox"))["job"] == "7kq2"
        assert (await tab.do(do="press", line="imagine --form"))["form"]["title"] == "Remix 7kq2"
        assert [(heard.origin, heard.place.channel, heard.post) for heard in hub.heard] == [(Origin.BUTTON, "dm-grace", None)] * 3
        assert (await tab.load("dm-grace"))["items"] == []
