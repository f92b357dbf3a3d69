"""The composition root: the one place where the four packages meet.

`open_app` opens everything as one async context manager and can be given fakes in place of anything; `App.run` runs it until it is told to
stop. What is on is decided here, by what the environment says; nothing else in the project knows which platforms and providers there are.
"""

import asyncio
import gc
import hashlib
import hmac
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import structlog

import adapters.moderators
import adapters.platforms
import adapters.providers
import commands
from adapters.web import Counters, Server, listen, site
from bot import config, plugins
from bot.accounts import Accounts
from bot.command import Command
from bot.config import BotSettings, Environment
from bot.decisions import Decisions
from bot.dispatch import Dispatch
from bot.errors import PlatformFault, SettingFault
from bot.imaging import open_studio
from bot.jobs import TELL, Jobs, Submitter
from bot.model import Job, Load
from bot.moderation import House, Panel
from bot.plugins import Finding, Kit
from bot.ports import ChatPlatform, Files, ImageProvider, Moderator, Queue, Store
from bot.preferences import Preferences
from bot.quotas import Quotas
from bot.records import Audit, Privacy, Records, Retention, Statistics
from bot.reviews import Reviews
from bot.roles import Roles
from bot.routing import Catalog
from bot.worker import Worker
from bot.worker.alerts import Alerts
from bot.worker.drawing import Drawer
from bot.worker.keeping import Keeper
from bot.worker.reviewing import Reviewer
from bot.worker.telling import Teller
from bot.worker.upkeep import Upkeep
from storage.files import open_files
from storage.journal import migrate, open_journal
from storage.lock import hold
from storage.queue import announce, install, open_queue

log = structlog.get_logger()

PLATFORMS, PROVIDERS, MODERATORS = adapters.platforms.__name__, adapters.providers.__name__, adapters.moderators.__name__
SECOND_NAMES = {**adapters.providers.ALSO, **adapters.moderators.ALSO}
_RECONNECT = (1.0, 60.0)
_TOLD_AGAIN = 12.0
"""Seconds that a cancelled platform gets for its last answers."""
_SETTLED = 30.0
"""Seconds after which a platform that ran counts as connected: what comes then is a new trouble."""
_COLLECT = (5_000, 5, 20)
"""New objects to a pass over the youngest, and how many of these to a pass over the next older generation."""


