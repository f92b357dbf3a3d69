"""Slack's line: it comes back after every drop, is replaced before it ends, and is given up where a token is refused."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from adapters.platforms.slack import open_slack as open_platform
from bot.errors import PlatformFault, SettingFault
from bot.model import Tone
from tests.flows.story import eventually
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import Life, Oracle, open_life, settings_of, whispered
from tests.wire.slack_posts import Cabinet


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        yield server


@pytest.fixture
async def life(slack: SlackServer, tmp_path: Path) -> AsyncGenerator[Life]:
    async with open_life(slack, tmp_path) as opened:
        yield opened


async def start(slack: SlackServer, folder: Path, **settings: object) -> None:
    """Run the platform until it gives up."""
    async with asyncio.timeout(20), open_platform(settings_of(slack, **settings), Cabinet().kit(folder)) as platform:
        await platform.run((), Oracle())


@pytest.mark.parametrize(
    ("settings", "variable"),
    [
        ({"bot_token": "xoxb-wrong"}, "SLACK_BOT_TOKEN"),
        ({"app_token": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"bot_token": None}, "SLACK_BOT_TOKEN"),
        ({"app_token": None}, "SLACK_APP_TOKEN"),
        ({"mode": "http"}, "SLACK_SIGNING_SECRET"),
    ],
)
async def test_a_token_that_is_wrong_or_missing_is_named(
    slack: SlackServer, tmp_path: Path, settings: dict[str, object], variable: str
) -> None:
    with pytest.raises(SettingFault, match=variable) as caught:
        await start(slack, tmp_path, **settings)
    assert "wrong" not in str(caught.value)


async def test_slack_that_cannot_be_reached_at_the_start_is_a_passing_fault(slack: SlackServer, tmp_path: Path) -> None:
    slack.crash("auth.test")
    with pytest.raises(PlatformFault) as caught:
        await start(slack, tmp_path)
    assert not caught.value.permanent
    slack.refuse_connections()
    with pytest.raises(PlatformFault):
        await start(slack, tmp_path)


async def test_a_line_that_breaks_off_is_opened_again(life: Life) -> None:
    assert life.platform.ready
    life.slack.break_socket()
    await life.slack.line.disconnected()
    await life.slack.connected()
    await life.slack.command("ada", "general", "/imagine", "a fox")
    await life.oracle.hears()
    assert life.platform.ready


async def test_without_a_line_the_platform_is_not_ready_and_keeps_trying(life: Life) -> None:
    life.slack.fail("apps.connections.open", "internal_error", times=3)
    life.slack.break_socket()

    async def down() -> bool:
        return not life.platform.ready

    await eventually(down)
    await life.slack.line.disconnected()
    await life.slack.connected()
    errors = [call.error for call in life.slack.calls if call.method == "apps.connections.open"]
    assert errors == ["", "internal_error", "internal_error", "internal_error", ""]


async def test_a_token_that_is_refused_later_ends_the_platform(slack: SlackServer, tmp_path: Path) -> None:
    async with open_platform(settings_of(slack), Cabinet().kit(tmp_path)) as platform, asyncio.TaskGroup() as tasks:

        async def run() -> None:
            with pytest.raises(SettingFault, match="SLACK_APP_TOKEN"):
                await platform.run((), Oracle())

        tasks.create_task(run())
        await slack.connected()
        slack.fail("apps.connections.open", "invalid_auth")
        slack.break_socket()
    assert not platform.ready


async def test_a_new_line_is_there_before_the_old_one_ends(life: Life) -> None:
    await life.slack.disconnect("warning")
    await life.slack.connected(2)
    assert life.platform.ready
    for number in range(4):
        # Slack gives each payload to any one of the lines.
        assert not (await life.slack.command("ada", "general", "/imagine", f"fox {number}")).failed
    await life.oracle.hears(4)


async def test_a_line_that_slack_asks_to_renew_is_renewed_before_it_ends(life: Life) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(life.slack.disconnect("refresh_requested"))
        await life.slack.connected(2)
        life.slack.break_socket()
    await life.slack.connected()
    assert not (await life.slack.command("ada", "general", "/imagine", "a fox")).failed


async def test_an_answer_outlives_the_line_that_its_question_came_by(life: Life) -> None:
    life.oracle.answers["imagine"] = whispered("You have no images left.", tone=Tone.WARNING)
    life.oracle.speaking.clear()
    await life.slack.command("ada", "general", "/imagine", "a fox")
    await life.oracle.hears()
    life.slack.break_socket()
    await life.slack.line.disconnected()
    life.oracle.speaking.set()
    assert (await life.sees("ada")).text == "You have no images left."


async def test_what_is_under_way_is_answered_before_the_platform_ends(life: Life) -> None:
    life.oracle.answers["imagine"] = whispered("Taken.")
    life.oracle.speaking.clear()
    await life.slack.command("ada", "general", "/imagine", "a fox")
    await life.oracle.hears()
    life.task.cancel()
    await life.slack.line.disconnected()
    life.oracle.speaking.set()
    await asyncio.wait({life.task})
    assert [message.text for message in life.slack.ephemerals("ada")] == ["Taken."]


async def test_an_event_that_nobody_takes_comes_again(life: Life) -> None:
    desk, life.platform._listeners.desk = life.platform._listeners.desk, None  # pyright: ignore[reportPrivateUsage] - as between two runs
    life.slack.deadline, life.slack.retry_pauses = 0.3, (0.2, 0.2, 0.2)
    delivery = await life.slack.mention("ada", "general", "imagine a fox")
    assert delivery.failed
    life.platform._listeners.desk = desk  # pyright: ignore[reportPrivateUsage] - the same
    assert (await life.oracle.hears()).line == "imagine a fox"


async def test_whoever_types_while_nobody_takes_it_is_told(life: Life) -> None:
    desk, life.platform._listeners.desk = life.platform._listeners.desk, None  # pyright: ignore[reportPrivateUsage] - as between two runs
    delivery = await life.slack.command("ada", "general", "/imagine", "a fox")
    life.platform._listeners.desk = desk  # pyright: ignore[reportPrivateUsage] - the same
    assert delivery.message
    assert "try it in a minute" in delivery.message.text


async def test_a_desk_with_its_hands_full_loses_nothing_and_says_so(life: Life) -> None:
    desk = life.platform._listeners.desk  # pyright: ignore[reportPrivateUsage] - its hands are made small
    assert desk
    desk.most = 2
    life.oracle.speaking.clear()
    for number in range(2):
        assert (await life.slack.command("ada", "general", "/imagine", f"fox {number}")).ack is None
    told = await life.slack.command("ada", "general", "/imagine", "one too many")
    assert told.message
    assert "try it in a minute" in told.message.text
    life.slack.deadline, life.slack.retry_pauses = 0.3, (0.2, 0.2, 0.2)
    assert (await life.slack.mention("ada", "general", "imagine a boat")).failed
    life.oracle.speaking.set()
    await life.oracle.hears(3)
    assert [invocation.line for invocation in life.oracle.heard] == ["imagine fox 0", "imagine fox 1", "imagine a boat"]


async def test_a_revoked_token_ends_the_platform_with_a_sentence(slack: SlackServer, tmp_path: Path) -> None:
    async with open_platform(settings_of(slack), Cabinet().kit(tmp_path)) as platform, asyncio.TaskGroup() as tasks:

        async def run() -> str:
            with pytest.raises(SettingFault) as caught:
                await platform.run((), Oracle())
            return str(caught.value)

        running = tasks.create_task(run())
        await slack.connected()
        await slack.revoke_tokens()
    assert "SLACK_BOT_TOKEN" in running.result()
    assert slack.bot_token not in running.result()


async def test_a_revocation_that_comes_late_does_no_harm(life: Life) -> None:
    await life.slack.tell(life.slack.team, {"type": "tokens_revoked", "tokens": {"bot": ["U0LIMNERBOT"]}, "event_ts": "1.0"})
    await life.slack.command("ada", "general", "/imagine", "a fox")
    await life.oracle.hears()
    assert not life.task.done()


async def test_an_envelope_that_nobody_foresaw_ends_nothing(life: Life) -> None:
    life.slack.deadline = 0.3
    strange: list[dict[str, Any]] = [{}, {"type": "block_actions", "actions": "x"}, {"type": "event_callback", "event": []}, {"command": 5}]
    for payload in strange:
        await life.slack.send("interactive", payload)
    life.slack.deadline = 3.0
    await life.slack.command("ada", "general", "/imagine", "a fox")
    assert (await life.oracle.hears()).line == "imagine a fox"
