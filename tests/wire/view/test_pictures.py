"""The README's pictures can be drawn again at any time."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser

from tests.browser.window import in_one_loop, needs_browser
from tests.wire.view.pictures import picture_discord, picture_slack


@pytest.mark.slow
@pytest.mark.browser
@needs_browser
@in_one_loop
@pytest.mark.parametrize("draw", [picture_slack, picture_discord])
async def test_a_picture_of_a_card_and_its_thread_is_sharp_and_small_enough_for_a_readme(
    tmp_path: Path, browser: Browser, draw: Callable[[Browser, Path], Awaitable[None]]
) -> None:
    file = tmp_path / "picture.png"
    await draw(browser, file)
    with Image.open(file) as picture:
        assert picture.width == 1600
    assert file.stat().st_size < 600_000