@dataclass(frozen=True, kw_only=True)
class Fakes:
    """What a test or another program brings along instead of plugins. None: decided by the settings."""

    platforms: Mapping[str, ChatPlatform] | None = None
    providers: Mapping[str, ImageProvider] | None = None
    moderators: Sequence[Moderator] | None = None
    around: Callable[[Any], Any] = lambda part: part
    """Put around the store, every platform and every provider: a test's way to fail at a chosen moment."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(kw_only=True)
class App:
    """Everything, open."""

    settings: BotSettings
    store: Store
    queue: Queue
    files: Files
    catalog: Catalog
    jobs: Jobs
    dispatch: Dispatch
    roles: Roles
    reviews: Reviews
    worker: Worker
    drawer: Drawer
    teller: Teller
    records: Records
    platforms: Mapping[str, ChatPlatform]
    server: Server | None
    examinations: Mapping[str, Callable[[], AsyncIterator[Finding]]]
    """What the doctor asks of the plugins that are on, by name."""
    _on: set[str] = field(default_factory=set[str])

    async def run(self, stop: asyncio.Event, *, started: Callable[[], None] = lambda: None) -> None:
        """Run until `stop` is set, then end within the grace time: no more events, steps finished or handed back, platforms last.

        Cancelling this coroutine stops at once; nothing is lost either way.
        """
        async with asyncio.TaskGroup() as group:
            serving = [group.create_task(self._serve())] if self.server else []
            working = group.create_task(self.worker.run())
            # All at once: one that is refused at its first word must not look like the last one.
            self._on.update(self.platforms)
            listening = [group.create_task(self._listen(name, platform)) for name, platform in self.platforms.items()]
            if self.server:
                await self.server.started()
            started()
            address = self.server.address if self.server else ""
            log.info("started", address=address, platforms=list(self.platforms), providers=list(self.catalog.lanes))
            await stop.wait()
            log.info("stopping", grace=self.settings.grace)
            for task in listening:
                task.cancel()
            await self.worker.stop()
            _, late = await asyncio.wait([working], timeout=self.settings.grace)
            for task in (*late, *serving):
                task.cancel()
            await see_off(listening)
        log.info("stopped")

    async def _serve(self) -> None:
        if self.server:
            await self.server.serve()

    async def _listen(self, name: str, platform: ChatPlatform) -> None:
        """Keep one platform connected. A drop is mended with backoff; one that is refused for good never takes the others down.

        Refused before it was ever connected, the last one stops the start; later, the bot stays up and says so on `/readyz`, for what
        was asked is kept and goes on with the next start.
        """
        pause = _RECONNECT[0]
        connected = False
        while True:
            began = time.monotonic()
            try:
                await platform.run(self.dispatch.menu, self.dispatch)
            except SettingFault as fault:
                log.error("platform off", platform=name, reason=str(fault))  # noqa: TRY400 - the sentence says it all; a traceback would not help
                self._on.discard(name)
                if not self._on and not connected:
                    raise
                return
            except PlatformFault as fault:
                log.warning("platform dropped", platform=name, reason=fault.sentence, again_in=pause)
            lasted = time.monotonic() - began
            connected = connected or lasted > _SETTLED
            pause = _RECONNECT[0] if lasted > _SETTLED else min(_RECONNECT[1], pause * 2)
            await asyncio.sleep(pause)


@asynccontextmanager
async def open_app(
    settings: BotSettings,
    environment: Environment,
    *,
    fakes: Fakes | None = None,
    serve: bool = True,
    migrated: bool | None = None,
    beside: bool = False,
) -> AsyncGenerator[App]:
    """Open everything, in the order in which things need each other, and close it in reverse.

    Args:
        settings: the hub's own settings.
        environment: where plugins' settings are read from.
        fakes: what to use instead of plugins.
        serve: whether the HTTP server is opened.
        migrated: True to bring the tables up to date first; by default done for SQLite only.
        beside: True to open it beside a bot that runs on the same data, for looking at things: it is never to `run`.

    Raises:
        SettingFault: one line that says which setting, for what, and the way without it.
    """
    fakes = fakes or Fakes()
    async with AsyncExitStack() as stack:
        made(settings.folder)
        if settings.embedded and not beside and ":memory:" not in settings.database_url:
            stack.enter_context(hold(settings.folder / "limner.lock"))
        # First, so that a port in use is said before anything is opened, and links know the port that was taken.
        listener = stack.enter_context(listen(settings.http_host, settings.http_port)) if serve else None
        port = listener.getsockname()[1] if listener else settings.http_port
        secret = config.secret_key(settings)
        if migrated and not settings.embedded:
            await install(settings.database_url)
        queue = await stack.enter_async_context(open_queue(None if settings.embedded else settings.database_url))
        journal = await stack.enter_async_context(
            open_journal(
                settings.database_url,
                migrate=settings.embedded if migrated is None else migrated,
                now=fakes.now,
                announce=None if settings.embedded else _announce,
            )
        )
        public_url = settings.public_url.rstrip("/") or f"http://{settings.http_host}:{port}"
        files = await stack.enter_async_context(
            open_files(settings.files_url, secret=secret, public_url=public_url, now=fakes.now, options=config.bucket_options(environment))
        )
        studio = await stack.enter_async_context(open_studio())
        opener = _Opener(
            stack=stack,
            environment=environment,
            kit=lambda name: Kit(
                folder=made(settings.folder / name),
                now=fakes.now,
                link=files.link,
                read=files.get,
                public_url=public_url,
                vault=journal.vault(name, secret=secret),
                webhook=f"{settings.public_url.rstrip('/')}/webhooks/{name}/{webhook_token(secret, name)}" if settings.public_url else "",
                show=lambda key, pending: drawer.follow(key, pending),  # noqa: PLW0108 - the drawer is made below; nothing asks before
                download_hosts=settings.download_hosts,
                admins=frozenset(settings.admins),
                record=journal.note,
            ),
        )
        chosen = Chosen.by(settings, environment)
        providers: Mapping[str, ImageProvider] = fakes.providers or await opener.open(PROVIDERS, chosen.providers, "limner.providers")
        moderators: Sequence[Moderator] = (
            fakes.moderators
            if fakes.moderators is not None
            else list((await opener.open(MODERATORS, chosen.moderators, "limner.moderators")).values())
        )
        platforms: Mapping[str, ChatPlatform] = fakes.platforms or await opener.open(PLATFORMS, chosen.platforms)
        around = fakes.around
        store: Store = around(journal)
        providers = {name: around(provider) for name, provider in providers.items()}
        platforms = {name: around(platform) for name, platform in platforms.items()}
        catalog = Catalog(providers)
        panel = Panel(moderators, House(store))
        metrics = Counters(store.counts)
        decisions = Decisions(store, now=fakes.now)
        quotas = Quotas(
            store,
            decisions=decisions,
            day=settings.quota_day,
            month=settings.quota_month,
            load=Load(running=settings.running, waiting=settings.waiting),
            zone=settings.time_zone,
            now=fakes.now,
        )
        preferences = Preferences(store, decisions)
        roles = Roles(store, decisions=decisions, admins=frozenset(settings.admins), now=fakes.now)
        reviews = Reviews(
            store=store,
            queue=queue,
            preferences=preferences,
            quotas=quotas,
            decisions=decisions,
            room=settings.review_channel,
            now=fakes.now,
        )
        submitter = Submitter(
            store=store,
            queue=queue,
            files=files,
            catalog=catalog,
            panel=panel,
            quotas=quotas,
            roles=roles,
            reviews=reviews,
            preferences=preferences,
            decisions=decisions,
            now=fakes.now,
        )
        jobs = Jobs(store=store, queue=queue, files=files, catalog=catalog, panel=panel, studio=studio, submitter=submitter, now=fakes.now)
        records = Records(
            audit=Audit(store, files=files, decisions=decisions),
            retention=Retention(store, files=files, queue=queue, decisions=decisions, usual=config.kept_for(settings), now=fakes.now),
            privacy=Privacy(jobs, decisions=decisions, platforms=platforms, now=fakes.now),
            statistics=Statistics(store, files=files, studio=studio, preferences=preferences, zone=settings.time_zone, now=fakes.now),
        )
        dispatch = Dispatch(
            commands=all_commands(),
            platforms=platforms,
            jobs=jobs,
            quotas=quotas,
            catalog=catalog,
            metrics=metrics,
            preferences=preferences,
            decisions=decisions,
            roles=roles,
            accounts=Accounts(store, decisions=decisions, secret=secret, now=fakes.now),
            reviews=reviews,
            records=records,
            now=fakes.now,
            alone=settings.embedded,
        )
        teller = Teller(
            store=store,
            queue=queue,
            files=files,
            catalog=catalog,
            panel=panel,
            studio=studio,
            platforms=platforms,
            metrics=metrics,
            preferences=preferences,
            reviews=reviews,
            alone=settings.embedded,
            now=fakes.now,
        )
        drawer = Drawer(
            store=store,
            queue=queue,
            files=files,
            catalog=catalog,
            keeper=Keeper(files=files, catalog=catalog, panel=panel, studio=studio),
            metrics=metrics,
            quotas=quotas,
            roles=roles,
            reviews=reviews,
            alone=settings.embedded,
            hooked=bool(settings.public_url),
            show=teller.show,
            preferences=preferences,
            now=fakes.now,
        )
        reviewer = Reviewer(
            store=store,
            queue=queue,
            files=files,
            catalog=catalog,
            studio=studio,
            platforms=platforms,
            reviews=reviews,
            teller=teller,
            alone=settings.embedded,
            now=fakes.now,
        )
        alerts = Alerts(store=store, budgets=quotas.budgets, platforms=platforms, now=fakes.now)
        worker = Worker(
            store=store,
            queue=queue,
            drawer=drawer,
            teller=teller,
            reviewer=reviewer,
            alerts=alerts,
            upkeep=Upkeep(store=store, queue=queue, records=records, now=fakes.now),
            catalog=catalog,
            now=fakes.now,
        )
        server = None
        if listener:
            checks = {"journal": store.ping, "queue": queue.ping, "files": files.ping}
            tokens = {name: webhook_token(secret, name) for name in providers}
            pages = site(
                files=files, counters=metrics, checks=checks, platforms=platforms, deliver=worker.receive, tokens=tokens, now=fakes.now
            )
            server = Server(pages, listener, metrics)
        _warn_of_ends(catalog)
        yield App(
            settings=settings,
            store=store,
            queue=queue,
            files=files,
            catalog=catalog,
            jobs=jobs,
            dispatch=dispatch,
            roles=roles,
            reviews=reviews,
            worker=worker,
            drawer=drawer,
            teller=teller,
            records=records,
            platforms=platforms,
            server=server,
            examinations=opener.examinations,
        )


def _warn_of_ends(catalog: Catalog) -> None:
    for offer in catalog.offers:
        if offer.model.until:
            log.warning("model ends", model=offer.name, until=offer.model.until.isoformat())


@dataclass(kw_only=True)
class _Opener:
    """Opens plugins, each with its settings and a kit of its own; what it opened is closed with the stack."""

    stack: AsyncExitStack
    environment: Environment
    kit: Callable[[str], Kit]
    examinations: dict[str, Callable[[], AsyncIterator[Finding]]] = field(default_factory=dict[str, Callable[[], AsyncIterator[Finding]]])

    async def open(self, package: str, chosen: Sequence[str], group: str = "") -> dict[str, Any]:
        """The plugins of a package by name."""
        found: dict[str, Any] = {}
        for name in chosen:
            plugin: plugins.Plugin[Any, Any] = plugins.load(package, name, "PLUGIN", group=group)
            read = partial(self._read, plugin.settings, name)
            settings, kit = read(), replace(self.kit(name), reload=read)
            found[name] = await self.stack.enter_async_context(plugin.open(settings, kit))
            if plugin.examine:
                self.examinations[name] = partial(plugin.examine, settings, kit)
        return found

    def _read(self, settings: type[plugins.PluginSettings], name: str) -> plugins.PluginSettings:
        """A plugin's settings as they are now: the mapping and the files that it names may have changed since the start."""
        return config.load(settings, name, config.also(self.environment, SECOND_NAMES))


