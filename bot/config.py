"""The environment, read here and nowhere else: settings from variables, `*_FILE` variables, a secrets folder and `.env`.

Fields become `BOT_<FIELD>` here and `<PLUGIN>_<FIELD>` in plugins. A variable wins over its `_FILE`, that over a file of its name in
`BOT_SECRETS_DIR`, that over `.env`. pydantic checks the values; pydantic-settings is not used, because its settings classes read the
environment wherever they are made, and plugins declare theirs far from here.
"""

import difflib
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from bot.errors import SettingFault

Environment = Mapping[str, str]
_NEVER_EMPTY: tuple[object, ...] = (int, float, bool, SecretStr, SecretStr | None)
M = TypeVar("M", bound=BaseModel)


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class BotSettings(BaseModel):
    """The hub's own settings. With none of them set, the bot runs: playground, sketch, SQLite, a folder."""

    platforms: Words = Field(
        (), description="Chat platforms, comma list. Empty: every platform that has its settings, else the playground."
    )
    providers: Words = Field(
        (), description="Image providers, comma list, in the order of preference. Empty: every provider that has its settings."
    )
    moderators: Words = Field((), description="Moderators, comma list. Empty: every moderator that has its settings.")
    database_url: str = Field(
        "sqlite:///data/limner.db", description="The journal: sqlite:///path or postgresql://user:password@host/name."
    )
    files_url: str = Field(
        "data/files", description="Where pictures are kept: a folder, file:///path, or s3://bucket/prefix (with the usual AWS_* variables)."
    )
    download_hosts: Words = Field(
        (), description="More hosts that any service's results may be fetched from, host or host:port, comma list; private ones too."
    )
    public_url: str = Field("", description="Where people reach the HTTP server, for links to pictures. Empty: http://<host>:<port>.")
    http_host: str = Field("127.0.0.1", description="Address to listen on.")
    http_port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    secret_key: SecretStr | None = Field(
        None, description="Signs links and protects stored tokens; 32 characters or more. Unset: made once and kept beside the data."
    )
    admins: Words = Field((), description="Owners in every workspace, whom nobody can ban: platform:user-id, comma list.")
    log_format: Literal["pretty", "json"] = Field("pretty", description="pretty or json.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error. Prompts are in no log."
    )
    time_zone: str = Field("UTC", description="IANA time zone in which days and months begin, for quotas.")
    quota_day: int | None = Field(
        50, ge=0, description="Images a person may have in a day, unless a rule says otherwise; 0 for none, empty for no limit."
    )
    quota_month: int | None = Field(500, ge=0, description="Images a person may have in a month, likewise.")
    review_channel: str = Field(
        "playground:studio:review",
        description="platform:workspace:channel where doubtful requests wait for a reviewer, until an admin says otherwise with /review.",
    )
    running: int = Field(3, ge=1, description="Jobs of one person that may be drawn at once.")
    waiting: int = Field(10, ge=1, description="Jobs of one person that may wait.")
    grace: float = Field(20, ge=0, le=28, description="Seconds that running work gets to finish when the bot is stopped.")

    keep_prompts: str = Field(
        "forever", description="How long prompts are kept where no admin decided (/privacy keep): 90d, 12w, 6mo, 2y or forever."
    )
    keep_images: str = Field("forever", description="How long pictures are kept, likewise.")
    keep_temporary: str = Field("1d", description="How long previews, exports and uploads that no job needs are kept, likewise.")
    keep_audit: str = Field("forever", description="How long the audit is kept, likewise.")

    @field_validator("keep_prompts", "keep_images", "keep_temporary", "keep_audit")
    @classmethod
    def _a_span(cls, value: str) -> str:
        if value != "forever" and span_of(value) is None:
            raise ValueError("is no stretch of time; write 90d, 12w, 6mo, 2y or forever")
        return value

    @field_validator("quota_day", "quota_month", "secret_key", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is no IANA time zone; try Europe/Berlin") from error
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:  # noqa: PLR2004 - as the description says
            raise ValueError("must have 32 characters or more; leave it unset to have one made")
        return value

    @field_validator("admins")
    @classmethod
    def _platform_and_id(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for each in value:
            platform, _, id_ = each.partition(":")
            if not platform or not id_:
                raise ValueError(f"{each[:60]} names nobody; write platform:user-id")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+\S*", value):
            raise ValueError("is no address; write all of it, as in https://limner.example.com")
        return value

    @property
    def embedded(self) -> bool:
        """Whether the journal is a SQLite file of this process, with the queue in memory."""
        return self.database_url.startswith("sqlite")

    @property
    def folder(self) -> Path:
        """Where this process keeps what is neither job nor picture: beside the SQLite file or the pictures' folder, else `data`."""
        if self.embedded and ":memory:" not in self.database_url:
            return Path(self.database_url.split("///", 1)[-1]).expanduser().parent
        if "://" not in self.files_url:
            return Path(self.files_url).expanduser().parent
        return Path("data")


_SPAN = re.compile(r"(\d{1,4})\s*(h|d|w|mo|y)[a-z]*")
_UNITS = {"h": 1 / 24, "d": 1, "w": 7, "mo": 30, "y": 365}
_LONGEST = timedelta(days=100 * 365)


def span_of(text: str) -> timedelta | None:
    """`12h`, `90d`, `12w`, `6mo` or `2y` as a length of time; None for what is none, or longer than a life."""
    match = _SPAN.fullmatch(text.strip().casefold())
    length = timedelta(days=int(match[1]) * _UNITS[match[2]]) if match else timedelta(0)
    return length if timedelta(0) < length <= _LONGEST else None


def kept_for(settings: BotSettings) -> dict[str, timedelta | None]:
    """How long each kind of data is kept where nobody decided; None for ever."""
    return {name.removeprefix("keep_"): span_of(getattr(settings, name)) for name in BotSettings.model_fields if name.startswith("keep_")}


def read_environment(env_file: Path | None = None) -> Environment:
    """Everything that may hold a setting, in one mapping; `.env` in the working folder unless another is named.

    Raises:
        SettingFault: the file is there and cannot be read.
    """
    file = env_file or Path(".env")
    try:
        written = {name: value for name, value in dotenv_values(file).items() if value is not None} if file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingFault(f"{file} cannot be read ({error.__class__.__name__}); write it as UTF-8 text, or remove it.") from None
    return {**written, **os.environ}  # noqa: TID251 - this is the module that the rule names


def load(settings: type[M], prefix: str, environment: Environment) -> M:
    """A settings class filled from the variables that begin with its prefix.

    Raises:
        SettingFault: one line that says which variable, what is wrong, and what it is for.
    """
    values: dict[str, str] = {}
    for field in settings.model_fields:
        found = _look_up(f"{prefix}_{field}".upper(), environment)
        # An empty variable, as compose files pass on what is not set, says nothing where empty is no value.
        if found is not None and (found or settings.model_fields[field].annotation not in _NEVER_EMPTY):
            values[field] = found
    try:
        return settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = str(first["loc"][0]) if first["loc"] else ""
        about = settings.model_fields[field].description if field in settings.model_fields else ""
        reason = "is missing" if first["type"] == "missing" else str(first["msg"]).removeprefix("Value error, ")
        raise SettingFault(f"{f'{prefix}_{field}'.upper()}: {reason}. {about or ''}".strip()) from None


def also(environment: Environment, names: Mapping[str, str]) -> Environment:
    """The same environment, with settings that are said by a second name under their own. `names` maps second names to settings.

    A setting that is said by its own name, in whatever way, goes before its second name; an empty variable says nothing.
    """
    found = dict(environment)
    for second, name in names.items():
        if _place(name, found) or not (place := _place(second, found)):
            continue
        # A file stays a file, so that a key that changes in it is read anew.
        said_as, value = place
        found[name + said_as] = value
        if said_as:
            found.pop(name, None)
    return found


def _place(name: str, environment: Environment) -> tuple[str, str] | None:
    """Where a setting is said: how its name ends there (nothing, or `_FILE`), and the value or the path. None where it is not."""
    for ending in ("", "_FILE"):
        if value := environment.get(f"{name}{ending}"):
            return ending, value
    folder = environment.get("BOT_SECRETS_DIR")
    files = [Path(folder) / name, Path(folder) / name.lower()] if folder else []
    return next((("_FILE", str(file)) for file in files if file.is_file()), None)


def _look_up(name: str, environment: Environment) -> str | None:
    if name in environment:
        return environment[name]
    if path := environment.get(f"{name}_FILE"):
        return _read(Path(path), f"{name}_FILE", f"name a readable file or set {name} itself")
    if folder := environment.get("BOT_SECRETS_DIR"):
        if not Path(folder).is_dir():
            raise SettingFault(f"BOT_SECRETS_DIR: {folder} is no folder; name the one that holds the secrets, or leave it unset.")
        for candidate in (Path(folder) / name, Path(folder) / name.lower()):
            if candidate.is_file():
                return _read(candidate, "BOT_SECRETS_DIR", f"put text into it or set {name} itself")
    return None


def _read(file: Path, setting: str, advice: str) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingFault(f"{setting}: {file} cannot be read ({error.__class__.__name__}); {advice}.") from None


def said(environment: Environment) -> set[str]:
    """The names of all settings that are said anywhere: variables, and files of the secrets folder."""
    folder = environment.get("BOT_SECRETS_DIR")
    files = [file.name.upper() for file in Path(folder).iterdir() if file.is_file()] if folder and Path(folder).is_dir() else []
    return {*environment, *files}


def bucket_options(environment: Environment) -> dict[str, str]:
    """The cloud's own variables for a bucket (`AWS_*`, `GOOGLE_*`, `AZURE_*`), passed on as they are."""
    return {name: value for name, value in environment.items() if name.startswith(("AWS_", "GOOGLE_", "AZURE_STORAGE_"))}


def unknown(environment: Environment, known: Iterable[str]) -> list[str]:
    """A sentence for each `BOT_*` variable that means nothing, with the one that was probably meant."""
    names = sorted({*known, "BOT_SECRETS_DIR"})
    said: list[str] = []
    for name in sorted(environment):
        plain = name.removesuffix("_FILE")
        if plain.startswith("BOT_") and plain not in names:
            close = difflib.get_close_matches(plain, names, n=1)
            said.append(f"{name} is no setting of ours." + (f" Did you mean {close[0]}?" if close else ""))
    return said


def secret_key(settings: BotSettings) -> bytes:
    """The key that signs links: as set, or made once and kept beside the data, readable by its owner alone. Raises OSError."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = settings.folder / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_urlsafe(48).encode())
    return path.read_bytes()


def example(parts: Mapping[str, tuple[str, type[BaseModel]]], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """`.env.example`: every setting with its default, by prefix.

    Args:
        parts: prefixes, each with a heading and its settings.
        names: second names, each with the setting that it means.
    """
    lines = [
        "# Every setting of Limner with its default. Copy to .env and change what you need; with none of it set, the bot runs.",
        "# Each variable may also be given as NAME_FILE (a file that holds the value) or as a file called NAME in BOT_SECRETS_DIR.",
    ]
    for prefix, (heading, settings) in parts.items():
        lines += ["", f"# {heading}"]
        for name, field in settings.model_fields.items():
            if field.description:
                lines.append(f"# {field.description}")
            full = f"{prefix}_{name}".upper()
            if seconds := [second for second, meant in names.items() if meant == full]:
                lines.append(f"# Where it is unset, {' or '.join(seconds)} is read.")
            lines.append(f"#{full}={_shown(field)}")
    return "\n".join(lines) + "\n"


def _shown(field: FieldInfo) -> str:
    value: object = field.get_default(call_default_factory=False)
    if value is PydanticUndefined or value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - a default's items are plain values
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal):
        return f"{value:g}"
    return str(value)
