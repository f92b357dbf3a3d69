"""The shell: one drawing from the command line, on the same hub that serves chats, with a journal of its own that ends with the command."""

import asyncio
import getpass
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot import config, logs
from bot.app import open_app
from bot.config import Environment
from bot.errors import SettingFault
from bot.model import Attachment, Invocation, Job, Origin, Person, Place, State, Value
from bot.ports import Store

_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
_TERMINAL = "terminal"


async def draw(environment: Environment, *, prompt: str, options: Mapping[str, Value], image: Path | None, out: Path) -> str:
    """Draw and write the pictures into a folder. Gives the empty string, or a sentence that says why there is no picture.

    A signal cancels it, so that nothing of it stays behind.
    """
    if task := asyncio.current_task():
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    if prompt.strip().casefold() == "help":
        return "limner imagine --help lists the options. Nothing was drawn and it did not count."
    with _workshop() as folder:
        here = {
            "BOT_LOG_LEVEL": "error",
            **environment,
            "BOT_PLATFORMS": _TERMINAL,
            "BOT_DATABASE_URL": f"sqlite:///{folder}/limner.db",
            "BOT_FILES_URL": f"{folder}/files",
            "BOT_SECRET_KEY": "only links of the command line are signed with this",
            "TERMINAL_OUT": str(out),
        }
        settings = config.load(config.BotSettings, "bot", here)
        logs.set_up(form=settings.log_format, level=settings.log_level)
        person = Person(platform=_TERMINAL, workspace="", id=_user())
        place = Place(platform=_TERMINAL, workspace="", channel=_TERMINAL, direct=True)
        attachments = (_attachment(image),) if image else ()
        invocation = Invocation(
            person=person,
            place=place,
            event="",
            origin=Origin.TERMINAL,
            line="imagine",
            options={"prompt": prompt, **options},
            attachments=attachments,
        )
        async with open_app(settings, here, serve=False) as bot:
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                running = group.create_task(bot.run(stop))
                answer = await bot.dispatch.handle(invocation)
                job = await _over(bot.store, answer.job) if answer.job else None
                stop.set()
                await running
        if job is None:
            why = answer.whisper.text if answer.whisper else "Nothing was drawn."
            return why if "not count" in why else f"{why} Nothing was drawn and it did not count."
        if job.state is not State.DELIVERED:
            sentence = job.problem.sentence if job.problem else f"The job was {job.state.value}."
            return f"{sentence} It did not count."
        return ""


def _workshop() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="limner-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SettingFault(
            f"There is no folder for temporary files ({error.strerror}); set TMPDIR to one that can be written to."
        ) from None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        # A container may run as a number that has no name.
        return _TERMINAL


def _attachment(image: Path) -> Attachment:
    media_type = _MEDIA_TYPES.get(image.suffix.lower(), "")
    return Attachment(id=str(image), name=image.name, media_type=media_type, bytes=image.stat().st_size)


async def _over(store: Store, job_id: str) -> Job:
    while True:
        job = await store.find(job_id)
        if job.state.over:
            return job
        await asyncio.sleep(0.03)
