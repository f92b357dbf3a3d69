"""What depends on who one is, in Chromium: the review channel, groups and channels to choose from, files that only one person gets."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.model import Document, Message, Picture
from tests.adapters.platforms.playground.stage import open_stage
from tests.browser.window import in_one_loop, needs_browser, open_house, open_window

pytestmark = [pytest.mark.browser, needs_browser, in_one_loop]


async def prepare(folder: Path) -> None:
    """A held picture in #review, and a whisper with a file for Maya, before anything is started."""
    (folder / "playground").mkdir()
    async with open_stage(folder / "playground", run=False) as playground:
        review = playground.cast.channels["review"].place()
        covered = Picture(key="images/gone.webp", alt="AI-generated image: a duel", width=64, height=48, spoiler=True)
        held = Message(text="Held", title="Waits for review", body="<@grace> of <@&design> asks in <#brand>.", pictures=(covered,))
        await playground.post(review, held, key="held")
        paper = Document(key=f"exports/2026/11/{'0' * 64}.bin", name="audit.csv", title="Audit of May", media_type="text/csv")
        await playground.whisper(playground.cast.players["maya"].person, review, Message(text="Your export.", documents=(paper,)))


async def test_reviewers_have_a_channel_of_their_own_and_names_are_offered_by_sign(tmp_path: Path, browser: Browser) -> None:
    await prepare(tmp_path)
    async with open_house(tmp_path) as house, open_window(browser, house, who="maya", channel="review") as maya:
        page = maya.page
        card = maya.cards.filter(has_text="Waits for review")
        await expect(card.locator(".card-body .mention")).to_have_text(["@Grace", "@design", "#brand"])
        await expect(card.get_by_role("button", name="Hidden image 1, show it")).to_be_visible()
        link = page.get_by_role("note").get_by_role("link", name=re.compile("Audit of May"))
        await expect(link).to_have_attribute("download", "audit.csv")
        await expect(page.get_by_role("button", name="#review, reviewers only")).to_be_visible()
        options = page.get_by_role("option")
        await maya.composer.fill("hello @des")
        await expect(options).to_have_text([re.compile("design.*Grace, Linus")])
        await maya.composer.press("Enter")
        await maya.composer.press_sequentially("in #bra")
        await expect(options).to_have_text([re.compile("brand.*Campaigns")])
        await maya.composer.press("Enter")
        await maya.composer.press("Enter")
        said = page.get_by_role("group", name=re.compile("^Maya"))
        await expect(said.locator(".mention")).to_have_text(["@design", "#brand"])
        await expect(said.locator(".role-badge")).to_have_text("reviewer")
        # Somebody who may not look in is somewhere else at once.
        await page.get_by_role("button", name="Acting as Maya").click()
        await page.get_by_role("menuitemradio", name=re.compile("Grace")).click()
        await expect(page.get_by_role("button", name="#general")).to_have_attribute("aria-current", "page")
        await expect(page.get_by_role("button", name=re.compile("#review"))).to_have_count(0)
        await page.get_by_role("button", name="Acting as Grace").click()
        await page.get_by_role("menuitemradio", name=re.compile("Ada")).click()
        await expect(page.get_by_role("button", name=re.compile("#review"))).to_be_visible()
