"""The story of a new user, in Chromium: type, watch, open the thread, react, remix, and lose nothing."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.browser.window import PHONE, in_one_loop, needs_browser, open_house, open_window
from tests.flows.process import started

pytestmark = [pytest.mark.browser, needs_browser, in_one_loop]
FOX = "/imagine a red fox in the snow --ar 16:9 --count 4 --seed 42"


async def test_the_first_picture_is_two_clicks_away(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.page.get_by_role("button", name="Try: /imagine a red fox in the snow").click()
        await window.page.locator("#room").get_by_role("button", name="Send").click()
        card = window.cards.filter(has_text="a red fox in the snow")
        await expect(card.get_by_role("progressbar")).to_be_visible()
        await expect(card.get_by_role("button", name="4 images, open thread")).to_be_visible()
        await expect(window.cards).to_have_count(1)


async def test_results_arrive_in_the_thread_with_everything_to_draw_them_again(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn(FOX, "4 images, open thread")
        # The thread opened by itself, and left the caret in the composer.
        await expect(window.thread).to_be_visible()
        await expect(window.composer).to_be_focused()
        result = window.results
        pictures = result.get_by_role("img", name=re.compile("image . of 4: a red fox in the snow"))
        await expect(pictures).to_have_count(4)
        for number in range(4):
            await expect(pictures.nth(number)).to_have_js_property("complete", value=True)
            assert await pictures.nth(number).evaluate("image => image.naturalWidth") > 0
        await expect(result).to_contain_text("seed 42")
        await expect(result).to_contain_text("Rerun: exact")
        await expect(result.locator("code")).to_have_text(re.compile(r"^/imagine a red fox in the snow .*--seed 42"))
        for name in ("Vary 1", "Vary 4", "Upscale 2", "Again", "Same", "Remix", "Details", "Delete"):
            await expect(result.get_by_role("button", name=name, exact=True)).to_be_visible()


async def test_a_reaction_starts_a_variation_once(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn(FOX, "4 images, open thread")
        result = window.results.first
        await result.get_by_role("button", name="Add a reaction").click()
        await window.page.get_by_role("dialog", name="Choose a reaction").get_by_role("button", name="Vary image 2").click()
        mine = result.get_by_role("button", name=re.compile("^2️⃣ 1, you"))
        await expect(mine).to_have_attribute("aria-pressed", "true")
        await expect(window.results).to_have_count(2)
        await expect(window.results.last).to_contain_text("image 2")
        # Taken back and set again, it is the same reaction.
        await mine.click()
        await expect(mine).to_have_count(0)
        await result.get_by_role("button", name="React with 2️⃣ to image 2").focus()
        await window.page.keyboard.press("Enter")
        await expect(mine).to_have_count(1)
        await window.say("/history")
        await expect(window.page.get_by_role("note").last).to_contain_text("Your jobs")
        await expect(window.thread.get_by_role("article").filter(has_text="Variation of")).to_have_count(1)


async def test_a_button_draws_again(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn("/imagine a small boat --seed 7", "1 image, open thread")
        await window.results.first.get_by_role("button", name="Same", exact=True).click()
        await expect(window.results).to_have_count(2)
        await expect(window.results.last).to_contain_text("seed 7")


async def test_remix_opens_a_filled_form_and_draws_what_was_changed(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn("/imagine a small boat --seed 7", "1 image, open thread")
        remix = window.results.first.get_by_role("button", name="Remix")
        await remix.click()
        form = window.page.get_by_role("dialog", name=re.compile("Remix"))
        await expect(form.get_by_label("Prompt")).to_have_value("a small boat")
        await expect(form.get_by_label("Seed")).to_have_value("7")
        await window.page.keyboard.press("Escape")
        await expect(form).to_have_count(0)
        await expect(remix).to_be_focused()
        await remix.click()
        await form.get_by_label("Prompt").fill("a large ship")
        await form.get_by_role("button", name="Draw").click()
        await expect(form).to_have_count(0)
        await expect(window.page.get_by_role("article").filter(has_text="a large ship").first).to_be_visible()


async def test_a_wrong_value_is_corrected_in_the_form_and_nothing_typed_is_lost(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn("/imagine a small boat --seed 7", "1 image, open thread")
        await window.results.first.get_by_role("button", name="Remix").click()
        form = window.page.get_by_role("dialog", name=re.compile("Remix"))
        await form.get_by_label("Images").fill("many")
        await form.get_by_role("button", name="Draw").click()
        await expect(form.get_by_label("Images")).to_have_attribute("aria-invalid", "true")
        await expect(form).to_contain_text("Images must be a number")
        await form.get_by_label("Images").fill("1")
        await form.get_by_label("Prompt").fill("a large ship")
        await form.get_by_label("Aspect ratio").fill("banana")
        await form.get_by_role("button", name="Draw").click()
        await expect(form.get_by_label("Aspect ratio")).to_have_attribute("aria-invalid", "true")
        await expect(form.get_by_label("Aspect ratio")).to_have_accessible_description(re.compile("banana"))
        await expect(form.get_by_label("Aspect ratio")).to_be_focused()
        await expect(form.get_by_label("Prompt")).to_have_value("a large ship")
        await expect(window.page.get_by_role("note").filter(has_text="banana")).to_have_count(0)


async def test_the_story_by_keyboard_alone(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        keys = window.page.keyboard
        await expect(window.composer).to_be_focused()
        await keys.type("/ima")
        await expect(window.page.get_by_role("option", name=re.compile("imagine"))).to_be_visible()
        await keys.press("Tab")
        await keys.type("a small boat --c")
        await keys.press("Tab")
        await expect(window.composer).to_have_value("/imagine a small boat --count ")
        await keys.type("2 --ar ")
        await expect(window.page.get_by_role("option", name="16:9")).to_be_visible()
        await keys.press("ArrowDown")
        await keys.press("Enter")
        await expect(window.composer).to_have_value("/imagine a small boat --count 2 --ar 16:9 ")
        await keys.press("Enter")
        replies = window.page.get_by_role("button", name="2 images, open thread")
        await expect(replies).to_be_visible()
        await replies.focus()
        await keys.press("Enter")
        await expect(window.thread.get_by_role("textbox", name="Reply in thread")).to_be_focused()
        await window.results.get_by_role("button", name=re.compile("Open image 1")).focus()
        await keys.press("Enter")
        viewer = window.page.get_by_role("dialog", name="Image viewer")
        await expect(viewer).to_contain_text("1 of 2")
        await keys.press("ArrowRight")
        await expect(viewer).to_contain_text("2 of 2")
        await keys.press("Escape")
        await expect(viewer).to_have_count(0)
        await expect(window.results.get_by_role("button", name=re.compile("Open image 1"))).to_be_focused()
        await keys.press("Escape")
        await expect(window.thread).to_have_count(0)
        await expect(replies).to_be_focused()
        await window.composer.focus()
        await keys.press("ArrowUp")
        await expect(window.composer).to_have_value("/imagine a small boat --count 2 --ar 16:9")


async def test_the_story_on_a_phone(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, size=PHONE) as window:
        page = window.page
        await page.get_by_role("button", name="Channels").tap()
        await page.get_by_role("button", name="#design").tap()
        await expect(window.composer).to_have_attribute("aria-label", "Message #design")
        await page.get_by_role("button", name="Try: /imagine a red fox").tap()
        await page.locator("#room").get_by_role("button", name="Send").tap()
        replies = page.locator("#room").get_by_role("button", name="4 images, open thread")
        await expect(replies).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        await replies.tap()
        await expect(window.thread).to_be_in_viewport()
        await expect(window.results.get_by_role("img", name=re.compile("image 4 of 4"))).to_be_attached()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        await window.thread.get_by_role("button", name="Close thread").tap()
        await expect(window.thread).to_have_count(0)


async def test_a_killed_process_loses_nothing_that_was_typed_or_drawn(tmp_path: Path, browser: Browser) -> None:
    settings = {"SKETCH_DELAY": "2"}
    async with started(tmp_path, **settings) as process:
        settings["BOT_HTTP_PORT"] = str(process.port)
        async with open_window(browser, process) as window:
            await window.say("/imagine a small boat")
            await expect(window.cards.get_by_role("progressbar")).to_be_visible()
            await process.kill()
            await expect(window.page.get_by_text("Reconnecting…")).to_be_visible()
            await window.say("typed while nobody was there")
            await expect(window.page.get_by_role("group").filter(has_text="typed while nobody")).to_have_count(0)
            async with started(tmp_path, **settings):
                await expect(window.page.get_by_text("Reconnecting…")).to_be_hidden()
                await expect(window.page.get_by_role("group").filter(has_text="typed while nobody")).to_have_count(1)
                await expect(window.page.get_by_role("button", name="1 image, open thread")).to_be_visible()
                await expect(window.cards).to_have_count(1)
                await window.page.reload()
                await expect(window.cards).to_have_count(1)
                await window.page.get_by_role("button", name="1 image, open thread").click()
                await window.results.get_by_role("button", name="Again", exact=True).click()
                await expect(window.results).to_have_count(2)
