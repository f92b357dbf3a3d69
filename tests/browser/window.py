"""A window: a real Chromium on a Limner, and whatever it complained about."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from bot import config
from bot.app import open_app
from tests.flows.process import House
from tests.flows.story import environment

BROWSER = next((found for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (found := shutil.which(name))), None)
needs_browser = pytest.mark.skipif(BROWSER is None, reason="needs Chromium on the path")
in_one_loop = pytest.mark.asyncio(loop_scope="session")
"""For tests that share a browser, which belongs to one event loop."""
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """Chromium, which starts once a session, when first asked for; every window has its own cookies and its own cache."""
    async with open_browser() as opened:
        yield opened


@asynccontextmanager
async def open_window(
    browser: Browser, house: House, *, who: str = "ada", channel: str = "general", size: tuple[int, int] = DESK, dark: bool = False
) -> AsyncGenerator[Window]:
    """Somebody's own window on the playground. At its end, nothing may have been complained about or asked of another host."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=size == PHONE,
        is_mobile=size == PHONE,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    try:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        window = Window(page=page)
        # A dropped connection is reported by the browser itself; that it is mended is what tests look at.
        page.on(
            "console", lambda said: window.complaints.append(said.text) if said.type == "error" and "ERR_CONN" not in said.text else None
        )
        page.on("pageerror", lambda error: window.complaints.append(str(error)))
        page.on("request", lambda request: window.hosts.add(urlsplit(request.url).hostname or ""))
        await page.goto(f"{house.address}/?as={who}#{channel}")
        await expect(window.composer).to_have_attribute(
            "aria-label", "Message Limner" if channel.startswith("dm-") else f"Message #{channel}"
        )
        await expect(page.locator(".welcome, .message").first).to_be_visible()
        yield window
        assert not window.complaints, window.complaints
        assert window.hosts <= {"127.0.0.1", ""}
    finally:
        await context.close()


@asynccontextmanager
async def open_house(folder: Path, settings: Mapping[str, str] | None = None) -> AsyncGenerator[House]:
    """The assembled app on a folder with its server, drawing slowly enough to be watched."""
    said = {**environment(folder), "SKETCH_DELAY": "0.6", "BOT_GRACE": "0", **(settings or {})}
    async with open_app(config.load(config.BotSettings, "bot", said), said) as app, asyncio.TaskGroup() as group:
        stop, started = asyncio.Event(), asyncio.Event()
        group.create_task(app.run(stop, started=started.set))
        await started.wait()
        assert app.server
        yield House(port=int(app.server.address.rsplit(":", 1)[1]))
        stop.set()
