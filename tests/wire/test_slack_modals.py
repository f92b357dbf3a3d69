"""Forms in Slack: opened within three seconds or by a button, corrected beside their fields, and never lost."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from adapters.platforms.slack import desk
from bot.model import Answer, Form, Origin, Tone
from bot.model import Field as Input
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import REMIX, Life, Oracle, open_life, whispered
from tests.wire.slack_posts import called


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        server.commands |= {"/settings", "/remix"}
        yield server


@pytest.fixture
async def life(slack: SlackServer, tmp_path: Path) -> AsyncGenerator[Life]:
    async with open_life(slack, tmp_path, Oracle(answers={"imagine": Answer(form=REMIX), "form": Answer(form=REMIX)})) as opened:
        yield opened


async def opened(life: Life) -> None:
    await life.slack.command("ada", "general", "/imagine")
    await life.form("ada")


async def test_a_command_opens_a_form(life: Life) -> None:
    await opened(life)
    (view,) = life.slack.views("ada")
    assert view.title == "Remix 3f2a"
    assert life.slack.ephemerals("ada") == []


async def test_a_sent_form_reaches_the_hub_with_what_was_filled_in(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = Answer(job="9k2m")
    delivery = await life.slack.submit("ada", life.slack.views("ada")[-1], {"Prompt": "a fox at night", "Seed": "7"})
    heard = await life.oracle.hears(2)
    assert (heard.line, heard.options, heard.origin) == ("remix 3f2a", {"prompt": "a fox at night", "seed": "7"}, Origin.FORM)
    assert heard.place.channel == life.slack.find_channel("general").id
    assert (delivery.failed, delivery.errors, life.slack.views("ada")) == ("", {}, [])


async def test_a_form_from_a_thread_goes_back_to_it(life: Life) -> None:
    root = (await life.slack.say("grace", "general", "a fox")).message
    assert root
    reply = (await life.slack.say("grace", "general", "a boat", thread_ts=root.ts)).message
    await life.slack.shortcut("ada", "use_as_prompt", reply)
    await life.slack.submit("ada", await life.form("ada"), {"Prompt": "a boat"})
    assert (await life.oracle.hears(2)).place.thread == root.ts


async def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = whispered("A seed is a whole number.", tone=Tone.WARNING, field="seed")
    view = life.slack.views("ada")[-1]
    delivery = await life.slack.submit("ada", view, {"Prompt": "a fox", "Seed": "7"})
    assert delivery.errors == {"field:seed": "A seed is a whole number."}
    assert life.slack.views("ada") == [view]
    life.oracle.answers["remix"] = Answer(job="9k2m")
    await life.slack.submit("ada", view, {"Prompt": "a fox", "Seed": "8"})
    assert life.slack.views("ada") == []
    assert life.slack.ephemerals("ada") == []


async def test_a_refusal_about_no_field_keeps_the_form_too(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = whispered("You have no images left.", tone=Tone.WARNING)
    delivery = await life.slack.submit("ada", life.slack.views("ada")[-1], {"Prompt": "a fox"})
    assert delivery.errors == {"field:prompt": "You have no images left."}


async def test_good_news_is_whispered_when_the_form_has_closed(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = whispered("Saved.", tone=Tone.GOOD)
    await life.slack.submit("ada", life.slack.views("ada")[-1], {"Prompt": "a fox"})
    assert (await life.sees("ada", "general")).text == "Saved."
    assert life.slack.views("ada") == []


async def test_a_form_may_lead_to_another(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = Answer(form=Form(title="Which one", line="vary 3f2a", fields=(Input(name="image", label="Image"),)))
    view = life.slack.views("ada")[-1]
    await life.slack.submit("ada", view, {"Prompt": "a fox"})
    assert view.title == "Which one"
    await life.slack.submit("ada", view, {"Image": "2"})
    assert (await life.oracle.hears(3)).line == "vary 3f2a"


async def test_a_slow_hub_is_not_waited_for_longer_than_slack_waits(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = whispered("A seed is a whole number.", tone=Tone.WARNING, field="seed")
    life.oracle.speaking.clear()
    delivery = await life.slack.submit("ada", life.slack.views("ada")[-1], {"Prompt": "a fox"})
    assert delivery.failed == ""
    assert desk.FORM_WAITS - 0.3 < (delivery.seconds or 0) < 2.9
    assert life.slack.views("ada") == []
    life.oracle.speaking.set()
    assert (await life.sees("ada", "general")).text == "A seed is a whole number."


async def test_an_answer_that_slack_does_not_get_is_whispered(life: Life) -> None:
    await opened(life)
    life.oracle.answers["remix"] = whispered("A seed is a whole number.", tone=Tone.WARNING, field="seed")
    life.oracle.speaking.clear()
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(life.slack.submit("ada", life.slack.views("ada")[-1], {"Prompt": "a fox"}))
        await life.oracle.hears(2)
        life.slack.break_socket()
        await life.slack.line.disconnected()
        # The app has to notice before it answers.
        await life.slack.connected()
        life.oracle.speaking.set()
    assert sending.result().failed
    assert (await life.sees("ada", "general")).text == "A seed is a whole number."


async def test_a_form_that_comes_too_late_waits_behind_a_button(life: Life) -> None:
    life.oracle.speaking.clear()
    await life.slack.command("ada", "general", "/imagine", "--form")
    await life.oracle.hears()
    life.slack.pass_time(4)
    life.oracle.speaking.set()
    whisper = await life.sees("ada", "general")
    assert life.slack.views("ada") == []
    await life.slack.press("ada", whisper, "Open the form")
    view = await life.form("ada")
    assert view.title == "Remix 3f2a"
    # The form was ready: the hub is not asked again.
    assert len(life.oracle.heard) == 1
    await life.slack.submit("ada", view, {"Prompt": "a fox"})
    assert (await life.oracle.hears(2)).place.channel == life.slack.find_channel("general").id


async def test_after_a_restart_the_button_of_a_late_form_asks_the_hub_again(life: Life, slack: SlackServer, tmp_path: Path) -> None:
    life.oracle.answers["remix"] = Answer(form=REMIX)
    # A mention opens nothing by itself.
    await slack.mention("ada", "general", "remix 3f2a")
    whisper = await life.sees("ada", "general")
    await life.stop()
    async with open_life(slack, tmp_path, Oracle(answers=life.oracle.answers)) as again:
        await slack.press("ada", whisper, "Open the form")
        heard = await again.oracle.hears()
        assert (heard.line, heard.origin) == ("remix 3f2a", Origin.BUTTON)
        assert (await again.form("ada")).title == "Remix 3f2a"


async def test_a_mention_that_leads_to_a_form_gives_a_button(life: Life) -> None:
    life.oracle.answers["remix"] = Answer(form=REMIX)
    await life.slack.mention("ada", "general", "remix 3f2a")
    assert (await life.sees("ada", "general")).labels == ["Open the form"]
    assert called(life.slack, "views.open") == []


async def test_a_form_that_slack_refuses_is_said_so(life: Life) -> None:
    life.slack.fail("views.open", "invalid_arguments")
    await life.slack.command("ada", "general", "/imagine")
    assert "cannot be opened" in (await life.sees("ada", "general")).text


async def test_a_file_in_a_form_comes_along(life: Life) -> None:
    life.oracle.answers["imagine"] = Answer(
        form=Form(
            title="Create", line="imagine", fields=(Input(name="picture", label="Picture", file=True), Input(name="prompt", label="Prompt"))
        )
    )
    await life.slack.command("ada", "general", "/imagine")
    await life.slack.submit("ada", await life.form("ada"), {"Prompt": "at night"}, files=[("fox.png", b"\x89PNG")])
    heard = await life.oracle.hears(2)
    assert ([one.name for one in heard.attachments], heard.options) == (["fox.png"], {"prompt": "at night"})
    assert await life.platform.fetch(heard.attachments[0]) == b"\x89PNG"


async def test_a_repeated_form_is_the_same_event(life: Life) -> None:
    await opened(life)
    delivery = await life.slack.submit("ada", life.slack.views("ada")[-1], {"Prompt": "a fox"})
    await life.slack.retry(delivery)
    await life.oracle.hears(3)
    assert life.oracle.heard[1].event == life.oracle.heard[2].event


def test_the_desk_leaves_slack_time_for_the_answer() -> None:
    assert desk.FORM_WAITS < 2.5 < desk.TRIGGER < 3
