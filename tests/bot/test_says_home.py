"""The home page keeps to what is there: the first picture that passed, and the very image that was kept."""

from datetime import UTC, datetime

from bot import says
from bot.model import Image, Job, Level, Person, Place, Report, Request, State, Use, Verdict, Window

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
QUOTA = says.quota_page(Report(uses=(Use(window=Window.DAY, used=3, amount=50, renews=NOON),)), of="Your quota", zone="")


def image(index: int, level: Level = Level.ALLOW) -> Image:
    return Image(
        index=index,
        key=f"key {index}",
        shown=f"shown {index}",
        thumbnail=f"small {index}",
        digest="",
        media_type="image/png",
        width=8,
        height=8,
        bytes=1,
        verdict=Verdict(level=level),
    )


def job(*images: Image) -> Job:
    return Job(
        id="7kq2mw9x",
        person=Person(platform="p", workspace="w", id="grace"),
        place=Place(platform="p", workspace="w", channel="c"),
        request=Request(prompt="a boat"),
        state=State.DELIVERED,
        provider="sketch",
        model="sketch",
        fitted=Request(prompt="a boat"),
        command="imagine",
        images=images,
        created=NOON,
        changed=NOON,
        deadline=NOON,
    )


def test_where_the_first_image_did_not_pass_the_next_one_stands_for_the_job() -> None:
    *_, last, _ = says.home(QUOTA, [job(image(2), image(3))], [], {})
    assert [picture.key for picture in last.pictures] == ["shown 2"]


def test_the_very_image_that_was_kept_is_shown() -> None:
    *_, kept = says.home(QUOTA, [], [(job(image(1), image(2)), 2)], {})
    assert [(picture.key, picture.title) for picture in kept.pictures] == [("shown 2", "7kq2mw9x · 2")]


def test_a_spoiler_stays_behind_its_cover_and_its_job_can_still_be_shown() -> None:
    *_, last, _ = says.home(QUOTA, [job(image(1, Level.BLUR))], [], {})
    assert last.pictures == ()
    assert [action.line for action in last.actions] == ["show 7kq2mw9x"]


def test_two_kept_images_of_a_job_have_one_button() -> None:
    one = job(image(1), image(2))
    *_, kept = says.home(QUOTA, [], [(one, 1), (one, 2)], {})
    assert len(kept.pictures) == 2
    assert len(kept.actions) == 1
