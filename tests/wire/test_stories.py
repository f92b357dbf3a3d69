"""Whole stories on Slack and on Discord: a person asks, sees a card, gets pictures in its thread, and does things with them."""

from pathlib import Path

import pytest

from bot.model import Operation, State
from tests.bench.easel import png
from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.story import open_story


async def test_images_arrive_in_the_cards_thread_with_alt_text_seed_and_line_to_copy(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a red fox in the snow", ar="16:9", count=2, seed=42)
        card, result = await story.card(job.id), await story.shown(job.id)
        assert "a red fox in the snow" in card.text
        assert "2 images in the thread" in card.text
        assert result.thread == (card.id if chat.name == "slack" else str(card.raw.thread.id))
        assert len(result.alts) == 2
        assert all("a red fox in the snow" in alt for alt in result.alts)
        assert "seed 42" in result.text
        assert "/imagine a red fox in the snow --ar 16:9 --count 2 --seed 42" in result.text
        assert "Rerun: exact" in result.text
        assert {*result.labels} >= {"Vary 1", "Upscale 2", "Again", "Same", "Remix", "Details", "Delete"}
        assert [message.id for message in chat.messages()] == [card.id]


@pytest.mark.slow
async def test_every_button_of_a_result_does_what_it_says(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a harbour at dusk", count=2, seed=7)
        result = await story.shown(job.id)
        for label, operation in (
            ("Vary 2", Operation.VARY),
            ("Upscale 1", Operation.UPSCALE),
            ("Again", Operation.DRAW),
            ("Same", Operation.DRAW),
        ):
            known = await story.known()
            assert not (await chat.press("ivy", result, label)).failed
            begun = await story.done(await story.job(known))
            assert (begun.request.operation, begun.person.id) == (operation, chat.person("ivy").id), label
            assert (begun.seed == 7) is (label in {"Same", "Upscale 1"}), label
            assert (await story.shown(begun.id)).alts
        assert not (await chat.press("ivy", result, "Details")).failed
        details = await story.whispered("ivy", "Prompt", "a harbour at dusk")
        assert job.id in details.text


async def test_remix_opens_a_filled_form_and_draws_what_was_changed(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a castle on a rock", seed=9)
        known = await story.known()
        await chat.press("ivy", await story.shown(job.id), "Remix")
        form = await story.form("ivy")
        assert form.values["Prompt"] == "a castle on a rock"
        assert not (await chat.submit("ivy", form, {"Prompt": "a castle at night"})).failed
        remixed = await story.done(await story.job(known))
        assert (remixed.request.prompt, remixed.seed, remixed.person.id) == ("a castle at night", 9, chat.person("ivy").id)


async def test_a_mistake_in_a_form_is_said_and_what_was_typed_is_not_lost(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a castle on a rock", seed=9)
        known = await story.known()
        await chat.press("ada", await story.shown(job.id), "Remix")
        form = await story.form("ada")
        deed = await chat.submit("ada", form, {"Prompt": "a castle at dawn", "Images": "many"})
        if chat.name == "slack":
            assert any("many" in sentence for sentence in deed.raw.errors.values())
            form = await story.form("ada")
        else:
            whisper = await story.whispered("ada", "many")
            await chat.press("ada", whisper, "Correct it")
            form = await story.form("ada")
            assert form.values["Prompt"] == "a castle at dawn"
        assert await story.known() == known
        await chat.submit("ada", form, {"Prompt": "a castle at dawn", "Images": "2"})
        remixed = await story.done(await story.job(known))
        assert (remixed.request.prompt, len(remixed.images)) == ("a castle at dawn", 2)


async def test_a_deleted_result_is_gone_and_only_its_owner_may_delete_it(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a tower in the fog", "ivy")
        await chat.press("ada", await story.shown(job.id), "Delete")
        await story.whispered("ada", "Only")
        assert (await story.shown(job.id)).alts
        await chat.press("ivy", await story.shown(job.id), "Delete")

        async def gone() -> bool:
            return not (await story.shown(job.id)).alts and not (await story.card(job.id)).alts

        await eventually(gone)
        assert "deleted" in (await story.shown(job.id)).text


async def test_who_runs_the_place_may_delete_what_others_made(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a tower in the fog")
        await chat.press("grace", await story.shown(job.id), "Delete")

        async def gone() -> bool:
            return "deleted" in (await story.shown(job.id)).text

        await eventually(gone)


@pytest.mark.slow
async def test_the_one_who_reacts_pays_and_the_same_reaction_makes_one_job(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a quiet harbour", count=2)
        known = await story.known()
        deed = await chat.react("ivy", await story.shown(job.id), "2️⃣")
        varied = await story.done(await story.job(known))
        assert (varied.request.operation, varied.person.id) == (Operation.VARY, chat.person("ivy").id)
        assert varied.parent
        assert (varied.parent.job, varied.parent.index) == (job.id, 2)
        await chat.again(deed)
        await chat.react("ivy", await story.shown(job.id), "🔁")
        rerun = await story.done(await story.job({*known, varied.id}))
        assert rerun.person.id == chat.person("ivy").id
        assert await story.known() == {*known, varied.id, rerun.id}


async def test_reactions_keep_rate_report_and_bring_the_details(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a windmill by the sea")
        result = await story.shown(job.id)
        for emoji in ("⭐", "👍"):
            await chat.react("ivy", result, emoji)
        await chat.react("ivy", result, "✉️")
        (details,) = await story.sees(lambda: [one for one in chat.directs("ivy") if "a windmill by the sea" in one.text])
        assert job.id in details.text

        async def marked(*kinds: str) -> bool:
            return set(kinds) <= set(await story.app.store.marks(job.id))

        # A report may hide the picture, and what is hidden is neither kept nor rated: so it comes last.
        await eventually(lambda: marked("keep", "up"))
        await chat.react("ivy", result, "🚩")
        await eventually(lambda: marked("keep", "up", "report"))


async def test_a_cross_by_the_owner_takes_a_waiting_job_back(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, SKETCH_DELAY="60") as story:
        await chat.command("ivy", "imagine", prompt="a slow boat to nowhere")
        job = await story.until(await story.job(), State.SUBMITTED)
        card = (await story.sees(chat.messages))[0]
        await chat.react("ada", card, "❌")
        await story.whispered("ada", "Only")
        await chat.react("ivy", card, "❌")
        cancelled = await story.done(job.id, State.CANCELLED)
        assert "Cancelled" in (await story.card(cancelled.id)).text


async def test_a_mention_works_like_the_command_and_in_a_thread_the_result_stays_there(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.mention("ada", "imagine a bridge of stone")
        first = await story.done(await story.job())
        result = await story.shown(first.id)
        known = await story.known()
        await chat.mention("ivy", "imagine a bridge of glass", under=result)
        second = await story.done(await story.job(known))
        assert second.request.prompt == "a bridge of glass"
        assert {(await story.card(second.id)).thread, (await story.shown(second.id)).thread} == {result.thread}


async def test_a_direct_message_works_like_the_command(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.direct("ada", "imagine a small boat")
        job = await story.done(await story.job())
        assert job.place.direct
        assert job.request.prompt == "a small boat"
        shown = await story.shown(job.id)
        assert "a small boat" in shown.alts[0]
        assert shown.id in {message.id for message in chat.directs("ada")}


async def test_a_picture_in_a_direct_message_is_where_the_drawing_starts(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.direct("ada", "imagine a boat at night", files={"boat.png": png(64)})
        job = await story.done(await story.job())
        assert job.request.operation is Operation.EDIT


async def test_words_of_a_message_become_a_prompt(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        message = await chat.say("grace", "a lighthouse & <its> keeper")
        await chat.shortcut("ada", "Use as prompt", message)
        form = await story.form("ada")
        assert form.values["Prompt"] == "a lighthouse & <its> keeper"
        await chat.submit("ada", form, {})
        job = await story.done(await story.job())
        assert job.request.prompt == "a lighthouse & <its> keeper"
        assert not chat.pings


@pytest.mark.slow
async def test_variations_are_made_of_our_pictures_and_of_foreign_ones(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a fountain")
        known = await story.known()
        await chat.shortcut("ivy", "Make variations", await story.shown(job.id))
        ours = await story.done(await story.job(known))
        assert ours.parent
        assert ours.parent.job == job.id
        known = await story.known()
        foreign = await chat.say("grace", "look at this", files={"fox.png": png(96)})
        await chat.shortcut("ivy", "Make variations", foreign)
        theirs = await story.done(await story.job(known))
        assert theirs.parent is None
        assert theirs.request.operation is Operation.VARY


async def test_a_form_takes_a_file(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        deed = await chat.create("ada")
        assert not deed.failed
        form = await story.form("ada")
        await chat.submit("ada", form, {"Prompt": "a boat under the moon"}, files={"boat.png": png(64)})
        job = await story.done(await story.job())
        assert (job.request.operation, job.request.prompt) == (Operation.EDIT, "a boat under the moon")
        assert (await story.shown(job.id)).alts


async def test_a_channel_may_have_its_results_in_the_channel_itself(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.command("grace", "settings", results="channel")
        await story.whispered("grace", "channel")
        job = await story.draw("a market square")
        result = await story.shown(job.id)
        assert result.thread is None
        assert "below" in (await story.card(job.id)).text


async def test_settings_are_a_form_for_admins_and_for_nobody_else(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.command("grace", "settings")
        form = await story.form("grace")
        await chat.submit("grace", form, {"Images go into": "channel"})
        await story.whispered("grace", "channel")
        await chat.command("ada", "settings", results="thread")
        await story.whispered("ada", "admin")
        job = await story.draw("a market square")
        assert (await story.shown(job.id)).thread is None


async def test_a_quota_is_shown_to_members_and_set_by_admins(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        await chat.command("ada", "quota")
        await story.whispered("ada", "quota")
        await chat.command("ivy", "quota", act="set", who=chat.mention_of("ada"), amount="1/day")
        await story.whispered("ivy", "admin")
        await chat.command("grace", "quota", act="set", who=chat.mention_of("ada"), amount="1/day")
        await story.whispered("grace", "1")
        await story.draw("a first picture")
        known = await story.known()
        await chat.command("ada", "imagine", prompt="a second picture")
        await story.whispered("ada", "quota")
        assert await story.known() == known


async def test_what_was_asked_in_private_stays_there(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        job = await story.draw("a secret garden", "ivy", channel=chat.private)
        assert job.place.private
        await chat.command("ada", "show", job=job.id)
        await story.whispered("ada", "no job")


async def test_a_person_has_the_name_and_language_that_the_chat_gives(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        who = "ada" if chat.name == "slack" else "ivy"
        job = await story.draw("a cuckoo clock", who)
        assert (job.person.name.lower(), job.person.language.partition("-")[0]) == (who, "de")
        assert who in (await story.card(job.id)).text.lower()


@pytest.mark.slow
async def test_the_same_thing_delivered_again_makes_no_second_job(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat) as story:
        deeds = [
            await chat.command("ada", "imagine", prompt="a first boat"),
            await chat.mention("ada", "imagine a second boat"),
            await chat.direct("ada", "imagine a third boat"),
        ]
        await story.jobs(3)
        for deed in deeds:
            await chat.again(deed)
        await story.quiet()
        first = next(job.id for job in await story.app.store.recent() if job.request.prompt == "a first boat")
        result = await story.shown(first)
        pressed = await chat.press("ivy", result, "Again")
        await story.jobs(4)
        await chat.again(pressed)
        await chat.command("ada", "imagine", prompt="the last boat")
        await story.jobs(5)
        await story.quiet()
        assert len(await story.known()) == 5
