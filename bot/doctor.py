"""The doctor: checks settings, database, files, queue and every plugin that is on, and says what to do about what is not well."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

from bot import config, says
from bot.app import Chosen, open_app
from bot.command import standing_of
from bot.config import BotSettings, Environment
from bot.errors import LimnerError
from bot.plugins import Finding

__all__ = ["Finding", "examine", "stock"]

_SOON = 30
"""Days before a model's end from which the doctor warns."""


async def examine(environment: Environment) -> AsyncIterator[Finding]:
    """Look at everything, the ground first; stops where nothing further can be seen."""
    try:
        settings = config.load(BotSettings, "bot", environment)
        chosen = Chosen.by(settings, environment)
    except LimnerError as error:
        yield Finding(subject="settings", good=False, sentence=str(error))
        return
    known = (f"BOT_{name.upper()}" for name in BotSettings.model_fields)
    for sentence in config.unknown(environment, known):
        yield Finding(subject="settings", good=False, sentence=sentence)
    on = f"platforms {', '.join(chosen.platforms)}; providers {', '.join(chosen.providers)}; moderators {', '.join(chosen.moderators)}"
    yield Finding(subject="settings", good=True, sentence=on)
    who = f"whom the chat itself calls an admin{', and ' + ', '.join(sorted(settings.admins)) if settings.admins else ''}"
    yield Finding(subject="admins", good=True, sentence=f"{who}; BOT_ADMINS adds others, as platform:user-id")
    try:
        async with open_app(settings, environment, serve=False, beside=True) as bot:
            yield await _look("database", bot.store.ping, settings.database_url.split("@")[-1])
            yield await _look("files", bot.files.ping, settings.files_url)
            today = datetime.now(UTC).date()
            for offer in bot.catalog.offers:
                ending = says.ends(offer.model, today)
                soon = offer.model.until is not None and (offer.model.until - today).days < _SOON
                sentence = (
                    f"{ending}; choose another in BOT_PROVIDERS or /settings --model" if soon else ending or offer.model.about or "ready"
                )
                yield Finding(subject=f"model {offer.name}", good=not soon, sentence=sentence)
            for name in bot.platforms:
                if name not in bot.examinations:
                    yield Finding(subject=f"platform {name}", good=True, sentence="its settings are complete")
            for examination in bot.examinations.values():
                async for finding in examination():
                    yield finding
    except LimnerError as error:
        yield Finding(subject="start", good=False, sentence=str(error))


async def stock(environment: Environment) -> AsyncIterator[tuple[str, list[str]]]:
    """Every model that is configured, with its facts in words. Raises SettingFault."""
    settings = config.load(BotSettings, "bot", environment)
    async with open_app(settings, environment, serve=False, beside=True) as bot:
        today = datetime.now(UTC).date()
        for offer in bot.catalog.offers:
            yield offer.name, says.facts_of_model(standing_of(offer, bot.catalog, today))


async def _look(subject: str, check: Callable[[], Awaitable[None]], good: str) -> Finding:
    try:
        await check()
    except LimnerError as error:
        return Finding(subject=subject, good=False, sentence=str(error))
    return Finding(subject=subject, good=True, sentence=good)
