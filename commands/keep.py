"""`/keep`: an image among your favourites; `--off` takes it back."""

from bot.command import INDEX, JOB, Command, Context, Options, says, whisper
from bot.model import Answer, CommandSpec, Kind, Option


async def run(context: Context, options: Options) -> Answer:
    """Mark the image. Without an index, all of the job's."""
    on = "off" not in options
    job = await context.jobs.mark(context.asker, options.text("job"), "keep", index=options.whole("image", 0), on=on)
    text = f"Job {job.id} is {'among' if on else 'no longer among'} your favourites."
    return whisper(says.whisper(text, title="Kept" if on else "Let go"))


COMMAND = Command(
    spec=CommandSpec(
        name="keep",
        about="Keep an image among your favourites",
        options=(JOB, INDEX, Option(name="off", kind=Kind.FLAG, about="Take it back")),
        example="keep 7kq2mw9x",
    ),
    run=run,
)
