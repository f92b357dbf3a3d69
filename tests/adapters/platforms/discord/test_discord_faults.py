"""Refusals as sentences, the brake before the ban, the pace of edits, and whose files are fetched."""

import aiohttp
import discord
import pytest

from adapters.platforms.discord import downloads, faults
from adapters.platforms.discord.faults import Brake, DiscordFault
from adapters.platforms.discord.pace import PROGRESS, WINDOW, Pace
from bot.errors import PlatformFault
from bot.model import Attachment


class Reply:
    """An HTTP response, as far as discord.py's errors look at one."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status, self.reason, self.headers = status, "", headers


def refusal(status: int, code: int = 0, **headers: str) -> discord.HTTPException:
    return discord.HTTPException(Reply(status, **headers), {"code": code, "message": "no"})  # pyright: ignore[reportArgumentType] - a response


def brakes(brake: Brake) -> bool:
    try:
        brake.check()
    except PlatformFault:
        return True
    return False


@pytest.mark.parametrize(
    ("status", "code", "permanent", "says"),
    [
        (404, 10003, True, "channel"),
        (404, 10008, True, "message"),
        (404, 10062, True, "too long"),
        (429, 30046, False, "old messages"),
        (413, 40005, True, "too large"),
        (413, 0, True, "too large"),
        (400, 40060, True, "answered already"),
        (403, 50001, True, "View Channel"),
        (403, 50007, True, "direct messages"),
        (403, 50013, True, "permission"),
        (401, 50027, True, "15 minutes"),
        (400, 50035, True, "as it was"),
        (400, 50083, True, "archived"),
        (403, 160005, True, "locked"),
        (400, 160006, True, "open threads"),
        (400, 200000, True, "AutoMod"),
        (401, 0, False, "DISCORD_TOKEN"),
        (429, 0, False, "pause"),
        (503, 0, False, "does not answer"),
        (418, 99, True, "418"),
    ],
)
def test_each_refusal_is_a_sentence_that_says_what_to_do(status: int, code: int, permanent: bool, says: str) -> None:
    fault = faults.translate(refusal(status, code))
    assert says in fault.sentence
    assert fault.sentence.endswith(".")
    assert fault.permanent == permanent


@pytest.mark.parametrize(
    "error", [aiohttp.ServerDisconnectedError(), TimeoutError(), ConnectionResetError(), discord.RateLimited(60), RuntimeError()]
)
def test_what_passes_by_itself_is_tried_again(error: Exception) -> None:
    assert not faults.translate(error).permanent


def test_a_refused_token_stops_every_request() -> None:
    brake = Brake()
    brake.note(refusal(401))
    assert brakes(brake)


def test_an_interaction_that_ran_out_stops_nothing() -> None:
    brake = Brake()
    brake.note(refusal(401, 50027))
    assert not brakes(brake)


def test_a_ban_is_waited_out() -> None:
    now = 0.0
    brake = Brake(lambda: now)
    brake.note(refusal(429, 0, **{"Retry-After": "30"}))
    assert brakes(brake)
    now = 31.0
    assert not brakes(brake)
    brake.note(refusal(429, Via="1.1 google"))
    assert not brakes(brake)


def test_many_refusals_stop_requests_long_before_discord_does() -> None:
    now = 0.0
    brake = Brake(lambda: now)
    for _ in range(2000):
        assert not brakes(brake)
        brake.note(refusal(403, 50013))
    assert brakes(brake)
    now = 601.0
    assert not brakes(brake)


def test_progress_leaves_edits_for_what_matters() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    for _ in range(PROGRESS):
        assert pace.spares("one")
        with pace.edit("one"):
            assert not pace.spares("one")
            assert pace.spares("two")
    assert not pace.spares("one")
    now = WINDOW + 0.1
    assert pace.spares("one")


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.discordapp.com/attachments/1/2/a.png",
        "https://cdn.discordapp.com.evil.example/a.png",
        "https://evildiscordapp.com/a.png",
        "https://cdn.discordapp.com:8443/a.png",
        "https://user@cdn.discordapp.com/a.png",
        "https://cdn.discordapp.com:x/a.png",
        "https://[",
        "file:///etc/passwd",
        "https://169.254.169.254/latest",
        "",
    ],
)
async def test_a_file_is_fetched_from_discord_and_from_nowhere_else(address: str) -> None:
    assert not downloads.is_ours(address)
    with pytest.raises(DiscordFault) as fault:
        await downloads.download(Attachment(id=address, name="a.png", media_type="image/png", bytes=3))
    assert fault.value.permanent


def test_discords_own_hosts_are_known() -> None:
    assert downloads.is_ours("https://cdn.discordapp.com/ephemeral-attachments/1/2/a.png?ex=1&is=2&hm=3")
    assert downloads.is_ours("https://media.discordapp.net/attachments/1/2/a.png")


async def test_a_file_that_is_too_large_is_never_asked_for() -> None:
    large = Attachment(id="https://cdn.discordapp.com/a.png", name="a.png", media_type="image/png", bytes=25 * 1024 * 1024 + 1)
    with pytest.raises(DiscordFault, match="25 MB"):
        await downloads.download(large)
