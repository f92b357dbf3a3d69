"""Answers on Discord: acknowledged in time whatever the hub takes, and shown where only the person sees them."""

import asyncio

from adapters.platforms.discord import clerk
from bot.model import Action, Answer, CommandSpec, Field, Form, Invocation, Kind, Message, Option, Origin, Tone
from tests.wire.discord.interactions import DEFERRED, DEFERRED_UPDATE, MESSAGE, MODAL, UPDATE
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import Scene, Script, open_scene
from tests.wire.discord_sender import result

FORM = Form(
    title="Create an image",
    line="imagine",
    fields=(Field(name="prompt", label="Prompt", value="a boat", long=True), Field(name="image", label="Picture", file=True)),
)
REFUSED = Answer(whisper=Message(text="That is too many.", body="That is too many.", tone=Tone.WARNING))


def whispers(text: str) -> Answer:
    return Answer(whisper=Message(text=text, body=text))


async def card(scene: Scene, *actions: Action) -> None:
    """A message of ours in #general, with these buttons."""
    place = (await scene.heard())[0].place
    message = Message(text="card", body="card", actions=actions)
    await scene.platform.post(place, message, key="7kq2mw9x:card")


async def test_a_command_is_acknowledged_before_the_hub_has_answered() -> None:
    async with open_scene() as scene:
        scene.hub.hold = asyncio.Event()
        said = await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        assert (said.response, said.ephemeral) == (DEFERRED, True)
        assert said.seconds is not None
        assert said.seconds < 1
        scene.hub.says(whispers("You have none left."))
        scene.hub.hold.set()
        message = await scene.seen(lambda: said.message if said.message and not said.message.loading else None)
        assert message.text == "You have none left."
        assert message.only_for is scene.server.user("ada")


async def test_an_answer_that_is_only_a_job_leaves_nothing_behind() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(job="7kq2mw9x"))
        said = await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await scene.seen(lambda: said.original is not None and said.original.deleted)
        assert scene.server.ephemerals("ada") == []


async def test_a_command_that_may_open_a_form_opens_it_as_the_first_answer() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(form=FORM))
        said = await scene.server.slash("ada", "general", "imagine")
        assert said.response == MODAL
        assert said.modal is not None
        assert said.modal.title == "Create an image"
        assert said.modal.field("Prompt").value == "a boat"


async def test_a_form_that_comes_too_late_waits_behind_a_button() -> None:
    async with open_scene() as scene:
        scene.hub.hold = asyncio.Event()
        scene.hub.says(Answer(form=FORM))
        said = await scene.server.slash("ada", "general", "imagine")
        assert said.response == DEFERRED
        assert said.seconds is not None
        assert clerk.PATIENCE <= said.seconds < 2.5
        scene.hub.hold.set()
        message = await scene.seen(lambda: said.message if said.message and not said.message.loading else None)
        pressed = await scene.server.press("ada", message, "Open the form")
        assert pressed.modal is not None
        assert pressed.modal.field("Prompt").value == "a boat"
        assert len(scene.hub.heard) == 1


async def test_a_quick_whisper_is_the_first_answer() -> None:
    async with open_scene() as scene:
        scene.hub.says(whispers("Here is how."))
        said = await scene.server.slash("ada", "general", "help")
        assert (said.response, said.ephemeral, said.text) == (MESSAGE, True, "Here is how.")


async def test_a_whisper_with_pictures_shows_them_to_one_person() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(whisper=result(scene.shelf)))
        said = await scene.server.slash("ada", "general", "history")
        message = await scene.seen(lambda: said.message if said.message and not said.message.loading else None)
        assert len(message.pictures) == 2
        assert message.only_for is scene.server.user("ada")


async def test_typed_options_arrive_typed() -> None:
    async with open_scene() as scene:
        await scene.server.slash(
            "ada", "general", "imagine",
            {"prompt": "a boat", "count": 3, "guidance": 7.5, "model": "anything at all", "image": "fox.png"},
            attachments={"fox.png": b"\x89PNG picture"},
        )  # fmt: skip
        [invocation] = await scene.heard()
        assert (invocation.origin, invocation.line) == (Origin.COMMAND, "imagine")
        assert invocation.options == {"prompt": "a boat", "count": 3, "guidance": 7.5, "model": "anything at all"}
        assert [(each.name, each.media_type) for each in invocation.attachments] == [("fox.png", "image/png")]
        assert await scene.platform.fetch(invocation.attachments[0]) == b"\x89PNG picture"


