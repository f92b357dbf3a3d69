"""Forms and shortcuts: what is filled in or picked from a menu instead of typed, and where a mistake is said."""

from pathlib import Path

from bot.model import Answer, Attachment, Field, Form, Operation, Origin, State, Value
from tests.flows.story import Story, open_story, said


def form_of(answer: Answer) -> Form:
    assert answer.form is not None, said(answer)
    return answer.form


def fields(form: Form) -> dict[str, Field]:
    return {field.name: field for field in form.fields}


async def send(story: Story, form: Form, attachments: tuple[Attachment, ...] = (), **typed: Value) -> Answer:
    """Fill in some fields, leave the others as they came, and send."""
    filled = {field.name: field.value for field in form.fields if not field.file}
    return await story.say(form.line, origin=Origin.FORM, options={**filled, **typed}, attachments=attachments)


async def test_imagine_without_words_is_a_form_that_draws(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        form, *others = [form_of(await story.say(line)) for line in ("imagine", "imagine --form", "/imagine   ")]
        assert others == [form, form]
        assert {"prompt", "ar", "count", "seed", "style", "no", "model", "image"} <= set(fields(form))
        assert fields(form)["image"].file
        assert fields(form)["model"].choices == ("sketch",)
        answer = await send(story, form, prompt="a small boat", count="2", ar="16:9")
        job = await story.until(answer.job, State.DELIVERED)
        assert (job.request.prompt, job.request.count, job.request.ratio) == ("a small boat", 2, "16:9")


async def test_what_was_typed_beside_form_is_in_the_form(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        shown = fields(form_of(await story.say("imagine a small boat --seed 7 --form")))
        assert (shown["prompt"].value, shown["seed"].value) == ("a small boat", "7")


async def test_a_mention_without_words_is_a_question_because_a_mention_opens_no_form(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        answer = await story.say("imagine", origin=Origin.MENTION)
        assert answer.form is None
        assert "What shall I draw?" in said(answer)


async def test_a_form_with_a_picture_starts_from_it_and_needs_no_words(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a windmill --seed 3")
        form = form_of(await story.say("imagine"))
        answer = await send(story, form, (await story.upload(first),))
        job = await story.until(answer.job, State.DELIVERED)
        assert job.request.operation is Operation.EDIT
        assert len(job.request.sources) == 1


async def test_the_message_menu_puts_a_messages_words_into_the_form(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        answer = await story.say("imagine --form", origin=Origin.SHORTCUT, options={"prompt": "a boat --seed 9, they said"})
        assert fields(form_of(answer))["prompt"].value == "a boat --seed 9, they said", "somebody else's words are no options"


async def test_variations_of_our_own_single_picture_start_at_once(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a windmill")
        picture = await story.upload(first)
        answer = await story.say("vary", origin=Origin.SHORTCUT, post=await story.result(first.id), attachments=(picture,))
        job = await story.until(answer.job, State.DELIVERED)
        assert job.parent is not None
        assert (job.parent.job, job.parent.index) == (first.id, 1)


async def test_variations_of_several_pictures_ask_which(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a windmill --count 3")
        form = form_of(await story.say("vary", origin=Origin.SHORTCUT, post=await story.result(first.id)))
        assert fields(form)["image"].choices == ("1", "2", "3")
        answer = await send(story, form, image="3", count="2")
        job = await story.until(answer.job, State.DELIVERED)
        assert job.parent is not None
        assert (job.parent.job, job.parent.index, len(job.images)) == (first.id, 3, 2)


async def test_variations_of_a_foreign_picture_start_from_its_file(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        picture = await story.upload(await story.drawn("imagine a windmill"))
        answer = await story.say("vary", origin=Origin.SHORTCUT, attachments=(picture,))
        job = await story.until(answer.job, State.DELIVERED)
        assert job.request.operation is Operation.VARY
        assert job.parent is None


async def test_variations_of_a_message_without_a_picture_say_what_to_do(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        answer = await story.say("vary", origin=Origin.SHORTCUT)
        assert not answer.job
        assert "attach a picture" in said(answer)


async def test_edit_says_what_should_be_different(tmp_path: Path) -> None:
    async with open_story(tmp_path, SKETCH_PIXELS=str(512 * 512)) as story:
        first = await story.drawn("imagine a windmill --count 2 --ar 3:2")
        job = await story.drawn(f"edit {first.id} 2 make it night --strength 0.4")
        assert (job.request.operation, job.request.prompt, job.request.strength) == (Operation.EDIT, "make it night", 0.4)
        assert job.request.sources == (first.images[1].key,)
        assert job.parent is not None
        assert (job.parent.job, job.parent.index) == (first.id, 2)
        assert (job.images[0].width, job.images[0].height) == (first.images[1].width, first.images[1].height)


async def test_edit_without_words_is_a_form_about_that_image(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a windmill --count 2")
        form = form_of(await story.say(f"edit {first.id} 2", origin=Origin.BUTTON))
        assert fields(form)["prompt"].required
        answer = await send(story, form, prompt="make it night")
        job = await story.until(answer.job, State.DELIVERED)
        assert job.parent is not None
        assert (job.parent.job, job.parent.index) == (first.id, 2)
        missing = await send(story, form)
        assert missing.field == "prompt"
        assert missing.form is None


async def test_an_image_that_is_not_there_is_said_before_a_form_is_filled(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a windmill --count 2")
        for line in (f"edit {first.id} 9", f"edit {first.id} 9 make it night"):
            answer = await story.say(line)
            assert answer.form is None
            assert "no image 9" in said(answer)
            assert "1 to 2" in said(answer)


MISTAKES: tuple[tuple[str, str], ...] = (
    ("ar", "banana"),
    ("count", "99"),
    ("count", "some"),
    ("seed", "-4"),
    ("guidance", "warm"),
    ("model", "nonesuch"),
    ("prompt", ""),
    ("prompt", "x" * 4001),
)


async def test_a_mistake_in_a_form_names_its_field(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        for field, typed in MISTAKES:
            answer = await story.say("imagine", origin=Origin.FORM, options={"prompt": "a small boat", field: typed})
            assert not answer.job, typed
            assert answer.field == field, typed
            assert said(answer), typed


async def test_a_file_that_is_no_picture_names_its_field(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        bad = await story.playground._uploads.keep("grace", "notes.png", "image/png", b"\x89PNG\r\n\x1a\nnot much more")
        answer = await send(story, form_of(await story.say("imagine")), (bad,), prompt="a small boat")
        assert answer.field == "image"
        assert "not count" in said(answer)


async def test_an_emptied_field_of_a_remix_is_left_out_and_one_not_shown_stays(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        first = await story.drawn("imagine a castle --seed 9 --no people --ar 3:2 --steps 12")
        options: dict[str, Value] = {"prompt": "a castle at night", "no": "", "seed": " "}
        answer = await story.say(f"remix {first.id}", origin=Origin.FORM, options=options)
        request = (await story.until(answer.job, State.DELIVERED)).request
        assert (request.prompt, request.negative, request.seed) == ("a castle at night", "", None)
        assert (request.ratio, request.steps) == ("3:2", 12)


async def test_the_same_mistake_typed_names_no_field(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        answer = await story.say("imagine a small boat --count 99")
        assert answer.field == ""
        assert "--count 10" in said(answer)


async def test_a_form_sent_twice_makes_one_job(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        options: dict[str, Value] = {"prompt": "a small boat"}
        answers = [await story.say("imagine", origin=Origin.FORM, options=options, event="one press") for _ in range(2)]
        assert [bool(answer.job) for answer in answers] == [True, False]


async def test_a_word_that_is_no_command_is_offered_as_a_picture(tmp_path: Path) -> None:
    async with open_story(tmp_path) as story:
        answer = await story.say("castle in the snow", origin=Origin.MENTION)
        assert answer.whisper is not None
        assert answer.whisper.code == "/imagine castle in the snow"
        assert "Did you mean /imagine" in said(await story.say("imagin a castle"))
        assert "/help" in said(await story.say("zzzz"))
