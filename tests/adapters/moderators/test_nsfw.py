"""The local classifier: what follows from a probability, and that its library cannot stop the work."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.moderators.nsfw import PLUGIN, Classifier, Settings, is_installed
from bot.errors import SettingFault
from bot.model import Concern, Level, Person, Place
from bot.moderation import Panel

PLACE = Place(platform="p", workspace="w", channel="c")
CLUB = Place(platform="p", workspace="w", channel="c", age_restricted=True)


@pytest.mark.parametrize(
    ("probability", "level", "restricted"),
    [(0.2, Level.ALLOW, Level.ALLOW), (0.6, Level.REVIEW, Level.BLUR), (0.95, Level.BLOCK, Level.BLUR)],
)
async def test_a_probable_picture_is_looked_at_and_a_sure_one_is_refused(probability: float, level: Level, restricted: Level) -> None:
    with ThreadPoolExecutor(1) as pool:
        panel = Panel([Classifier(lambda _: probability, pool, least=0.5)])
        assert (await panel.image(PLACE, b"picture")).level is level
        assert (await panel.image(CLUB, b"picture")).level is restricted


async def test_a_library_that_stumbles_finds_nothing() -> None:
    def stumble(_: bytes) -> float:
        raise OSError("no picture")

    with ThreadPoolExecutor(1) as pool:
        assert await Classifier(stumble, pool, least=0.5).image(PLACE, b"?") == []


async def test_texts_are_not_its_affair() -> None:
    with ThreadPoolExecutor(1) as pool:
        found: list[Concern] = await Classifier(lambda _: 1.0, pool, least=0.5).prompt(
            Person(platform="p", workspace="w", id="u"), PLACE, "x"
        )
    assert found == []


@pytest.mark.skipif(is_installed(), reason="the extra is here")
async def test_without_its_packages_it_is_off_and_says_what_is_missing() -> None:
    assert not PLUGIN.configured(Settings.model_validate({}))
    with pytest.raises(SettingFault, match=r"limner\[nsfw\]"):
        async with PLUGIN.open(Settings.model_validate({}), None):  # pyright: ignore[reportArgumentType] - it asks nothing of its kit
            pass