async def test_a_mentioned_person_is_a_canonical_mention() -> None:
    greet = CommandSpec(name="greet", about="Greet", options=(Option(name="person", kind=Kind.PERSON, about="Whom"),))
    async with open_scene(menu=[greet]) as scene:
        ivy = scene.server.user("ivy")
        await scene.server.slash("grace", "general", "greet", {"person": ivy})
        [invocation] = await scene.heard()
        assert invocation.options == {"person": f"<@{ivy.id}>"}


async def test_an_option_is_completed_from_the_hub() -> None:
    async with open_scene() as scene:
        scene.hub.values = ["sketch", "sketch-2", "", "x" * 101, "sketch"]
        choices = await scene.server.autocomplete("ada", "general", "imagine", "model", "ske", {"prompt": "a boat"})
        assert [each["value"] for each in choices] == ["sketch", "sketch-2"]
        assert scene.hub.asked == [("imagine", "model", "ske")]


async def test_an_interaction_delivered_twice_is_asked_once() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await scene.heard()
        scene.server.replay()
        await scene.server.slash("ada", "general", "imagine", {"prompt": "another"})
        heard = await scene.heard(2)
        assert [(each.options or {})["prompt"] for each in heard] == ["a boat", "another"]


async def test_a_button_is_acknowledged_without_a_sign_and_its_refusal_whispered() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene, Action(label="Vary 1", line="vary 7kq2mw9x 1"))
        scene.hub.says(REFUSED)
        [message] = scene.server.messages("general")
        pressed = await scene.server.press("ivy", message, "Vary 1")
        assert pressed.response == DEFERRED_UPDATE
        [whisper] = await scene.seen(lambda: scene.server.ephemerals("ivy"))
        assert "That is too many." in whisper.text
        assert message.text == "card"
        invocation = scene.hub.heard[-1]
        assert (invocation.origin, invocation.line) == (Origin.BUTTON, "vary 7kq2mw9x 1")
        assert invocation.post is not None
        assert invocation.post.id == str(message.id)


async def test_a_button_that_must_be_confirmed_asks_first_and_is_about_the_message_it_sits_on() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene, Action(label="Delete", line="delete 7kq2mw9x", confirm="Delete them?"))
        [message] = scene.server.messages("general")
        asked = await scene.server.press("ada", message, "Delete")
        assert asked.ephemeral
        assert asked.message is not None
        assert len(scene.hub.heard) == 1
        scene.hub.says(whispers("They are gone."))
        await scene.server.press("ada", asked.message, "Yes, delete")
        await scene.seen(lambda: asked.message and asked.message.text == "They are gone.")
        assert asked.message.labels == []
        assert scene.hub.heard[-1].line == "delete 7kq2mw9x"
        assert scene.hub.heard[-1].post is not None
        assert scene.hub.heard[-1].post.id == str(message.id)


async def test_a_confirmed_deed_without_words_puts_the_question_away() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene, Action(label="Delete", line="delete 7kq2mw9x", confirm="Delete them?"))
        asked = await scene.server.press("ada", scene.server.messages("general")[0], "Delete")
        assert asked.message is not None
        scene.hub.says(Answer(job="7kq2mw9x"))
        await scene.server.press("ada", asked.message, "Yes, delete")
        await scene.seen(lambda: not scene.server.ephemerals("ada"))


async def test_a_no_does_nothing() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene, Action(label="Delete", line="delete 7kq2mw9x", confirm="Delete them?"))
        asked = await scene.server.press("ada", scene.server.messages("general")[0], "Delete")
        assert asked.message is not None
        answered = await scene.server.press("ada", asked.message, "No, leave it")
        assert answered.response == UPDATE
        assert asked.message.text == "Nothing was done."
        assert len(scene.hub.heard) == 1


async def test_a_page_that_one_person_sees_is_turned_in_its_place() -> None:
    async with open_scene() as scene:
        older = Action(label="Older", line="history --before 2026-01-31T12:00:00+00:00")
        scene.hub.says(Answer(whisper=Message(text="page 1", body="page 1", actions=(older,))))
        said = await scene.server.slash("ada", "general", "history")
        assert said.message is not None
        scene.hub.says(whispers("page 2"))
        await scene.server.press("ada", said.message, "Older")
        await scene.seen(lambda: said.message and said.message.text == "page 2")
        assert len(scene.server.ephemerals("ada")) == 1


