"""Forms and menus in Chromium: a picture goes into a field, a mistake is said beside its own, a message becomes a prompt."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.browser.test_chat import red_square
from tests.browser.window import PHONE, Window, in_one_loop, needs_browser, open_house, open_window

pytestmark = [pytest.mark.browser, needs_browser, in_one_loop]
SQUARE = {"name": "square.png", "mimeType": "image/png", "buffer": red_square()}


def form_of(window: Window) -> Locator:
    return window.page.get_by_role("dialog")


async def choose(window: Window, file: object = SQUARE) -> None:
    """Choose a file in the open form."""
    async with window.page.expect_file_chooser() as chooser:
        await form_of(window).get_by_role("button", name=re.compile("Picture to start from|Choose a picture")).click()
    await (await chooser.value).set_files(file)  # pyright: ignore[reportArgumentType] - Playwright's own dictionary of a file


async def test_imagine_without_words_opens_a_form_that_draws_from_a_picture(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.say("/imagine ")
        form = form_of(window)
        await expect(form.get_by_label("Prompt")).to_be_focused()
        await choose(window)
        preview = form.get_by_role("img", name="Preview of square.png")
        await expect(preview).to_have_js_property("naturalWidth", 320)
        await expect(form.get_by_role("status")).to_have_text("Ready")
        await form.get_by_label("Prompt").fill("a red house")
        await form.get_by_role("button", name="Draw").click()
        await expect(form).to_have_count(0)
        await expect(window.cards).to_contain_text("Edit: “a red house”")


async def test_a_chosen_picture_can_be_taken_out_again_by_keyboard(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.say("/imagine")
        await choose(window)
        form = form_of(window)
        await expect(form.get_by_role("status")).to_have_text("Ready")
        await form.get_by_role("button", name="Remove square.png").focus()
        await window.page.keyboard.press("Enter")
        await expect(form.get_by_role("img")).to_have_count(0)
        await expect(form.locator(".dropzone")).to_be_focused()
        await form.get_by_label("Prompt").fill("a red house")
        await form.get_by_role("button", name="Draw").click()
        await expect(window.cards).to_contain_text("“a red house”")
        await expect(window.cards).not_to_contain_text("Edit")


async def test_a_dropped_picture_goes_into_the_form_and_not_into_the_composer(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.say("/imagine")
        await expect(form_of(window)).to_be_visible()
        await window.page.evaluate(
            """async (bytes) => {
                const data = new DataTransfer();
                data.items.add(new File([new Uint8Array(bytes)], "square.png", { type: "image/png" }));
                document.querySelector(".dropzone").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
            }""",
            list(red_square()),
        )
        await expect(form_of(window).get_by_role("button", name="Remove square.png")).to_be_visible()
        await expect(window.page.locator(".composer .attached")).to_have_count(0)


async def test_a_file_that_is_no_picture_is_said_beside_the_picture_field(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.say("/imagine")
        await choose(window, {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture at all"})
        zone = form_of(window).locator(".dropzone")
        await expect(zone).to_have_attribute("aria-invalid", "true")
        await expect(zone).to_have_accessible_description(re.compile("PNG, JPEG, WebP and GIF"))
        await choose(window, {"name": "broken.png", "mimeType": "image/png", "buffer": red_square()[:60]})
        await expect(form_of(window).get_by_role("status")).to_have_text("Ready")
        await form_of(window).get_by_label("Prompt").fill("a red house")
        await form_of(window).get_by_role("button", name="Draw").click()
        await expect(form_of(window).locator(".field", has=window.page.locator(".chosen")).locator(".problem")).not_to_be_empty()
        # The first refusal is an HTTP status, which the browser writes down as well.
        window.complaints[:] = [said for said in window.complaints if "415" not in said]


async def test_a_mistake_is_said_beside_its_field_until_it_is_mended(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.say("/imagine")
        form = form_of(window)
        await form.get_by_label("Prompt").fill("a small boat")
        for field, wrong, said in (("Images", "99", "1 to 10"), ("Seed", "-4", "0 to")):
            await form.get_by_label(field).fill(wrong)
            await form.get_by_role("button", name="Draw").click()
            await expect(form.get_by_label(field)).to_have_attribute("aria-invalid", "true")
            await expect(form.get_by_label(field)).to_have_accessible_description(re.compile(said))
            await expect(form.get_by_label(field)).to_be_focused()
            await expect(form.get_by_role("alert")).to_have_count(0)
            await form.get_by_label(field).fill("2")
            await expect(form.get_by_label(field)).not_to_have_attribute("aria-invalid", "true")
        await form.get_by_role("button", name="Draw").click()
        await expect(window.cards).to_contain_text("2 images")


async def test_an_emptied_field_of_a_remix_is_left_out(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn("/imagine a small boat --seed 7 --no birds", "1 image, open thread")
        await window.results.first.get_by_role("button", name="Remix").click()
        form = form_of(window)
        await expect(form.get_by_label("Leave out")).to_have_value("birds")
        await form.get_by_label("Leave out").fill("")
        await form.get_by_role("button", name="Draw").click()
        await expect(window.results).to_have_count(2)
        await expect(window.results.last.locator("code")).to_contain_text("--seed 7")
        await expect(window.results.last.locator("code")).not_to_contain_text("birds")


async def test_admins_choose_where_images_go_from_a_list(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.say("/settings")
        form = form_of(window)
        await expect(form.get_by_label("Images go into")).to_have_value("usual")
        await form.get_by_label("Images go into").select_option("channel")
        await form.get_by_label("Reactions").fill("🎨 fly")
        await form.get_by_role("button", name="Save").click()
        await expect(form.get_by_label("Reactions")).to_have_accessible_description(re.compile("no emoji"))
        await form.get_by_label("Reactions").fill("🎨 remix")
        await form.get_by_role("button", name="Save").click()
        await expect(window.page.get_by_role("note")).to_contain_text("the usual → channel")
        await window.say("/imagine a small boat")
        await expect(window.cards.first).to_contain_text("1 image below")


async def test_a_persons_words_and_picture_become_a_form(tmp_path: Path, browser: Browser) -> None:
    async with (
        open_house(tmp_path) as house,
        open_window(browser, house, who="grace") as grace,
        open_window(browser, house) as window,
    ):
        async with grace.page.expect_file_chooser() as chooser:
            await grace.page.locator("#room").get_by_role("button", name="Attach a picture").click()
        await (await chooser.value).set_files(SQUARE)  # pyright: ignore[reportArgumentType] - Playwright's own dictionary of a file
        await expect(grace.page.locator(".attached.sending")).to_have_count(0)
        await grace.say("a red house, anybody?")
        message = window.page.get_by_role("group").filter(has_text="a red house")
        await message.hover()
        await message.get_by_role("button", name="More actions").click()
        await window.page.get_by_role("menuitem", name="Use as prompt").click()
        form = form_of(window)
        await expect(form.get_by_label("Prompt")).to_have_value("a red house, anybody?")
        await expect(form.get_by_role("img", name="Preview of square.png")).to_be_visible()
        await form.get_by_role("button", name="Draw").click()
        await expect(window.cards).to_contain_text("Edit: “a red house, anybody?”")
        await message.get_by_role("button", name="More actions").click()
        await window.page.get_by_role("menuitem", name="Make variations").click()
        await expect(window.cards).to_have_count(2)


async def test_variations_of_several_pictures_ask_which_by_keyboard_alone(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house) as window:
        await window.drawn("/imagine a small boat --count 3", "3 images, open thread")
        keys = window.page.keyboard
        first = window.cards.first.get_by_role("toolbar").get_by_role("button").first
        await first.focus()
        await keys.press("ArrowLeft")
        more = window.cards.first.get_by_role("button", name="More actions")
        await expect(more).to_be_focused()
        await keys.press("Enter")
        await expect(window.page.get_by_role("menuitem", name="Use as prompt")).to_be_focused()
        await keys.press("Escape")
        await expect(more).to_be_focused()
        await keys.press("Enter")
        await keys.press("ArrowDown")
        await keys.press("Enter")
        form = form_of(window)
        await expect(form.get_by_label("Which image")).to_be_focused()
        await form.get_by_label("Which image").select_option("3")
        await form.get_by_role("button", name="Draw").click()
        await expect(window.cards.last).to_contain_text("Variation of")
        await expect(window.results.filter(has_text="image 3")).to_have_count(1)


async def test_a_whisper_has_no_menu_and_a_refusal_is_no_prompt(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path, {"SKETCH_FAIL": "refuse"}) as house, open_window(browser, house) as window:
        await window.say("/imagine a quiet village")
        card = window.cards.filter(has_text="Not drawn")
        await expect(card).to_be_visible()
        await card.hover()
        await expect(card.get_by_role("button", name="More actions")).to_be_hidden()
        await window.say("/quota")
        note = window.page.get_by_role("note")
        await expect(note).to_be_visible()
        await expect(note.get_by_role("button", name="More actions")).to_have_count(0)


async def test_a_form_fits_a_phone(tmp_path: Path, browser: Browser) -> None:
    async with open_house(tmp_path) as house, open_window(browser, house, size=PHONE) as window:
        await window.say("/imagine")
        await choose(window)
        form = form_of(window)
        await expect(form.get_by_role("status")).to_have_text("Ready")
        await expect(form.get_by_role("button", name="Draw")).to_be_in_viewport()
        assert await form.evaluate("one => one.scrollWidth <= one.clientWidth")
        assert await window.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
