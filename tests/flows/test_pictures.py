"""What starts from a picture and keeps most of it: repainting under a mask, extending to a new shape, cutting out."""

import io
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from bot.app import Fakes
from bot.model import Answer, Attachment, Capabilities, Concern, Form, Job, Operation, Origin, Person, Place, State, Term, Value
from tests.flows.story import Story, open_story, said
from tests.flows.test_services import Service, services

BOX = (0, 64, 96, 192)
"""Where the masks of these tests mark the picture, in pixels of 256 × 256."""


async def picture(story: Story, job: Job, index: int = 0) -> Image.Image:
    image = Image.open(io.BytesIO((await story.app.files.get(job.images[index].key)).body))
    image.load()
    return image


async def attach(story: Story, image: Image.Image, name: str = "mask.png") -> Attachment:
    file = io.BytesIO()
    image.save(file, "PNG")
    return await story.playground._uploads.keep("grace", name, "image/png", file.getvalue())


def drawn_mask(scale: int = 1) -> Image.Image:
    mask = Image.new("L", (256 * scale, 256 * scale), 0)
    ImageDraw.Draw(mask).rectangle([side * scale for side in BOX], fill=255)
    return mask


def erased(image: Image.Image) -> Image.Image:
    found = image.convert("RGBA")
    found.paste((0, 0, 0, 0), BOX)
    return found


async def done(story: Story, line: str, *attachments: Attachment, **more: Value) -> Job:
    answer = await story.say(line, attachments=attachments, options=more or None)
    assert answer.job, said(answer)
    return await story.until(answer.job, State.DELIVERED)


async def send(story: Story, form: Form, attachments: tuple[Attachment, ...] = (), **typed: Value) -> Answer:
    filled = {field.name: field.value for field in form.fields if not field.file}
    return await story.say(form.line, origin=Origin.FORM, options={**filled, **typed}, attachments=attachments)


def form_of(answer: Answer) -> Form:
    assert answer.form is not None, said(answer)
    return answer.form


def changed(one: Image.Image, other: Image.Image) -> Image.Image:
    """White wherever two pictures differ at all."""
    red, green, blue = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 if value else 0)


def same(_: Image.Image) -> Image.Image:
    return drawn_mask()


def larger(_: Image.Image) -> Image.Image:
    return drawn_mask(3)


