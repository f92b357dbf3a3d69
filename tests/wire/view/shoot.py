"""The camera: opens a page in Chromium and writes what it shows as a PNG."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.browser.window import open_browser

DESK = (1440, 900)
PHONE = (390, 844)

__all__ = ["DESK", "PHONE", "open_browser", "open_page", "shoot"]


@asynccontextmanager
async def open_page(browser: Browser, drawn: str, *, size: tuple[int, int] = DESK, scale: float = 1) -> AsyncGenerator[Page]:
    """A page from its HTML, its pictures loaded. It may ask nobody for anything."""
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, device_scale_factor=scale)
    page = await context.new_page()
    await page.route("**/*", lambda route: route.abort())
    await page.set_content(drawn)
    await page.wait_for_function("Array.from(document.images).every((image) => image.complete)")
    try:
        yield page
    finally:
        await context.close()


async def shoot(browser: Browser, drawn: str, into: Path, *, size: tuple[int, int] = DESK, scale: float = 1, whole: bool = False) -> Path:
    """Write a PNG of the page; `whole` makes it as long as the page is."""
    into.parent.mkdir(parents=True, exist_ok=True)
    async with open_page(browser, drawn, size=size, scale=scale) as page:
        await page.screenshot(path=into, full_page=whole)
    return into
