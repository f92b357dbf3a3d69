"""The `limner` command line: run, demo, imagine, inspect, migrate, doctor, audit, access, policy, env."""

import asyncio
import inspect as inspection
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import typer

from bot import config, logs
from bot.errors import LimnerError, Refusal, SettingFault
from bot.model import Kind
from bot.options import IMAGINE

T = TypeVar("T")
_LARGEST = 128 * 1024 * 1024
"""Bytes of a file to inspect that are read: more than any picture has, and less than a device gives."""
_STOPPED = "Stopped at once; what was unfinished goes on at the next start."
_DOUBLE = 0.5
"""Seconds within which a second signal is an echo of the first."""

app = typer.Typer(
    name="limner",
    help="The team's illustrator in chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

audit = typer.Typer(help="The audit: who decided what.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@app.command()
def run() -> None:
    """Run the bot: the platforms and providers that the environment names."""
    environment = _environment()
    _until_stopped(environment, announce=False)


@app.command()
def demo() -> None:
    """Try it in a browser: a playground with the built-in sketch provider, no account and no key."""
    environment = {"BOT_PLATFORMS": "playground", "BOT_LOG_LEVEL": "warning", **_environment()}
    if "BOT_HTTP_PORT" not in environment and not _is_free("127.0.0.1", 8080):
        environment["BOT_HTTP_PORT"] = "0"
    _until_stopped(environment, announce=True)


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A picture that Limner, or a tool that writes `parameters`, made.")],
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Print what a picture says of itself: prompt, seed, every parameter."""
    from bot.imaging import open_studio  # noqa: PLC0415 - imported where used, so that every other command starts faster

    async def read() -> Mapping[str, Any]:
        async with open_studio() as studio:
            with file.open("rb") as content:
                return await studio.read(content.read(_LARGEST))

    try:
        record = asyncio.run(read())
    except OSError as error:
        _fail(f"{file} cannot be read: {error.strerror}.")
    except LimnerError as error:
        _fail(f"{file}: {_said(error)}")
    if as_json:
        written = json.dumps(record, ensure_ascii=False, indent=2, default=str)
        # Escaped where a terminal could be harmed or turned around: a picture's metadata is whatever somebody wrote into it.
        typer.echo("".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in written).encode())
        return
    for name, value in record.items():
        if value not in (None, "", [], {}):
            printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in str(value))
            typer.echo(f"{name.replace('_', ' '):>16}  {printable}".encode("utf-8", "backslashreplace"))


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date. A SQLite journal is brought up to date at every start anyway."""
    from bot.app import bring_up_to_date  # noqa: PLC0415 - see above

    environment = _environment()
    settings = _settings(environment)
    _guarded(lambda: bring_up_to_date(settings))
    typer.echo("The database is up to date.")


@app.command()
def doctor() -> None:
    """Check settings, database, files and providers, and say what to do."""
    from bot.doctor import examine  # noqa: PLC0415 - see above

    environment = _environment()
    healthy = True
    logs.set_up(form="pretty", level="error")

    async def report() -> None:
        nonlocal healthy
        async for finding in examine(environment):
            healthy = healthy and finding.good
            typer.echo(f"{'ok   ' if finding.good else 'MEND '} {finding.subject}: {finding.sentence}")

    _guarded(report)
    raise typer.Exit(0 if healthy else 1)


@app.command()
def manifest(
    platform: Annotated[str, typer.Argument(help="Which chat platform.")],
) -> None:
    """Print an app's description to paste at a chat platform: commands, shortcuts, permissions, addresses."""
    from bot.app import manifest as describe  # noqa: PLC0415 - see above

    environment = _environment()
    settings = _settings(environment)
    try:
        typer.echo(describe(settings, environment, platform), nl=False)
    except SettingFault as fault:
        _fail(str(fault))


@app.command()
def providers() -> None:
    """List the image services that are switched on: models, operations, sizes, seeds, prices."""
    from bot.doctor import stock  # noqa: PLC0415 - see above

    environment = _environment()
    logs.set_up(form="pretty", level="error")

    async def report() -> None:
        async for name, facts in stock(environment):
            typer.echo(f"{name}\n    " + "\n    ".join(facts))

    _guarded(report)


@audit.command("export")
def export_audit(
    form: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="A table for spreadsheets, or JSON lines.")] = "jsonl",
    since: Annotated[int, typer.Option(help="The number of the first entry.", min=1)] = 1,
) -> None:
    """Print the audit of all workspaces, the oldest entry first."""
    from bot.ledger import export  # noqa: PLC0415 - see above

    settings = _settings(_environment())

    async def report() -> None:
        async for piece in export(settings, since=since, form=form):
            typer.echo(piece.encode(), nl=False)

    _guarded(report)