@pytest.mark.parametrize("make", [same, larger, erased])
async def test_repainting_changes_what_is_marked_and_not_one_pixel_else(make: Callable[[Image.Image], Image.Image], tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow under a blue sky --seed 3")
        before = await picture(story, first)
        job = await done(story, f"repaint {first.id} a red house --seed 5", await attach(story, make(before)))
        assert (job.request.operation, job.request.prompt, job.seed) == (Operation.INPAINT, "a red house", 5)
        assert job.parent is not None
        assert (job.parent.job, job.parent.index, len(job.images)) == (first.id, 1, 1)
        mask = Image.open(io.BytesIO((await story.app.files.get(job.request.mask or "")).body))
        assert (mask.mode, mask.size) == ("L", before.size)
        found = changed(before, await picture(story, job))
        assert found.getbbox() is not None
        found.paste(0, (BOX[0], BOX[1], BOX[2] + 2, BOX[3] + 2))
        assert found.getbbox() is None


async def test_repainting_without_words_or_mask_is_a_form_with_a_file_field(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow --count 2")
        mask = await attach(story, drawn_mask())
        form = form_of(await story.say(f"repaint {first.id} 2 a red house"))
        fields = {field.name: field for field in form.fields}
        assert fields["prompt"].value == "a red house"
        assert (fields["mask"].file, fields["mask"].required, fields["prompt"].required) == (True, True, True)
        assert form_of(await story.say(f"repaint {first.id} 2", attachments=(mask,))).line == form.line
        without = await send(story, form)
        assert (without.field, without.form, without.job) == ("mask", None, "")
        assert "black elsewhere" in said(without)
        wordless = await send(story, form, (mask,), prompt="")
        assert wordless.field == "prompt"
        broken = await send(story, form, (await attach(story, Image.new("L", (9, 9), 0)),))
        assert broken.field == "mask"
        assert "marks nothing" in said(broken)
        job = await story.until((await send(story, form, (mask,))).job, State.DELIVERED)
        assert job.parent is not None
        assert (job.parent.index, job.request.prompt) == (2, "a red house")


async def test_a_mention_opens_no_form_and_says_what_is_missing(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow")
        assert "Where shall it change?" in said(await story.say(f"repaint {first.id} a house", origin=Origin.MENTION))
        assert "What shall be there" in said(await story.say(f"repaint {first.id}", origin=Origin.MENTION))
        assert f"/extend {first.id} 1 --ar 16:9" in said(await story.say(f"extend {first.id}", origin=Origin.MENTION))


async def test_extending_keeps_the_picture_and_grows_to_the_shape(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow under a blue sky --seed 3")
        job = await story.drawn(f"extend {first.id} --ar 2:1")
        assert (job.request.operation, job.request.prompt) == (Operation.OUTPAINT, "a meadow under a blue sky")
        assert job.changes == ()
        assert (job.images[0].width, job.images[0].height) == (512, 256)
        middle = (await picture(story, job)).crop((128, 0, 384, 256))
        assert changed(await picture(story, first), middle).getbbox() is None
        tall = await story.drawn(f"extend {first.id} a tall tree --ar 9:16 --seed 4")
        assert (tall.images[0].width, tall.images[0].height, tall.request.prompt) == (256, 456, "a tall tree")
        assert tall.parent is not None
        assert (tall.parent.job, tall.parent.index) == (first.id, 1)


async def test_extending_to_the_own_shape_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_PIXELS=str(384 * 384)) as story:
        first = await story.drawn("imagine a meadow --ar 3:2")
        for ratio in ("3:2", "1.5:1", "30:20"):
            assert "nothing to extend" in said(await story.say(f"extend {first.id} --ar {ratio}"))
        form = form_of(await story.say(f"extend {first.id}"))
        answer = await send(story, form, ar="3:2")
        assert answer.field == "ar"
        job = await story.until((await send(story, form, ar="1:1")).job, State.DELIVERED)
        assert math.isclose(job.images[0].width, job.images[0].height, abs_tol=8)


async def test_cutting_out_makes_the_ground_clear_of_a_jobs_image_and_of_an_attached_one(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a red fox in the snow --seed 1")
        job = await story.drawn(f"cutout {first.id}")
        image = await picture(story, job)
        assert (job.request.operation, image.mode, image.size) == (Operation.REMOVE_BACKGROUND, "RGBA", (256, 256))
        assert image.getchannel("A").getextrema() == (0, 255)
        assert "a red fox in the snow" in (await story.card(job.id))["title"]
        brought = await done(story, "cutout", await attach(story, (await picture(story, first)).resize((300, 200))))
        assert brought.parent is None
        assert (brought.images[0].width, brought.images[0].height, brought.changes) == (300, 200, ())
        assert "attach a picture" in said(await story.say("cutout"))


async def test_same_draws_a_retouched_picture_again_and_its_line_says_so(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow --seed 3")
        mask = await attach(story, drawn_mask())
        jobs = [
            await done(story, f"repaint {first.id} a red house", mask),
            await story.drawn(f"extend {first.id} --ar 2:1"),
            await story.drawn(f"cutout {first.id}"),
        ]
        for job in jobs:
            (result,) = await story.results(job.id)
            assert result.content["code"] == f"/rerun {job.id}"
            again = await story.drawn(f"rerun {job.id} --fresh")
            assert changed(await picture(story, job), await picture(story, again)).getbbox() is None
            from_file = await done(story, "rerun", await story.upload(job))
            assert from_file.request.operation is job.request.operation
            assert from_file.request.mask == job.request.mask


async def test_remix_changes_the_words_under_the_same_mask(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow --seed 3")
        job = await done(story, f"repaint {first.id} a red house", await attach(story, drawn_mask()))
        form = form_of(await story.say(f"remix {job.id}", origin=Origin.BUTTON))
        assert "ar" not in {field.name for field in form.fields}
        other = await story.until((await send(story, form, prompt="a white horse")).job, State.DELIVERED)
        assert (other.request.prompt, other.request.mask, other.request.size) == ("a white horse", job.request.mask, job.request.size)
        assert f"/extend {job.id} --ar 16:9" in said(await story.say(f"remix {job.id} --ar 16:9"))


async def test_remix_extends_to_another_shape(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow --seed 3")
        job = await story.drawn(f"extend {first.id} --ar 2:1")
        form = form_of(await story.say(f"remix {job.id}", origin=Origin.BUTTON))
        assert {field.name: field.value for field in form.fields}["ar"] == "2:1"
        same = await story.until((await send(story, form, prompt="a lake")).job, State.DELIVERED)
        assert (same.request.size, same.request.prompt) == ((512, 256), "a lake")
        tall = await story.until((await send(story, form, ar="1:2")).job, State.DELIVERED)
        assert (tall.images[0].width, tall.images[0].height) == (256, 512)
        assert "nothing to extend" in said(await send(story, form, ar="1:1"))


async def test_remix_of_a_cutout_offers_the_model_alone(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow --seed 3")
        for job in (await story.drawn(f"cutout {first.id}"), await story.drawn(f"upscale {first.id}")):
            form = form_of(await story.say(f"remix {job.id}", origin=Origin.BUTTON))
            assert {field.name for field in form.fields} <= {"model", "seed"}
            refused = said(await story.say(f"remix {job.id} a red house --count 3"))
            assert "count and prompt would change nothing" in refused
            assert f"/remix {job.id} --model sketch" in refused
            other = await story.until((await send(story, form, model="sketch")).job, State.DELIVERED)
            assert (other.request.operation, other.images[0].width) == (job.request.operation, job.images[0].width)


async def test_each_counts_as_one_image(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow")
        await done(story, f"repaint {first.id} a red house", await attach(story, drawn_mask()))
        await story.drawn(f"extend {first.id} --ar 2:1")
        await story.drawn(f"cutout {first.id}")
        assert "4 of 50 images used" in said(await story.say("quota"))


class Guard:
    """Lets no word pass that says xyzzy, and no picture with white on its left."""

    name = "guard"
    remote = False

    async def prompt(self, person: Person, place: Place, text: str, *, listed: Sequence[Term] = ()) -> Sequence[Concern]:
        return [Concern(category="custom", source=self.name)] if "xyzzy" in text else []

    async def image(self, place: Place, image: bytes) -> Sequence[Concern]:
        found = Image.open(io.BytesIO(image)).convert("L").getpixel((1, 128))
        return [Concern(category="custom", source=self.name)] if found == 255 else []


async def test_words_masks_and_pictures_are_moderated_and_what_is_refused_counts_for_nothing(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=Fakes(moderators=[Guard()])) as story:
        first = await story.drawn("imagine a meadow --seed 3")
        mask, hole = await attach(story, drawn_mask()), await attach(story, erased(await picture(story, first)))
        for answer in (
            await story.say(f"repaint {first.id} a red house", attachments=(mask,)),
            await story.say(f"repaint {first.id} a xyzzy house", attachments=(hole,)),
            await story.say(f"extend {first.id} a xyzzy house --ar 2:1"),
            await story.say("cutout", attachments=(mask,)),
        ):
            assert not answer.job
            assert "is not allowed here" in said(answer)
        assert "1 of 50 images used" in said(await story.say("quota"))
        await done(story, f"repaint {first.id} a red house", hole)


def service(name: str, *operations: Operation) -> Service:
    model = Capabilities(name=f"{name}-1", operations=frozenset({Operation.DRAW, *operations}), most=1, price=Decimal("0.04"))
    return Service(name, model, replace(model, name=f"{name}-2", price=Decimal("0.09")))


async def test_what_no_model_does_is_refused_with_those_that_could(tmp_path: Path) -> None:
    one, two = service("one"), service("two", Operation.INPAINT, Operation.UPSCALE)
    async with open_story(tmp_path, fakes=services(one, two)) as story:
        first = await story.drawn("imagine a meadow --model one")
        mask = await attach(story, drawn_mask())
        unable = said(await story.say(f"repaint {first.id} a house --model one-2", attachments=(mask,)))
        assert "one-2 cannot repaint a part of a picture" in unable
        assert "Models that can: two/two-1, two/two-2" in unable
        nobody = said(await story.say(f"cutout {first.id}"))
        assert "No model here can remove a background" in nobody
        assert "switch on a provider" in nobody
        await story.say("settings --models one", who="ada")
        forbidden = said(await story.say(f"repaint {first.id} a house", attachments=(mask,)))
        assert "No model here can repaint a part of a picture" in forbidden
        assert "An admin could allow one that can: two/two-1, two/two-2" in forbidden


async def test_upscale_and_cutout_take_the_model_that_is_named(tmp_path: Path) -> None:
    two = service("two", Operation.UPSCALE, Operation.REMOVE_BACKGROUND)
    async with open_story(tmp_path, fakes=services(two)) as story:
        first = await story.drawn("imagine a meadow")
        assert first.model == "two-1"
        for line in (f"upscale {first.id} --model two-2", f"cutout {first.id} --model two-2"):
            assert (await story.drawn(line)).model == "two-2"
        assert (await story.drawn(f"upscale {first.id}")).model == "two-1"


async def test_models_tells_everything_about_what_is_named(tmp_path: Path) -> None:
    async with open_story(tmp_path, fakes=services(service("one"), service("two", Operation.INPAINT))) as story:
        page = said(await story.say("models two/two-2"))
        assert "draw and inpaint" in page
        assert "$0.09 an image" in page
        assert "one-1" not in page
        provider = said(await story.say("models two"))
        assert "two/two-1" in provider
        assert "two/two-2" in provider
        assert "Did you mean two/two-2?" in said(await story.say("models twotwo-2"))
        who, where = story.person("grace"), story.place()
        offered = await story.app.dispatch.complete(who, where, command="models", option="model", typed="two")
        assert offered == ["two", "two/two-1", "two/two-2"]


async def test_the_details_lead_to_every_way_of_changing_a_picture(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a meadow --seed 3")
        details = (await story.say(f"show {first.id}")).whisper
        assert details is not None
        lines = {action.label: action.line for action in details.actions}
        for label in ("Edit", "Repaint", "Extend"):
            assert (await story.say(lines[label], origin=Origin.BUTTON)).form is not None
        answer = await story.say(lines["Cut out"], origin=Origin.BUTTON)
        assert (await story.until(answer.job, State.DELIVERED)).request.operation is Operation.REMOVE_BACKGROUND


async def test_help_says_that_a_mask_is_attached(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        page = said(await story.say("help repaint"))
        assert "mask (attached)" in page
        assert "--mask" not in page
        everything = said(await story.say("help"))
        assert all(f"/{name}" in everything for name in ("repaint", "extend", "cutout"))
