"""A window: a real Chromium on a real process, and whatever it complained about."""

import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from tests.flows.process import Process, started

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (found := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="needs Chromium on the path")
DESK = (1440, 900)
PHONE = (390, 844)
PATIENCE = 20_000
"""Milliseconds after which a test gives up waiting."""
expect.set_options(timeout=PATIENCE)


@dataclass(kw_only=True)
class Window:
    """A page and the names of what is on it."""

    page: Page
    complaints: list[str] = field(default_factory=list[str])
    hosts: set[str] = field(default_factory=set[str])

    @property
    def composer(self) -> Locator:
        return self.page.locator("#room").get_by_role("textbox")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def cards(self) -> Locator:
        return self.page.locator("#room").get_by_role("article")

    @property
    def results(self) -> Locator:
        """The messages in the open thread that show finished pictures."""
        return self.thread.get_by_role("article").filter(has=self.page.get_by_role("link", name="Download image 1", include_hidden=True))

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def drawn(self, text: str, words: str) -> Locator:
        """Say it, and wait for the card's button that says `words`."""
        await self.say(text)
        button = self.page.locator("#room").get_by_role("button", name=words).last
        await expect(button).to_be_visible()
        return button


@asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def open_window(
    browser: Browser, process: Process, *, who: str = "ada", channel: str = "general", size: tuple[int, int] = DESK, dark: bool = False
) -> AsyncGenerator[Window]:
    """Somebody's own window on the playground. At its end, nothing may have been complained about or asked of another host."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    window = Window(page=page)
    # A dropped connection is reported by the browser itself; that it is mended is what tests look at.
    page.on("console", lambda said: window.complaints.append(said.text) if said.type == "error" and "ERR_CONN" not in said.text else None)
    page.on("pageerror", lambda error: window.complaints.append(str(error)))
    page.on("request", lambda request: window.hosts.add(urlsplit(request.url).hostname or ""))
    await page.goto(f"{process.address}/?as={who}#{channel}")
    await expect(window.composer).to_have_attribute("aria-label", "Message Limner" if channel.startswith("dm-") else f"Message #{channel}")
    await expect(page.locator(".welcome, .message").first).to_be_visible()
    yield window
    assert not window.complaints, window.complaints
    assert window.hosts <= {"127.0.0.1", ""}
    await context.close()


@asynccontextmanager
async def open_both(folder: Path, settings: Mapping[str, str] | None = None) -> AsyncGenerator[tuple[Browser, Process]]:
    """A browser and a process that draws small pictures, slowly enough to be watched."""
    said = {"SKETCH_PIXELS": "65536", "SKETCH_DELAY": "0.6", **(settings or {})}
    async with started(folder, **said) as process, open_browser() as browser:
        yield browser, process
