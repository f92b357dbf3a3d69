"""The home page in Chromium: how to begin, what is left, the last images, the favourites; whatever is drawn from there is followed."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.window import PHONE, Window, in_one_loop, needs_browser, open_house, open_window

pytestmark = [pytest.mark.browser, needs_browser, in_one_loop]


async def go_home(window: Window) -> None:
    await window.page.get_by_role("button", name="Home", exact=True).click()
    await expect(window.page.get_by_role("heading", name="Limner draws what you say")).to_be_visible()


def section(window: Window, name: str) -> Locator:
    return window.page.get_by_role("region", name=name, exact=True)


async def test_a_new_persons_page_shows_how_to_begin(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        page = window.page
        await window.say("/quota set everybody $2/week")
        await expect(page.get_by_role("note")).to_contain_text("Quotas changed")
        await go_home(window)
        await expect(section(window, "Your quota")).to_contain_text("$0.00 of $2.00 used")
        await expect(section(window, "Your quota").locator(".meter")).to_have_count(3)
        await expect(page.get_by_role("button", name="Home", exact=True)).to_have_attribute("aria-current", "page")
        await expect(section(window, "Your quota")).to_contain_text("0 of 50 images used")
        await expect(section(window, "Your last images")).to_contain_text("Nothing yet")
        await expect(section(window, "Your favourites")).to_contain_text("None yet")
        await expect(window.composer).to_have_count(0)
        await page.get_by_role("button", name="Create an image").click()
        await page.get_by_role("dialog").get_by_label("Prompt").fill("a small boat")
        await page.get_by_role("dialog").get_by_role("button", name="Draw").click()
        # What is drawn from here is watched where it lands: in one's own conversation.
        await expect(window.composer).to_have_attribute("aria-label", "Message Limner")
        await expect(window.cards).to_contain_text("a small boat")


async def test_last_images_and_favourites_lead_to_everything_about_a_job(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        page = window.page
        for line in ("/imagine a small boat", "/imagine a red fox --count 2"):
            await window.drawn(line, "image")
        await expect(window.cards.filter(has_text="Done")).to_have_count(2)
        await window.say("/history")
        job = await page.get_by_role("note").locator("dt").last.inner_text()
        await window.say(f"/keep {job}")
        await expect(page.get_by_role("note").filter(has_text="among your favourites")).to_be_visible()
        await go_home(window)
        last = section(window, "Your last images").get_by_role("button")
        await expect(last).to_have_count(2)
        await expect(last.first).to_contain_text("a red fox")
        for tile in await last.all():
            assert await tile.locator("img").evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
        await expect(section(window, "Your quota")).to_contain_text("3 of 50 images used")
        kept = section(window, "Your favourites").get_by_role("button")
        await expect(kept).to_have_count(1)
        await kept.focus()
        await page.keyboard.press("Enter")
        sheet = page.get_by_role("dialog", name=f"Job {job}")
        await expect(sheet).to_contain_text("Only visible to you")
        await page.keyboard.press("Escape")
        await expect(sheet).to_have_count(0)
        await expect(kept).to_be_focused()
        await kept.click()
        await sheet.get_by_role("button", name="Same", exact=True).click()
        await expect(sheet).to_have_count(0)
        await expect(window.cards.filter(has_text="a small boat")).to_be_visible()


async def test_a_sensitive_picture_keeps_its_cover_on_the_page(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, channel="after-dark") as window:
        await window.drawn("/imagine a nude figure study", "1 image, open thread")
        await go_home(window)
        tile = section(window, "Your last images").get_by_role("button", name=re.compile("sensitive"))
        await expect(tile).to_be_visible()
        await expect(tile.locator("img")).to_have_count(0)


async def test_the_page_is_found_by_its_address_and_belongs_to_who_acts(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        page = window.page
        await window.drawn("/imagine a small boat", "1 image, open thread")
        await go_home(window)
        await page.reload()
        await expect(section(window, "Your last images").get_by_role("button")).to_have_count(1)
        await page.get_by_role("button", name="Acting as Ada").click()
        await page.get_by_role("menuitemradio", name=re.compile("Maya")).click()
        await expect(section(window, "Your last images")).to_contain_text("Nothing yet")
        await page.get_by_role("button", name="#general").click()
        await expect(window.composer).to_be_visible()
        await expect(page.get_by_role("button", name="Home", exact=True)).not_to_have_attribute("aria-current", "page")


async def test_the_page_fits_a_phone_in_the_dark(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, size=PHONE, dark=True) as window:
        page = window.page
        await window.drawn("/imagine a small boat", "1 image, open thread")
        await page.get_by_role("button", name="Channels").tap()
        await page.get_by_role("button", name="Home", exact=True).tap()
        await expect(section(window, "Your last images").get_by_role("button")).to_have_count(1)
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert await page.locator(".home .scroller").evaluate("one => one.scrollWidth <= one.clientWidth")
        await section(window, "Your last images").get_by_role("button").tap()
        sheet = page.get_by_role("dialog")
        await expect(sheet.get_by_role("button", name="Again", exact=True)).to_be_visible()
        assert await sheet.evaluate("one => one.scrollWidth <= one.clientWidth")
