"""What a message is to a browser."""

from datetime import UTC, datetime, timedelta

from adapters.platforms.playground.cast import Cast
from adapters.platforms.playground.history import Entry
from adapters.platforms.playground.outbound import Writer, menu_json, message_json, results
from bot.errors import StoreFault
from bot.model import Action, CommandSpec, Document, Message, Picture, Role, Tone
from tests.adapters.platforms.playground.stage import PUBLIC, StageFiles

PICTURE = Picture(key="shown/a.webp", original="images/a.png", alt="a fox", width=16, height=9, spoiler=True)
PREVIEW = Picture(key="previews/a.webp", alt="so far", width=16, height=9)


def entry(*pictures: Picture) -> Entry:
    content = message_json(Message(text="done", pictures=pictures, job="7kq2"))
    return Entry(
        number=1,
        change=1,
        channel="general",
        root=None,
        author="limner",
        audience=None,
        content=content,
        thread=None,
        gone=False,
        created="2026-01-01T00:00:00.000+00:00",
        edited=None,
    )


def test_only_what_is_said_is_kept_and_pictures_keep_their_keys() -> None:
    action = Action(label="Delete", line="delete 7kq2", confirm="Really?")
    kept = message_json(Message(text="done", actions=(action,), tone=Tone.GOOD, pictures=(PICTURE,)))
    assert set(kept) == {"text", "actions", "tone", "pictures"}
    assert kept["pictures"][0]["key"] == "shown/a.webp"
    assert kept["actions"][0]["confirm"] == "Really?"


async def test_a_document_has_an_address_to_save_it_from_and_says_when_it_is_gone() -> None:
    files = StageFiles()
    document = Document(key="export/audit.csv", name="audit.csv", title="Audit of May", media_type="text/csv")
    kept = message_json(Message(text="Here it is.", documents=(document,)))
    assert "/files/" not in str(kept)
    [shown] = (await Writer(files.link, lambda: datetime.now(UTC), PUBLIC).show(kept))["documents"]
    assert (shown["name"], shown["title"]) == ("audit.csv", "Audit of May")
    assert shown["address"].startswith("/files/export/audit.csv?")
    assert "download=audit.csv" in shown["address"]

    async def broken(key: str, *, expires: timedelta, download: str = "") -> str:
        raise StoreFault(f"{key} {expires} {download}")

    [lost] = (await Writer(broken, lambda: datetime.now(UTC), PUBLIC).show(kept))["documents"]
    assert lost["address"] == ""


def test_progress_is_between_nothing_and_all() -> None:
    assert message_json(Message(text="", progress=0.0))["progress"] == 0
    assert message_json(Message(text="", progress=1.7))["progress"] == 1
    assert "progress" not in message_json(Message(text=""))


def test_a_preview_is_no_result() -> None:
    assert results(Message(text="", pictures=(PICTURE, PREVIEW))) == 1


async def test_an_address_stays_for_hours_and_is_renewed_long_before_it_ends() -> None:
    files, now = StageFiles(), [datetime(2026, 1, 1, tzinfo=UTC)]
    writer = Writer(files.link, lambda: now[0], PUBLIC)

    async def address() -> str:
        return (await writer.write(entry(PICTURE)))["content"]["pictures"][0]["address"]

    first = await address()
    now[0] += timedelta(hours=5)
    assert await address() == first
    now[0] += timedelta(hours=2)
    assert await address() != first


async def test_a_picture_that_is_gone_leaves_its_card() -> None:
    async def broken(key: str, *, expires: timedelta, download: str = "") -> str:
        raise StoreFault(f"{key} {expires} {download}")

    [shown] = (await Writer(broken, lambda: datetime.now(UTC), PUBLIC).write(entry(PREVIEW)))["content"]["pictures"]
    assert (shown["address"], shown["download"], shown["alt"]) == ("", "", "so far")


def test_the_menu_leaves_out_what_only_buttons_say_and_what_one_may_not() -> None:
    specs = {
        spec.name: spec
        for spec in (
            CommandSpec(name="imagine", about="", role=Role.MEMBER),
            CommandSpec(name="keep", about="", hidden=True),
            CommandSpec(name="budget", about="", role=Role.ADMIN),
        )
    }
    people = Cast().players
    assert [spec["name"] for spec in menu_json(specs, people["grace"].person)] == ["imagine"]
    assert [spec["name"] for spec in menu_json(specs, people["ada"].person)] == ["imagine", "budget"]
