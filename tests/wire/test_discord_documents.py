"""Files to download on Discord: attached to posts and whispers where they fit, else linked, and never left out in silence."""

import pytest

from bot.model import Answer, Content, Document, Message, Picture
from tests.wire.discord.server import open_discord
from tests.wire.discord_life import open_scene
from tests.wire.discord_sender import RESULT, open_sender

AUDIT = Document(key="export/audit.csv", name="audit of may.csv", title="Audit of May", media_type="text/csv")
TABLE = Content(body=b"who,what\ngrace,set\n", media_type="text/csv")


def message(*documents: Document) -> Message:
    return Message(text="Here is the audit.", body="Here is the audit.", documents=documents)


async def test_a_whisper_brings_its_file_and_its_chart_to_one_person_alone() -> None:
    async with open_discord() as server, open_scene(server=server) as scene:
        scene.shelf.files[AUDIT.key] = TABLE
        chart = Picture(key=scene.shelf.keep("chart.png"), alt="Images by day: 3, 5, 8", width=64, height=64)
        scene.hub.says(Answer(whisper=Message(text="May", body="May", pictures=(chart,), documents=(AUDIT,))))
        said = await server.slash("grace", "general", "help")
        seen = await scene.seen(lambda: said.message if said.message and not said.message.loading else None)
        assert seen.only_for is server.user("grace")
        assert [(each.filename, each.content) for each in seen.shown if each.filename.endswith(".csv")] == [
            ("audit_of_may.csv", TABLE.body)
        ]
        assert [each.description for each in seen.shown] == ["Images by day: 3, 5, 8", "Audit of May"]


async def test_a_post_carries_its_files_beside_its_pictures() -> None:
    async with open_sender() as sender:
        sender.shelf.files[AUDIT.key] = TABLE
        posted = await sender.posts.post(sender.place(), message(AUDIT, AUDIT), key=RESULT)
        assert [each.filename for each in sender.seen(posted).shown] == ["audit_of_may.csv", "2-audit_of_may.csv"]
        assert sender.seen(posted).attachments[1].content == TABLE.body


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (11 * 1024 * 1024, "Audit of May has 11,264 KB, more than fits here: [download it](https://limner.example/files/export/audit.csv"),
        (0, "Audit of May is empty"),
        (None, "Audit of May is not kept any more."),
    ],
)
async def test_what_cannot_be_attached_is_said_with_a_way_to_it(size: int | None, says: str) -> None:
    async with open_sender() as sender:
        if size is not None:
            sender.shelf.files[AUDIT.key] = Content(body=b"x" * size, media_type="text/csv")
        posted = await sender.posts.post(sender.place(), message(AUDIT), key=RESULT)
        assert sender.seen(posted).attachments == []
        assert says in sender.seen(posted).text
