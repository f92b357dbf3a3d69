"""The whole story: a person asks, sees a card, gets images in its thread, and does things with them."""

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image

from bot.model import Job, Operation, Origin, State
from tests.flows.story import Story, eventually, open_story, said


async def test_images_arrive_in_the_cards_thread_with_seed_and_line_to_copy(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("/imagine a red fox in the snow --ar 16:9 --count 4 --seed 42")
        card = await story.card(job.id)
        assert "a red fox in the snow" in card["title"]
        assert "4 images" in card["body"]
        (result,) = await story.results(job.id)
        pictures = result.content["pictures"]
        assert [picture["title"] for picture in pictures] == ["1 · seed 42", "2 · seed 43", "3 · seed 44", "4 · seed 45"]
        assert all("a red fox in the snow" in picture["alt"] for picture in pictures)
        assert "--seed 42" in result.content["code"]
        assert "--ar 16:9" in result.content["code"]
        assert "exact" in result.content["body"]
        assert {action["label"] for action in result.content["actions"]} >= {
            "Vary 1",
            "Upscale 4",
            "Again",
            "Same",
            "Remix",
            "Details",
            "Delete",
        }


async def test_no_count_means_one_image(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a boat")
        assert len(job.images) == 1


async def test_the_line_to_copy_draws_the_same_pixels(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a lighthouse --seed 7 --no birds --ar 3:2")
        (result,) = await story.results(job.id)
        copied = await story.drawn(result.content["code"])
        pressed = await story.drawn(f"rerun {job.id}")
        shown = [(await story.app.files.get(each.images[0].shown)).body for each in (job, copied, pressed)]
        assert shown[0] == shown[1] == shown[2]


async def test_a_reaction_on_a_result_starts_one_variation_however_often_it_is_delivered(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a harbour --count 2")
        result = (await story.app.store.posts(job.id))["result"][0]
        first = await story.react(result, "2️⃣", who="linus")
        repeated = await story.react(result, "2️⃣", who="linus")
        assert first.job
        assert not repeated.job
        varied = await story.until(first.job, State.DELIVERED)
        assert varied.request.operation is Operation.VARY
        assert varied.person.id == "linus"
        assert varied.parent is not None
        assert (varied.parent.job, varied.parent.index) == (job.id, 2)
        assert varied.images[0].digest != job.images[1].digest


async def test_again_has_a_new_seed_and_upscale_is_larger(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a meadow --seed 5 --ar 2:1")
        again = await story.drawn(f"again {job.id}")
        larger = await story.drawn(f"upscale {job.id} 1 --scale 3")
        assert again.seed != job.seed
        assert larger.changes == ()
        assert (larger.images[0].width, larger.images[0].height) == (job.images[0].width * 3, job.images[0].height * 3)


async def test_what_would_be_too_large_is_refused_with_what_would_fit(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_PIXELS=str(2048 * 2048)) as story:
        job = await story.drawn("imagine a meadow")
        refused = said(await story.say(f"upscale {job.id} --scale 4"))
        assert "too large" in refused
        assert "--scale 2" in refused


async def test_remix_opens_a_filled_form_and_draws_what_was_changed(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a castle --seed 9 --no people")
        form = (await story.say(f"remix {job.id}", origin=Origin.BUTTON)).form
        assert form is not None
        filled = {field.name: field.value for field in form.fields}
        assert (filled["prompt"], filled["seed"], filled["no"]) == ("a castle", "9", "people")
        answer = await story.say(form.line, origin=Origin.FORM, options={**filled, "prompt": "a castle at night"})
        assert answer.job, said(answer)
        remixed = await story.until(answer.job, State.DELIVERED)
        assert (remixed.request.prompt, remixed.seed) == ("a castle at night", 9)


async def test_asked_in_a_thread_the_results_stay_in_that_thread(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a bridge")
        thread = (await story.app.store.posts(job.id))["card"][0].id
        answer = await story.say("imagine another bridge", origin=Origin.MENTION, thread=thread)
        second = await story.shown(answer.job)
        posts = await story.app.store.posts(second.id)
        assert {posts["card"][0].place.thread, posts["result"][0].place.thread} == {thread}


async def test_show_walks_the_lineage_and_history_lists_the_jobs(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a river")
        child = await story.drawn(f"vary {job.id}")
        grandchild = await story.drawn(f"vary {child.id}")
        shown = said(await story.say(f"show {grandchild.id}"))
        assert shown.index(child.id) < shown.index(job.id)
        listed = said(await story.say("history"))
        assert all(each.id in listed for each in (job, child, grandchild))


async def test_a_deleted_result_is_gone_from_posts_and_files(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a tower --count 2")
        refused = await story.say(f"delete {job.id}", who="linus")
        assert "Only Grace" in said(refused)
        await story.say(f"delete {job.id}")

        async def gone() -> bool:
            return not await story.results(job.id)

        await eventually(gone)
        assert not list((tmp_path / "files").rglob(f"*{job.id}*")), "originals, copies, overview and previews alike"
        assert "deleted" in said(await story.say(f"show {job.id}"))


async def test_a_private_job_is_not_shown_to_others(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        direct = next(channel.id for channel in story.playground.cast.channels.values() if channel.owner == "grace")
        job = await story.drawn("imagine a secret", channel=direct)
        assert "no job" in said(await story.say(f"show {job.id}", who="linus"))


async def test_a_picture_that_carries_its_request_is_drawn_again_pixel_by_pixel(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a windmill --seed 11 --count 2 --ar 3:2")
        second = (await story.app.files.get(job.images[1].key)).body
        upload = await story.playground._uploads.keep("grace", "windmill.png", "image/png", second)
        answer = await story.say("rerun", attachments=(upload,))
        assert answer.job, said(answer)
        again = await story.until(answer.job, State.DELIVERED)
        assert again.seed == 12
        assert await pixels(story, again, 0) == await pixels(story, job, 1)


async def test_a_picture_that_comes_along_is_where_the_drawing_starts(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        job = await story.drawn("imagine a windmill --seed 11")
        original = (await story.app.files.get(job.images[0].key)).body
        upload = await story.playground._uploads.keep("grace", "windmill.png", "image/png", original)
        answer = await story.say("imagine a windmill at night --strength 0.3 --seed 11", attachments=(upload,))
        assert answer.job, said(answer)
        edited = await story.until(answer.job, State.DELIVERED)
        assert edited.request.operation is Operation.EDIT
        assert await pixels(story, edited, 0) != await pixels(story, job, 0)
        bad = await story.playground._uploads.keep("grace", "windmill.png", "image/png", original[: len(original) // 2])
        refused = await story.say("imagine a windmill at night", attachments=(bad,))
        assert not refused.job
        assert "not count" in said(refused)


async def test_where_age_is_checked_a_picture_comes_behind_a_spoiler(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        elsewhere = await story.say("imagine a nude figure study")
        assert (await story.app.store.find(elsewhere.job)).state is State.HELD, "a reviewer looks first"
        job = await story.drawn("imagine a nude figure study", channel="after-dark")
        (result,) = await story.results(job.id)
        assert [picture["spoiler"] for picture in result.content["pictures"]] == [True]
        assert not (await story.card(job.id)).get("pictures"), "no overview gives it away"


async def test_pictures_in_a_bucket_are_linked_to_there(tmp_path: Path, s3_options: Mapping[str, str]) -> None:
    async with open_story(tmp_path, {**s3_options, "BOT_FILES_URL": "s3://pictures/team"}) as story:
        job = await story.drawn("imagine a boat")
        assert (await story.app.files.get(job.images[0].key)).media_type == "image/png"
        link = await story.app.files.link(job.images[0].key, expires=timedelta(minutes=5))
        assert link.startswith(s3_options["AWS_ENDPOINT_URL"])
        assert "X-Amz-Signature" in link


async def pixels(story: Story, job: Job, index: int) -> bytes:
    with Image.open(BytesIO((await story.app.files.get(job.images[index].key)).body)) as image:
        return image.tobytes()