@audit.command("verify")
def verify_audit(
    since: Annotated[int, typer.Option(help="The number of the entry to begin with; what is before is believed.", min=1)] = 1,
    expect: Annotated[str, typer.Option(help="NUMBER:DIGEST of an entry, as it was printed before and noted elsewhere.")] = "",
) -> None:
    """Walk the audit's chain: nothing changed, missing, moved or cut off. Prints the last entry, to be noted elsewhere."""
    from bot.ledger import check  # noqa: PLC0415 - see above
    from bot.says import walk_words  # noqa: PLC0415 - see above

    settings = _settings(_environment())
    walk = _guarded(lambda: check(settings, since=since, expect=expect))
    typer.echo(walk_words(walk))
    raise typer.Exit(1 if walk.breach else 0)


@app.command()
def access(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="As a table for spreadsheets.")] = False,
) -> None:
    """Print who can do what and why, and when they last did: everybody who was met, and whomever a rule is about."""
    from bot.ledger import access as review  # noqa: PLC0415 - see above

    settings = _settings(_environment())
    form: Literal["text", "json", "csv"] = "json" if as_json else "csv" if as_csv else "text"
    typer.echo(_guarded(lambda: review(settings, form=form)).encode(), nl=False)


@app.command()
def env() -> None:
    """Print every setting with its default: the contents of `.env.example`."""
    from bot.app import SECOND_NAMES, all_settings  # noqa: PLC0415 - see above

    typer.echo(config.example(all_settings(), SECOND_NAMES), nl=False)


policy = typer.Typer(help="What the moderation policy says.", no_args_is_help=True)
app.add_typer(policy, name="policy")


@policy.command(name="test")
def try_policy(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line.")] = False,
    restricted: Annotated[bool, typer.Option("--restricted", help="As in an age-restricted channel.")] = False,
    also: Annotated[
        list[str] | None, typer.Option("--also", help="A moderator that is asked too, with its settings; one that asks the network, say.")
    ] = None,
) -> None:
    """Judge prompts, one a line on standard input, as a channel with the default policy would; the answers keep the order."""
    from bot.moderation.trial import judge, lines_of, open_panel  # noqa: PLC0415 - see above

    async def answer() -> None:
        async with open_panel(_environment() if also else None, also=also or ()) as panel:
            async for said in judge(panel, lines_of(sys.stdin.buffer), restricted=restricted):
                plain = " ".join(str(value) for value in said.values() if value != "")
                typer.echo(json.dumps(said) if as_json else plain)

    try:
        _guarded(answer, stopped="Stopped.")
    except BrokenPipeError:
        # Whoever read the answers had enough. The descriptor goes to nowhere, or the interpreter would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _imagine(prompt: list[str], out: Path, image: Path | None, **options: str | None) -> None:
    """Draw images from words, from a shell. The same prompt and seed give the same pixels."""
    from bot.shell import draw  # noqa: PLC0415 - see above

    environment = _environment()
    said = {name: value for name, value in options.items() if value is not None}
    failure = _guarded(
        lambda: draw(environment, prompt=" ".join(prompt), options=said, image=image, out=out),
        stopped="Stopped. Nothing was drawn and it did not count.",
    )
    if failure:
        _fail(failure)


