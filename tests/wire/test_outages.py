"""Outages: one chat is down, refuses the token or takes it away, and the other never notices; what is back is back by itself."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.app import App
from bot.model import State
from tests.flows.story import eventually
from tests.wire.chats import Chat
from tests.wire.discord_chat import DiscordChat, open_discord_chat
from tests.wire.process import started
from tests.wire.slack_chat import SlackChat, open_slack_chat
from tests.wire.story import Story, open_story

TOKENS = {
    "slack": {"SLACK_BOT_TOKEN": "xoxb-of-somebody-else"},
    "discord": {"DISCORD_TOKEN": "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.a-token-of-nobody-that-is-long"},
}
VARIABLES = {"slack": "SLACK_BOT_TOKEN", "discord": "DISCORD_TOKEN"}


@pytest.fixture
async def pair() -> AsyncGenerator[dict[str, Chat]]:
    async with open_slack_chat() as slack, open_discord_chat() as discord:
        yield {"slack": slack, "discord": discord}


@pytest.mark.parametrize("down", ["slack", "discord"])
async def test_one_chat_is_down_from_the_start_and_the_other_works(tmp_path: Path, pair: dict[str, Chat], down: str) -> None:
    up = other(down)
    pair[down].unplug(out=True)
    async with open_story(tmp_path, pair[up], pair[down], ready=False, serve=True) as story:
        await ready(story, up)
        await story.draw("a boat on a calm sea")
        assert await parts(story.app) == {up: True, down: False}
        pair[down].unplug(out=False)
        await ready(story, down)
        assert await parts(story.app) == {up: True, down: True}
        other_story = replace(story, chat=pair[down])
        await other_story.draw("a boat on another sea")


@pytest.mark.parametrize("refused", ["slack", "discord"])
async def test_a_refused_token_is_said_and_the_other_chat_works(tmp_path: Path, pair: dict[str, Chat], refused: str) -> None:
    up = other(refused)
    async with open_story(
        tmp_path, pair[up], pair[refused], ready=False, serve=True, expected=["platform off"], settings=TOKENS[refused]
    ) as story:
        await ready(story, up)
        await story.draw("a boat on a calm sea")
        assert await parts(story.app) == {up: True, refused: False}
        (line,) = [line for line in story.log.lines if line["event"] == "platform off"]
        assert line["platform"] == refused
        assert VARIABLES[refused] in line["reason"]
        story.discreet += TOKENS[refused].values()


async def test_a_bot_with_one_chat_and_a_refused_token_does_not_start(tmp_path: Path, chat: Chat) -> None:
    async with started(tmp_path, chat, wait=False, settings=TOKENS[chat.name]) as process:
        assert await process.process.wait() == 1
        said = process.log.read_text()
        assert VARIABLES[chat.name] in said
        assert "Traceback" not in said
        assert TOKENS[chat.name][VARIABLES[chat.name]] not in said


async def test_both_chats_come_back_after_a_drop(tmp_path: Path, pair: dict[str, Chat]) -> None:
    async with open_story(tmp_path, pair["slack"], pair["discord"], settings={"SKETCH_DELAY": "0.5"}) as story:
        stories = {name: replace(story, chat=chat) for name, chat in pair.items()}
        for number, (name, chat) in enumerate(pair.items(), start=1):
            await chat.command("ada", "imagine", prompt=f"asked before the drop, on {name}")
            await story.jobs(number)
        for chat in pair.values():
            chat.unplug(out=True)
        for name in pair:
            await dropped(story, name)
        for chat in pair.values():
            chat.unplug(out=False)
        for name in pair:
            await ready(story, name)
            await stories[name].draw(f"asked after the drop, on {name}")
        await story.quiet()
        for name, chat in pair.items():
            assert len([message for message in chat.messages() if "Done" in message.text]) == 2, name


async def test_a_line_that_breaks_again_and_again_loses_nothing(tmp_path: Path, chat: Chat) -> None:
    async with open_story(tmp_path, chat, settings={"SKETCH_DELAY": "0.3"}) as story:
        for number in range(3):
            deed = await chat.command("ada", "imagine", prompt=f"a boat before drop {number}")
            assert not deed.failed
            await story.jobs(number + 1)
            await chat.cut()
            await dropped_and_back(story, chat.name)
        await story.quiet()
        assert len([message for message in chat.messages() if "Done" in message.text]) == 3


@pytest.mark.parametrize("revoked", ["slack", "discord"])
async def test_a_job_whose_token_is_revoked_is_kept_for_the_next_one_and_the_other_chat_works(
    tmp_path: Path, pair: dict[str, Chat], revoked: str
) -> None:
    up = other(revoked)
    async with open_story(
        tmp_path, pair[up], pair[revoked], serve=True, expected=["platform off"], settings={"SKETCH_DELAY": "1.5"}
    ) as story:
        await pair[revoked].command("ada", "imagine", prompt="a picture that waits")
        job = await story.until(await story.job(), State.SUBMITTED)
        (card,) = await story.sees(pair[revoked].messages)
        await pair[revoked].revoke()
        await dropped(story, revoked)
        await story.draw("a picture for everybody")
        await story.until(job.id, State.GENERATED)
        assert await parts(story.app) == {up: True, revoked: False}
        (line,) = [line for line in story.log.lines if line["event"] == "platform off"]
        assert VARIABLES[revoked] in line["reason"]
    pair[revoked].renew()
    async with open_story(tmp_path, pair[revoked]) as story:
        await story.done(job.id)
        assert (await story.card(job.id)).id == card.id
        result = await story.shown(job.id)
        assert [message.id for message in pair[revoked].messages(under=result.thread)] == [result.id]


@pytest.mark.parametrize(
    ("error", "words"),
    [("file_uploads_disabled", "upload"), ("missing_scope", "scope"), ("is_archived", "archived")],
)
async def test_what_slack_does_not_let_happen_is_said_by_its_name(tmp_path: Path, error: str, words: str) -> None:
    async with open_slack_chat() as chat, open_story(tmp_path, chat, settings={"SKETCH_DELAY": "1"}) as story:
        await chat.command("ada", "imagine", prompt="a picture that cannot come")
        job = await story.job()
        await story.sees(chat.messages)
        if error == "file_uploads_disabled":
            chat.server.disable_file_uploads()
        elif error == "missing_scope":
            chat.server.team.scopes -= {"files:write"}
        else:
            chat.server.archive("general")
        ended = await story.until(job)
        assert ended.state is State.FAILED
        assert ended.problem
        assert words in ended.problem.sentence
        told = await story.sees(lambda: [one for one in (*chat.whispers("ada"), *chat.directs("ada")) if words in one.text])
        assert "It counts toward your quota" in told[-1].text
        assert await story.used("ada") == 1


@pytest.mark.parametrize(("channel", "words"), [("no-sending", "Send Messages"), ("no-files", "Attach Files")])
async def test_what_the_bot_may_not_do_on_discord_is_named_before_anything_is_drawn(tmp_path: Path, channel: str, words: str) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        await chat.command("ada", "imagine", channel=channel, prompt="a picture that cannot come")
        await story.whispered("ada", words)
        assert await story.known() == set()


@pytest.mark.parametrize("channel", ["no-threads", "no-posts-in-threads"])
async def test_where_the_bot_may_make_no_thread_the_pictures_come_beside_the_card(tmp_path: Path, channel: str) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        job = await story.draw("a boat beside its card", channel=channel)
        result = await story.shown(job.id)
        assert (result.thread, len(result.alts)) == (None, 1)
        assert [message.id for message in chat.messages(channel)] == [(await story.card(job.id)).id, result.id]
        assert "below" in (await story.card(job.id)).text


async def test_in_an_age_restricted_channel_more_is_drawn_and_covered(tmp_path: Path) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        await chat.command("ada", "imagine", prompt="a nude figure study")
        await story.whispered("ada", "not")
        assert not [one for one in chat.messages() if "nude" in one.text]
        job = await story.draw("a nude figure study", channel="grown-ups")
        assert (await story.shown(job.id)).covered == (True,)
        assert not (await story.card(job.id)).alts


def other(name: str) -> str:
    return {"slack": "discord", "discord": "slack"}[name]


async def ready(story: Story, name: str) -> None:
    async def there() -> bool:
        return story.app.platforms[name].ready

    await eventually(there, within=40)


async def dropped(story: Story, name: str) -> None:
    async def gone() -> bool:
        return not story.app.platforms[name].ready

    await eventually(gone)


async def dropped_and_back(story: Story, name: str) -> None:
    chat = story.chat
    if isinstance(chat, SlackChat):
        await chat.server.connected()
    elif isinstance(chat, DiscordChat):

        async def back() -> bool:
            return len(chat.server.lines) == 1 and chat.server.lines[0].session is not None

        await eventually(back)
    await ready(story, name)


async def parts(app: App) -> dict[str, bool]:
    """What `/readyz` says of the chats."""
    assert app.server
    async with httpx.AsyncClient() as client:
        said = (await client.get(f"{app.server.address}/readyz")).json()
    assert said["ready"] is all(part == "ready" for part in said["parts"].values())
    return {name: said["parts"][name] == "ready" for name in app.platforms}
