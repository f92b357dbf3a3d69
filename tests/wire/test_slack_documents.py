"""Files to download on Slack: beside a post, in the direct messages of whoever a whisper is for, else a link; and no empty promise."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.platforms.slack.posts import Posts
from bot.model import Answer, Content, Document, Message, Picture
from tests.flows.story import eventually
from tests.wire.slack.nouns import Message as Seen
from tests.wire.slack.server import SlackServer, open_slack
from tests.wire.slack_life import open_life
from tests.wire.slack_posts import Cabinet, open_posts, person_of, place_of

AUDIT = Document(key="exports/audit.csv", name="audit.csv", title="Audit of May", media_type="text/csv")
EXPORT = Message(text="Here is the audit.", title="Audit", body="12 acts in May.", documents=(AUDIT,))
TABLE = Content(body=b"who,what\ngrace,set\n", media_type="text/csv")
IN_DIRECT = "Audit of May is a file in your direct messages with me."


@pytest.fixture
async def slack() -> AsyncGenerator[SlackServer]:
    async with open_slack() as server:
        yield server


@pytest.fixture
def cabinet() -> Cabinet:
    return Cabinet(files={AUDIT.key: TABLE}, public_url="https://limner.example")


@pytest.fixture
async def posts(slack: SlackServer, cabinet: Cabinet, tmp_path: Path) -> AsyncGenerator[Posts]:
    async with open_posts(slack, cabinet, tmp_path) as opened:
        yield opened


def files(slack: SlackServer, messages: list[Seen]) -> list[tuple[str, str, bytes]]:
    """Names, titles and contents of the files in some messages."""
    found = [slack.files[file] for message in messages for file in message.files]
    return [(file.name, file.title, file.content or b"") for file in found]


async def test_a_whisper_puts_its_file_into_the_direct_messages_and_says_so(slack: SlackServer, posts: Posts) -> None:
    slack.file_polls = 0
    await posts.whisper(person_of(slack, "grace"), place_of(slack, "general"), EXPORT)
    (seen,) = slack.ephemerals("grace", "general")
    assert seen.text == f"Here is the audit. {IN_DIRECT}"
    assert IN_DIRECT in str(seen.blocks)
    direct = slack.direct_channel(slack.find_user("grace"))
    assert files(slack, slack.messages(direct)) == [("audit.csv", "Audit of May", TABLE.body)]
    assert files(slack, slack.messages("general")) == []


async def test_in_a_direct_conversation_and_after_a_post_the_file_lies_beside_the_words(slack: SlackServer, posts: Posts) -> None:
    slack.file_polls = 0
    await posts.whisper(person_of(slack, "grace"), place_of(slack, "@grace"), EXPORT)
    await posts.direct(person_of(slack, "grace"), place_of(slack, "general"), EXPORT)
    await posts.post(place_of(slack, "general"), EXPORT, key="audit")
    root = await posts.post(place_of(slack, "general"), Message(text="root"), key="root")
    thread = await posts.open_thread(root, "root")
    await posts.post(thread, EXPORT, key="reply")
    for where, root, many in (("@grace", None, 2), ("general", None, 1), ("general", thread.thread, 1)):
        messages = slack.messages(where, root)
        assert files(slack, messages) == [("audit.csv", "Audit of May", TABLE.body)] * many
        assert [message.text for message in messages if not message.files and message.text != "root"] == ["Here is the audit."] * many


@pytest.mark.parametrize(
    ("trouble", "says", "linked"),
    [
        ("disabled", "Audit of May cannot be shown here: File uploads are switched off in this workspace", True),
        ("no way", "Audit of May cannot be shown here: ", True),
        ("gone", "Audit of May cannot be shown here: it is not kept any more.", False),
        ("empty", "Audit of May cannot be shown here: it is empty.", False),
    ],
)
async def test_what_slack_does_not_take_has_a_link_or_a_reason(
    slack: SlackServer, posts: Posts, cabinet: Cabinet, trouble: str, says: str, *, linked: bool
) -> None:
    slack.team.files_disabled = trouble == "disabled"
    slack.team.scopes -= {"im:write"} if trouble == "no way" else set[str]()
    if trouble == "gone":
        cabinet.files.clear()
    elif trouble == "empty":
        cabinet.files[AUDIT.key] = replace(TABLE, body=b"")
    await posts.whisper(person_of(slack, "grace"), place_of(slack, "general"), EXPORT)
    (seen,) = slack.ephemerals("grace", "general")
    assert says in seen.text
    assert says in str(seen.blocks)
    assert ("https://limner.example/files/exports/audit.csv" in str(seen.blocks)) is linked


async def test_a_chart_in_a_whisper_is_shown_with_its_numbers(slack: SlackServer, posts: Posts, cabinet: Cabinet) -> None:
    chart = Picture(key=cabinet.keep("charts/may.png"), alt="Images by day: 3, 5, 8", width=64, height=48)
    await posts.whisper(person_of(slack, "grace"), place_of(slack, "general"), Message(text="May", body="May", pictures=(chart,)))
    (seen,) = slack.ephemerals("grace", "general")
    assert [image["alt_text"] for image in seen.images] == ["Images by day: 3, 5, 8"]


async def test_whoever_asks_where_the_bot_is_not_gets_picture_and_file_directly(tmp_path: Path, slack: SlackServer) -> None:
    cabinet = Cabinet(files={AUDIT.key: TABLE})
    chart = Picture(key=cabinet.keep("charts/may.png"), alt="Images by day: 3, 5, 8", width=64, height=48)
    slack.file_polls = 0
    async with open_life(slack, tmp_path, cabinet=cabinet) as life:
        life.oracle.answers["imagine"] = Answer(whisper=replace(EXPORT, pictures=(chart,)))
        await slack.command("grace", "closed", "/imagine", "x")

        async def there() -> bool:
            direct = slack.messages(slack.direct_channel(slack.find_user("grace")))
            return bool(files(slack, direct)) and any(message.images for message in direct)

        await eventually(there)
