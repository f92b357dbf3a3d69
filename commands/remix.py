"""`/remix`: change a job's prompt and parameters in a form, and draw that."""

from bot.command import DRAWING, JOB, Command, Context, Options, request_of, values_of
from bot.model import Answer, CommandSpec, Field, Form, Job, Kind, Option

_NUMBERS = {Kind.INTEGER, Kind.NUMBER}


async def run(context: Context, options: Options) -> Answer:
    """Without changes, the form filled with what the job had; with changes, a job."""
    job_id = options.text("job")
    changed = {name: value for name, value in options.values.items() if name != "job"}
    if not changed:
        job = await context.jobs.look_up(context.asker, job_id)
        return Answer(form=_form(job, context))
    job = await context.jobs.remix(context.asker, job_id, lambda request: request_of(changed, request))
    return Answer(job=job.id)


def _form(job: Job, context: Context) -> Form:
    had = values_of(job.request)
    if job.seed is not None:
        had["seed"] = job.seed
    models = tuple(offer.name for offer in context.catalog.offers)
    options = [option for option in DRAWING if option.name != "strength" or job.request.sources]
    return Form(
        title=f"Remix {job.id}",
        line=f"remix {job.id}",
        fields=tuple(_field(option, str(had.get(option.name, "")), models) for option in options),
        submit="Draw",
    )


def _field(option: Option, value: str, models: tuple[str, ...]) -> Field:
    return Field(
        name=option.name,
        label=_LABELS[option.name],
        value=value,
        hint=option.about,
        choices=models if option.kind is Kind.MODEL else (),
        required=option.name == "prompt",
        long=option.name == "prompt",
        numeric=option.kind in _NUMBERS,
        longest=4000 if option.name == "prompt" else 400,
    )


_LABELS = {
    "prompt": "Prompt",
    "ar": "Aspect ratio",
    "count": "Images",
    "seed": "Seed",
    "steps": "Steps",
    "guidance": "Guidance",
    "strength": "Strength",
    "style": "Style",
    "no": "Leave out",
    "model": "Model",
}

COMMAND = Command(
    spec=CommandSpec(name="remix", about="Change words and parameters in a form", options=(JOB, *DRAWING), example="remix 7kq2mw9x"),
    run=run,
)
