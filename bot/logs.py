"""The log: structlog, pretty for people or JSON for machines, with one job id through all lines of a job's story.

Prompts are not logged. Whatever looks like a token is masked before it is written, whoever logs it.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_SECRETS = re.compile(
    r"(xox[a-z](?:\.xox[a-z])?-|xapp-|sk-|ghp_|r8_|Bearer\s+|Bot\s+)[A-Za-z0-9._\-]{8,}"
    r"|(signature|token|key)=[A-Za-z0-9_\-]{16,}"
    # A chat bot's token in three parts, and addresses that are as good as a token while they last.
    r"|[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"
    r"|(?<=/webhooks/)\d{15,22}/[A-Za-z0-9._\-]{20,}|(?<=/interactions/)\d{15,22}/[A-Za-z0-9._\-]{20,}"
    r"|(?<=/commands/)T[A-Z0-9]{6,}/\d+/[A-Za-z0-9]{8,}|(?<=/actions/)T[A-Z0-9]{6,}/\d+/[A-Za-z0-9]{8,}"
)


# A database driver's error quotes the values of its statement, and those hold prompts.
_VALUES = re.compile(r"\[parameters: .*")


def mask(text: str) -> str:
    """A text with whatever looks like a token, key or signature replaced, and a statement's values left out."""
    return _VALUES.sub("[parameters: left out]", _SECRETS.sub("[secret]", text))


def _mask_values(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = mask(value)
    return event


def set_up(*, form: str, level: str, stream: TextIO | None = None) -> None:
    """Make structlog and the standard library's loggers write to one stream (standard error unless told)."""
    out = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_values,
    ]
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer(colors=out.isatty())
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=shared
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries speak at debug and info about their own wire traffic, prompts and tokens included.
    root.setLevel(max(number, logging.WARNING))