async def see_off(tasks: Sequence[asyncio.Task[None]], *, patience: float = _TOLD_AGAIN) -> None:
    """Wait for cancelled tasks. One that does not end is told again: `asyncio.wait_for` drops a cancellation that meets the result."""
    left = set(tasks)
    while left:
        _, left = await asyncio.wait(left, timeout=patience)
        for task in left:
            log.warning("cancelled again", task=task.get_name())
            task.cancel()


def webhook_token(secret: bytes, name: str) -> str:
    """The part of a webhook's address that nobody can guess; the same in every process of an installation."""
    return hmac.new(secret, f"limner webhook {name}".encode(), hashlib.sha256).hexdigest()[:40]


def spare_collector() -> None:
    """Spare Python's collector, which works in the loop's time, what it need not look at. For a process that has opened its app.

    What is here now stays until the end. Of what comes, nearly all is gone without the collector as soon as it is not needed; so a full
    pass, which takes 1 ms for every 30 jobs in flight, is due only after half a million objects more, not with every quarter more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which plugins are on."""

    platforms: Sequence[str]
    providers: Sequence[str]
    moderators: Sequence[str]

    @classmethod
    def by(cls, settings: BotSettings, environment: Environment) -> "Chosen":
        """What the settings name; where they name nothing, what has settings of its own, else what needs none."""
        environment = config.also(environment, SECOND_NAMES)
        platforms = _said(PLATFORMS, environment)
        providers = _said(PROVIDERS, environment)
        return cls(
            platforms=settings.platforms or [name for name in platforms if name != "terminal"] or ["playground"],
            providers=settings.providers or providers or ["sketch"],
            moderators=settings.moderators or [name for name in plugins.names(MODERATORS) if _configured(MODERATORS, name, environment)],
        )