async def test_a_deed_on_such_a_page_leaves_the_page() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(whisper=Message(text="details", body="details", actions=(Action(label="Keep", line="keep 7kq2mw9x"),))))
        said = await scene.server.slash("ada", "general", "show", {"job": "7kq2mw9x"})
        message = await scene.seen(lambda: said.message if said.message and not said.message.loading else None)
        scene.hub.says(whispers("Kept."))
        await scene.server.press("ada", message, "Keep")
        await scene.seen(lambda: len(scene.server.ephemerals("ada")) == 2)
        assert {each.text for each in scene.server.ephemerals("ada")} == {"details", "Kept."}


async def test_a_form_is_sent_with_its_fields_and_its_file() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(form=FORM))
        shown = await scene.server.slash("ada", "general", "imagine")
        scene.hub.says(Answer(job="7kq2mw9x"))
        sent = await scene.server.submit("ada", shown, {"Prompt": "a fox"}, files={"Picture": {"fox.png": b"picture"}})
        assert sent.response == DEFERRED
        invocation = (await scene.heard(2))[-1]
        assert (invocation.origin, invocation.line, invocation.options) == (Origin.FORM, "imagine", {"prompt": "a fox"})
        assert await scene.platform.fetch(invocation.attachments[0]) == b"picture"
        await scene.seen(lambda: sent.original is not None and sent.original.deleted)


async def test_a_form_with_a_mistake_can_be_opened_again_as_it_was_sent() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(form=FORM))
        shown = await scene.server.slash("ada", "general", "imagine")
        scene.hub.says(REFUSED)
        sent = await scene.server.submit("ada", shown, {"Prompt": "a fox and a hen"})
        message = await scene.seen(lambda: sent.message if sent.message and not sent.message.loading else None)
        assert "That is too many." in message.text
        again = await scene.server.press("ada", message, "Correct it")
        assert again.modal is not None
        assert again.modal.field("Prompt").value == "a fox and a hen"


async def test_a_form_from_a_button_is_about_the_message_it_came_from() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene, Action(label="Remix", line="remix 7kq2mw9x"))
        [message] = scene.server.messages("general")
        scene.hub.says(Answer(form=Form(title="Remix", line="remix 7kq2mw9x", fields=FORM.fields)))
        shown = await scene.server.press("ada", message, "Remix")
        assert shown.response == MODAL
        scene.hub.says(Answer(job="8kq2mw9x"))
        sent = await scene.server.submit("ada", shown, {"Prompt": "a fox"})
        assert sent.response == DEFERRED_UPDATE
        invocation = (await scene.heard(3))[-1]
        assert invocation.post is not None
        assert invocation.post.id == str(message.id)
        assert message.text == "card"


async def test_a_form_that_discord_cannot_hold_is_said() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(form=Form(title="Remix", line="remix " + "7" * 120, fields=FORM.fields)))
        said = await scene.server.slash("ada", "general", "imagine")
        assert "too long" in said.text


async def test_a_button_of_another_version_says_so() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene, Action(label="Vary 1", line="vary 7kq2mw9x 1"))
        pressed = await scene.server.press_blindly("ada", scene.server.messages("general")[0], "ig:v0:vary:1")
        assert "another version" in pressed.text
        assert len(scene.hub.heard) == 1


async def test_a_hub_that_breaks_is_told_to_the_person_and_costs_nobody_else() -> None:
    async def breaks(invocation: Invocation) -> Answer:
        if (invocation.options or {}).get("prompt") == "break":
            raise RuntimeError("broken")
        return whispers("fine")

    async with open_scene(hub=Script(answer=breaks)) as scene:
        first = await scene.server.slash("ada", "general", "imagine", {"prompt": "break"})
        await scene.seen(lambda: "Something broke" in first.text)
        second = await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await scene.seen(lambda: "fine" in second.text)


async def test_use_as_prompt_brings_the_words_of_a_message_that_the_bot_could_not_read() -> None:
    async with open_scene() as scene:
        message = await scene.server.say("ivy", "general", "a small boat at dawn")
        scene.hub.says(Answer(form=FORM))
        used = await scene.server.context_menu("ada", "Use as prompt", message)
        assert used.response == MODAL
        [invocation] = await scene.heard()
        assert (invocation.origin, invocation.line) == (Origin.SHORTCUT, "imagine --form")
        assert invocation.options == {"prompt": "a small boat at dawn"}