def _with_drawing_options(act: Callable[..., None]) -> Callable[..., None]:
    """`imagine` with the options of the chat command, which are declared once, in `bot.options`."""
    hints: dict[str, Any] = {
        "prompt": Annotated[list[str], typer.Argument(help="What you want to see.")],
        "out": Annotated[Path, typer.Option(help="Folder for the pictures.", file_okay=False)],
        "image": Annotated[Path | None, typer.Option(help="A picture to start from.", exists=True, dir_okay=False)],
    }
    defaults: dict[str, Any] = {"prompt": inspection.Parameter.empty, "out": Path(), "image": None}
    for option in IMAGINE.options:
        if not option.positional and option.kind is not Kind.IMAGE:
            hints[option.name] = Annotated[str | None, typer.Option(f"--{option.name}", help=option.about, metavar=option.example)]
            defaults[option.name] = None

    def imagine(**values: Any) -> None:  # noqa: ANN401 - typer hands over what the signature below declares
        act(**values)

    imagine.__doc__ = act.__doc__
    imagine.__annotations__ = hints
    imagine.__signature__ = inspection.Signature(  # pyright: ignore[reportFunctionMemberAccess] - what inspect.signature looks for
        [
            inspection.Parameter(name, inspection.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=hint)
            for name, hint in hints.items()
        ]
    )
    return imagine


app.command(name="imagine")(_with_drawing_options(_imagine))


def _until_stopped(environment: config.Environment, *, announce: bool) -> None:
    from bot.app import open_app, spare_collector  # noqa: PLC0415 - see above

    settings = _settings(environment)
    logs.set_up(form=settings.log_format, level=settings.log_level)

    async def serve() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()

        asked_at = 0.0
        current = dict(environment)

        def stopped() -> None:
            # The first signal asks for an orderly end, a second one stops at once; the journal keeps what was unfinished. A launcher
            # that passes a signal on to a whole group sends the first one twice: that is still the first.
            nonlocal asked_at
            if not stop.is_set():
                asked_at = loop.time()
                stop.set()
            elif task and loop.time() - asked_at > _DOUBLE:
                task.cancel()

        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stopped)
        loop.add_signal_handler(signal.SIGHUP, _renew, current)
        async with open_app(settings, current) as bot:
            spare_collector()

            def started() -> None:
                if announce and bot.server:
                    typer.echo(f"Limner is at {bot.server.address} — open it in a browser. Ctrl-C stops it.")

            await bot.run(stop, started=started)

    _guarded(serve)


def _renew(current: dict[str, str]) -> None:
    """Read the environment again. Keys are read from the mapping, and from the files it names, whenever they are used."""
    try:
        current.update(config.read_environment())
    except SettingFault as fault:
        typer.echo(str(fault), err=True)
    else:
        typer.echo("The settings are read again: keys count from now on, everything else from the next start.", err=True)


def _environment() -> config.Environment:
    try:
        return config.read_environment()
    except SettingFault as fault:
        _fail(str(fault))


def _settings(environment: config.Environment) -> config.BotSettings:
    try:
        settings = config.load(config.BotSettings, "bot", environment)
    except SettingFault as fault:
        _fail(str(fault))
    known = (f"BOT_{name.upper()}" for name in config.BotSettings.model_fields)
    for sentence in config.unknown(environment, known):
        typer.echo(sentence, err=True)
    return settings


def _guarded(act: Callable[[], Coroutine[Any, Any, T]], *, stopped: str = _STOPPED) -> T:
    """Run a coroutine; what goes wrong is one sentence on standard error and a status that says so, `stopped` when it was cancelled."""
    try:
        return asyncio.run(act())
    except LimnerError as error:
        _fail(_said(error))
    except asyncio.CancelledError:
        _fail(stopped)
    except ExceptionGroup as group:
        known, rest = group.split(LimnerError)
        if known is None or rest is not None:
            raise
        _fail(" ".join(dict.fromkeys(_said(error) for error in _leaves(known))))


def _said(error: LimnerError) -> str:
    advice = error.advice if isinstance(error, Refusal) else ""
    return f"{error} {advice}".strip()


def _leaves(group: BaseExceptionGroup[LimnerError]) -> Iterator[LimnerError]:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from _leaves(error)
        else:
            yield error


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise SystemExit(1)


def _is_free(host: str, port: int) -> bool:
    import socket  # noqa: PLC0415 - see above

    with socket.socket() as probe:
        return probe.connect_ex((host, port)) != 0


def main() -> None:
    """The entry point."""
    app(prog_name="limner")


if __name__ == "__main__":
    main()
