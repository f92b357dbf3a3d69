"""What only one of the chats has: Slack's home page, shared shortcuts and installs; Discord's completion and places without the bot."""

from pathlib import Path

import pytest

from bot.model import Operation, State
from tests.bench.easel import png
from tests.wire.discord_chat import open_discord_chat, shown
from tests.wire.slack_chat import SlackChat, open_slack_chat
from tests.wire.slack_chat import shown as seen
from tests.wire.story import open_story

OTHER = "T0OTHER"


async def test_slacks_home_page_shows_what_somebody_drew_and_its_buttons_work(tmp_path: Path) -> None:
    async with open_slack_chat() as chat, open_story(tmp_path, chat) as story:
        await story.draw("a red barn at noon")
        await chat.server.open_home("ada")
        home = await story.sees(lambda: chat.server.home("ada"))
        assert home
        assert "a red barn at noon" in str(home.blocks)
        known = await story.known()
        await chat.server.press("ada", home, "Create an image")
        await chat.submit("ada", await story.form("ada"), {"Prompt": "a blue barn at noon"})
        drawn = await story.done(await story.job(known))
        assert drawn.request.prompt == "a blue barn at noon"
        assert drawn.place.direct


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_workspace_installs_the_app_and_is_served_with_its_own_token(tmp_path: Path) -> None:
    async with open_slack_chat() as chat:
        server = chat.server
        settings = {"SLACK_CLIENT_ID": server.client_id, "SLACK_CLIENT_SECRET": server.client_secret, "SKETCH_DELAY": "1"}
        team = server.add_team(OTHER, installed=False)
        async with open_story(tmp_path, chat, serve=True, settings=settings) as story:
            assert story.app.server
            server.lose_reply("oauth.v2.access")
            status, page = await server.install(team, f"{story.app.server.address}/slack/install")
            assert (status, "again" in page) == (502, True)
            status, page = await server.install(team, f"{story.app.server.address}/slack/install")
            assert status == 200, page + story.log.text[-3000:]
            known = await story.known()
            await server.command("ada", "general", "/imagine", "a boat elsewhere", team=team)
            job = await story.done(await story.job(known))
            assert job.place.workspace == OTHER
            (card,) = server.messages("general", team=team)
            (result,) = server.messages("general", card.ts, team=team)
            assert len(result.images) == 1
            assert {call.team for call in server.calls if call.method == "chat.postMessage"} == {OTHER}
            await story.draw("a boat at home")
            story.discreet.append(team.bot_token)
            known = await story.known()
            await server.command("ada", "general", "/imagine", "a boat too late", team=team)
            late = await story.until(await story.job(known), State.SUBMITTED)
            await server.uninstall(team)
            assert (await story.until(late.id)).state is State.FAILED
            await story.draw("another boat at home")


async def test_a_stranger_in_a_shared_channel_has_a_quota_of_their_own(tmp_path: Path) -> None:
    async with open_slack_chat() as chat, open_story(tmp_path, chat) as story:
        await chat.mention("stranger", "imagine a fence between two gardens", "partners")
        job = await story.done(await story.job())
        assert job.person.workspace == "T0ELSEWHERE"
        assert job.place.workspace == chat.server.team.id


async def test_a_form_without_a_place_asks_where(tmp_path: Path) -> None:
    async with open_slack_chat() as chat, open_story(tmp_path, chat) as story:
        await chat.create("ada")
        form = await story.form("ada")
        await chat.submit("ada", form, {"Prompt": "a boat", "Where to draw it": chat.server.find_channel("secret").id})
        job = await story.done(await story.job())
        assert (job.place.channel, job.place.private) == (chat.server.find_channel("secret").id, True)


async def test_slack_is_told_that_a_private_channel_needs_an_invitation(tmp_path: Path) -> None:
    async with open_slack_chat() as chat, open_story(tmp_path, chat) as story:
        await chat.command("ada", "imagine", channel="closed", prompt="a key under the mat")
        told = await story.sees(lambda: _told(chat))
        assert any("invite" in text for text in told)
        await story.quiet()
        # The card may be refused before anything is drawn, or when it is: then the picture reached its person, if nobody else.
        [job] = await story.app.store.recent(limit=1)
        assert await story.used("ada") == len(job.images)


def _told(chat: SlackChat) -> list[str]:
    said = [seen(message).text for message in (*chat.server.ephemerals("ada"), *chat.server.messages("@ada"))]
    return [text for text in said if "invite" in text]


async def test_discord_completes_models_and_jobs_from_what_there_is(tmp_path: Path) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        job = await story.draw("a lamp on a desk")
        models = await chat.server.autocomplete("ada", "general", "imagine", "model", "ske", {"prompt": "a boat"})
        assert "sketch" in [choice["value"] for choice in models]
        jobs = await chat.server.autocomplete("ada", "general", "vary", "job", job.id[:2])
        assert [choice["value"] for choice in jobs] == [job.id]
        for typed in ("", "<@1>", "x" * 100):
            assert len(await chat.server.autocomplete("ada", "general", "imagine", "model", typed, {"prompt": "a boat"})) <= 25


async def test_who_brought_the_bot_along_is_served_where_it_is_no_member(tmp_path: Path) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        said = await chat.server.slash("ada", "far", "imagine", {"prompt": "a tent in the wild"}, by_user=True)
        job = await story.done(await story.job())
        assert not said.failed
        pictured = [shown(reply) for reply in said.replies if reply.pictures]
        assert pictured
        assert "a tent in the wild" in pictured[-1].alts[0]
        assert job.request.operation is Operation.DRAW


async def test_a_picture_is_an_option_of_the_command_on_discord(tmp_path: Path) -> None:
    async with open_discord_chat() as chat, open_story(tmp_path, chat) as story:
        job = await story.draw("a boat at night", image=png(64))
        assert job.request.operation is Operation.EDIT