async def test_make_variations_brings_the_message_and_its_picture() -> None:
    async with open_scene() as scene:
        files = {"notes.txt": b"text", "fox.png": b"picture"}
        message = await scene.server.say("ivy", "general", "look", attachments=files)
        await scene.server.context_menu("ada", "Make variations", message)
        [invocation] = await scene.heard()
        assert (invocation.origin, invocation.line, invocation.options) == (Origin.SHORTCUT, "vary", None)
        assert invocation.post is not None
        assert invocation.post.id == str(message.id)
        assert [each.name for each in invocation.attachments] == ["fox.png"]
        assert await scene.platform.fetch(invocation.attachments[0]) == b"picture"


async def test_a_whisper_after_fifteen_minutes_goes_into_the_direct_conversation() -> None:
    async with open_scene() as scene:
        scene.hub.hold = asyncio.Event()
        scene.hub.says(whispers("It took a while."))
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await scene.heard()
        scene.server.skip_clock(16 * 60)
        scene.hub.hold.set()
        [message] = await scene.seen(lambda: scene.server.dms("ada"))
        assert "It took a while." in message.text


async def test_the_platforms_own_whisper_goes_through_the_last_interaction_and_else_into_the_direct_conversation() -> None:
    async with open_scene() as scene:
        await scene.server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        [invocation] = await scene.heard()
        await scene.platform.whisper(invocation.person, invocation.place, Message(text="only you", body="only you"))
        await scene.seen(lambda: "only you" in [each.text for each in scene.server.ephemerals("ada")])
        assert scene.server.dms("ada") == []
        scene.server.skip_clock(16 * 60)
        await scene.platform.whisper(invocation.person, invocation.place, Message(text="later", body="later"))
        assert "later" in scene.server.dms("ada")[0].text


async def test_something_to_keep_goes_into_the_direct_conversation() -> None:
    async with open_scene() as scene:
        scene.hub.says(Answer(whisper=Message(text="the details", body="the details"), lasting=True))
        await scene.server.slash("ada", "general", "show", {"job": "7kq2mw9x"})
        [message] = await scene.seen(lambda: scene.server.dms("ada"))
        assert "the details" in message.text
        await scene.seen(lambda: not scene.server.ephemerals("ada"))


async def test_what_the_bot_may_not_do_in_a_channel_is_named_before_anything_is_drawn() -> None:
    async with open_scene() as scene:
        for channel, name in (("no-sending", "Send Messages"), ("no-files", "Attach Files")):
            said = await scene.server.slash("ada", channel, "imagine", {"prompt": "a boat"})
            await scene.seen(lambda said=said, name=name: name in said.text)
        assert scene.hub.heard == []
        scene.hub.says(whispers("yours"))
        assert (await scene.server.slash("ada", "no-sending", "quota")).text == "yours"


async def test_an_acknowledgement_that_comes_too_late_asks_nothing() -> None:
    async with open_discord() as server, open_scene(server=server) as scene:
        server.fail("POST /interactions/*/*/callback", 404, code=10062)
        await server.slash("ada", "general", "imagine", {"prompt": "a boat"}, wait=False)
        await server.slash("ivy", "general", "imagine", {"prompt": "another"})
        [invocation] = await scene.heard()
        assert invocation.person.name == "Ivy"


async def test_an_acknowledgement_whose_answer_is_lost_still_counts() -> None:
    async with open_discord() as server, open_scene(server=server) as scene:
        server.lost_reply("POST /interactions/*/*/callback")
        scene.hub.says(whispers("here"))
        said = await server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await scene.seen(lambda: said.text == "here")


async def test_an_acknowledgement_does_not_wait_for_a_global_pause() -> None:
    async with open_discord() as server, open_scene(server=server) as scene:
        await server.slash("ada", "general", "imagine", {"prompt": "a boat"})
        await card(scene)
        server.rate_limit("POST /channels/*/messages", 4, scope="global")
        place = scene.hub.heard[0].place
        async with asyncio.TaskGroup() as group:
            posting = group.create_task(scene.platform.post(place, Message(text="x", body="x"), key="other"))
            await scene.seen(lambda: any(call.status == 429 for call in server.calls))
            said = await server.slash("ada", "general", "imagine", {"prompt": "more"})
            assert said.response == DEFERRED
            assert said.seconds is not None
            assert said.seconds < 1
            assert not posting.done()
