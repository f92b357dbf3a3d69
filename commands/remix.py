"""`/remix`: change a job's prompt and parameters in a form, and draw that."""

from collections.abc import Mapping

from bot.command import DRAWING, JOB, Command, Context, Misunderstood, Options, remixed, request_of, says, values_of, without
from bot.model import Answer, CommandSpec, Operation, Origin

_OTHERS: Mapping[Operation, frozenset[str]] = {
    # A picture's shape is its own, and its mask stays.
    Operation.INPAINT: frozenset({"ar"}),
    # Nothing is drawn from words here: another model is all that can be wished.
    Operation.REMOVE_BACKGROUND: frozenset(option.name for option in DRAWING) - {"model"},
    Operation.UPSCALE: frozenset(option.name for option in DRAWING) - {"model", "seed"},
}
"""Options that mean nothing where a picture is changed in such a way."""


async def run(context: Context, options: Options) -> Answer:
    """Without changes, the form filled with what the job had; with changes, a job."""
    parent = await context.jobs.look_up(context.asker, options.text("job"))
    changed = {name: value for name, value in options.values.items() if name != "job"}
    others = _OTHERS.get(parent.request.operation, frozenset())
    if wrong := sorted(others.intersection(changed) - {"ar"}):
        raise Misunderstood(
            f"Job {parent.id} draws nothing from words, so {' and '.join(wrong)} would change nothing.",
            advice="Its model can be another one, as in this line:",
            line=f"remix {parent.id} --model {parent.drawn_by}",
            option=wrong[0],
        )
    if changed or context.origin is Origin.FORM:
        # Without words a picture from words is nothing: an emptied prompt stays as it was.
        emptied = context.emptied - {"prompt"}
        request = await remixed(context.jobs, parent, request_of(changed, without(parent.request, emptied)))
        return Answer(job=(await context.jobs.remix(context.asker, parent, request)).id)
    had = values_of(parent.request)
    if parent.seed is not None:
        had["seed"] = parent.seed
    shown = [option for option in DRAWING if option.name not in others and (option.name != "strength" or parent.request.sources)]
    return Answer(form=says.drawing_form(f"Remix {parent.id}", f"remix {parent.id}", shown, had, models=context.models))


COMMAND = Command(
    spec=CommandSpec(
        name="remix",
        about="Change words and parameters in a form",
        options=(JOB, *DRAWING),
        example="remix 7kq2mw9x",
        draws=tuple(Operation),
    ),
    run=run,
)