def made(folder: Path) -> Path:
    """A folder of ours, there and writable. Raises SettingFault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise SettingFault(
            f"The folder {folder} for what Limner keeps cannot be written to: {error.strerror}. "
            "Make it writable, or set BOT_DATABASE_URL and BOT_FILES_URL to a place that is."
        ) from None


def _said(package: str, environment: Environment) -> list[str]:
    """The plugins whose settings the environment names and that can work with them."""
    return [
        name
        for name in plugins.names(package)
        # A plugin's module is imported only when its prefix occurs: a chat SDK takes longer to import than all the rest.
        if any(variable.startswith(f"{name.upper()}_") for variable in config.said(environment)) and _configured(package, name, environment)
    ]


def _configured(package: str, name: str, environment: Environment) -> bool:
    plugin: plugins.Plugin[Any, Any] = plugins.load(package, name, "PLUGIN")
    return plugin.configured(config.load(plugin.settings, name, environment))


def all_settings() -> dict[str, tuple[str, type[plugins.PluginSettings] | type[BotSettings]]]:
    """Every settings class by prefix, each with a heading: what `.env.example` is made of."""
    found: dict[str, tuple[str, type[plugins.PluginSettings | BotSettings]]] = {"bot": ("The bot", BotSettings)}
    for package in (PLATFORMS, PROVIDERS, MODERATORS):
        for name in plugins.names(package):
            plugin: plugins.Plugin[Any, Any] = plugins.load(package, name, "PLUGIN")
            found[name] = (plugin.about, plugin.settings)
    return found


def all_commands() -> dict[str, Command]:
    """Every command by name: the files of `commands/`."""
    package = commands.__name__
    return {name: plugins.load(package, name, "COMMAND") for name in plugins.names(package)}


def manifest(settings: BotSettings, environment: Environment, platform: str) -> str:
    """The description of an app that an admin pastes at a platform's vendor. Raises SettingFault."""
    plugin: plugins.Plugin[Any, Any] = plugins.load(PLATFORMS, platform, "PLUGIN")
    if plugin.manifest is None:
        raise SettingFault(f"{platform} takes no manifest; `limner doctor` says what it needs.")
    menu = [command.spec for _, command in sorted(all_commands().items())]
    return plugin.manifest(config.load(plugin.settings, platform, environment), menu, settings.public_url.rstrip("/"))


@asynccontextmanager
async def open_store(settings: BotSettings) -> AsyncGenerator[Store]:
    """The journal alone, beside a bot that may be running, for looking at it. Raises SettingFault, StoreFault."""
    async with open_journal(settings.database_url, migrate=False) as journal:
        yield journal


async def bring_up_to_date(settings: BotSettings) -> None:
    """Make or migrate the tables, the queue's too. Raises SettingFault, StoreFault."""
    if settings.embedded:
        made(settings.folder)
    await migrate(settings.database_url)
    if not settings.embedded:
        await install(settings.database_url)


async def _announce(connection: Any, job: Job) -> None:  # noqa: ANN401 - a database connection; the hub does not know whose
    await announce(connection, job.id, lane=TELL, priority=job.priority)
    await announce(connection, job.id, lane=job.provider, priority=job.priority)
