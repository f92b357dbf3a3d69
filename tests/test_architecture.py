"""The architecture holds: what may import what, what every file owes its package, and what importing does not do."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import grammar, plugins
from bot.command import Command
from bot.model import Kind
from bot.plugins import Plugin, PluginSettings

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "adapters", "commands", "storage")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PLUGINS = [
    (package, name)
    for package in ("adapters.platforms", "adapters.providers", "adapters.moderators")
    for name in plugins.names(package)
]  # fmt: skip
COMMANDS = plugins.names("commands")

# Chat platforms and image services; words of everyday English that are also vendors (replicate, stability) are left to the reader.
VENDORS = frozenset(
    {"slack", "discord", "mattermost", "telegram", "openai", "ideogram", "midjourney", "comfyui", "comfy", "bfl", "fal", "recraft"}
    | {"gemini", "vertexai", "bedrock", "huggingface", "runware", "leonardo", "stabilityai", "automatic1111", "a1111", "invokeai"}
)
SDKS = (
    "slack_bolt",
    "slack_sdk",
    "discord",
    "httpx",
    "aiohttp",
    "sqlalchemy",
    "aiosqlite",
    "asyncpg",
    "pgqueuer",
    "obstore",
    "fastapi",
    "uvicorn",
)


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def run_python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Another interpreter, in a folder that is not the project's, without the settings of whoever runs the tests."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}  # noqa: TID251 - a child process needs these
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(  # noqa: S603 - our own interpreter with our own arguments
        [sys.executable, *arguments], capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=120
    )


def test_import_contracts_hold(tmp_path: Path) -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = run_python(str(linter), "--config", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path), folder=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", [path for path in MODULES if path.name == "__init__.py"], ids=module_name)
def test_package_says_what_it_is(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert len(said) >= 50, f"{module_name(path)}: an __init__.py is its package's architecture page"
    assert re.match(r"[^\n]+[.:](\n|$)|[^\n]+\n[^\n]+[.:]", said), "it begins with a whole sentence"


@pytest.mark.parametrize("name", COMMANDS)
def test_command_file_defines_its_command(name: str) -> None:
    command = plugins.load("commands", name, "COMMAND")
    assert isinstance(command, Command)
    assert command.spec.name == name


@pytest.mark.parametrize("name", COMMANDS)
def test_example_of_every_command_and_option_works(name: str) -> None:
    spec = plugins.load("commands", name, "COMMAND").spec
    said, rest = grammar.split(spec.example)
    assert said == name
    grammar.parse(rest, spec)
    for option in spec.options:
        if option.example and option.kind is not Kind.IMAGE:
            alone = type(spec)(name=name, about=spec.about, options=(option,))
            assert grammar.check({option.name: option.example}, alone)


@pytest.mark.parametrize(("package", "name"), PLUGINS)
def test_plugin_file_defines_its_plugin(package: str, name: str) -> None:
    plugin: Plugin[PluginSettings, object] = plugins.load(package, name, "PLUGIN")
    assert type(plugin) is Plugin
    assert plugin.about
    for field, info in plugin.settings.model_fields.items():
        assert info.description, f"{name.upper()}_{field.upper()} needs a description, which becomes its comment in .env.example"


@pytest.mark.parametrize("path", [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"bot", "commands"}], ids=module_name)
def test_hub_names_no_vendor(path: Path) -> None:
    found = [(line, word) for line, text in said_in_code(path) for word in words_of(text) if word in VENDORS]
    assert not found, "say it in nobody's words, or move it to an adapter"


def said_in_code(path: Path) -> Iterator[tuple[int, str]]:
    """Every name and text of a module with its line, docstrings and comments left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # A text that stands alone is a docstring, of whatever it follows.
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
    for node in ast.walk(tree):
        for value in vars(node).values():
            if isinstance(value, str) and id(node) not in docstrings:
                yield getattr(node, "lineno", 0), value


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())


def test_vendor_check_sees_names_and_texts_but_not_docstrings(tmp_path: Path) -> None:
    path = tmp_path / "example.py"
    path.write_text(
        '"""Slack."""\nimport slack_sdk\nx: int\n"""Discord."""\ny = "to Discord"\n# Slack\nclass SlackPart: ...\n', encoding="utf-8"
    )
    found = [(line, word) for line, text in said_in_code(path) for word in words_of(text) if word in VENDORS]
    assert sorted(found) == [(2, "slack"), (5, "discord"), (7, "slack")]


IMPORTING = """
import importlib, sys, threading

deeds = []
WRITES = 0o1103  # O_WRONLY, O_RDWR, O_CREAT, O_TRUNC

def is_ours():
    # Only what our modules do by themselves: what a package of somebody else does on import is not ours to mend.
    frame = sys._getframe(2)
    while frame:
        if "site-packages" in frame.f_code.co_filename:
            return False
        if frame.f_globals.get("__name__", "").split(".")[0] in PACKAGES:
            return True
        frame = frame.f_back
    return False

def watch(event, arguments):
    acts = event in {"socket.connect", "socket.bind", "subprocess.Popen", "os.system", "os.mkdir", "signal.signal"}
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES
    if (acts or writes) and is_ours():
        deeds.append((event, repr(arguments)[:200]))

PACKAGES, names, forbidden = (argument.split(",") for argument in sys.argv[1:])
sys.addaudithook(watch)
for name in names:
    importlib.import_module(name)
    deeds += [(name, "imports " + sdk) for sdk in forbidden if sdk in sys.modules]
    if deeds:
        break
if threading.active_count() > 1:
    deeds.append(("threads", repr(threading.enumerate())))
for deed in deeds:
    print(*deed)
"""


def import_all(names: list[str], *, forbidden: tuple[str, ...] = (), folder: Path) -> str:
    """What importing these modules did, a line a deed."""
    # discord.py imports a module for voice, which nobody here uses, and which Python has announced to drop.
    quiet = ("-W", "error", "-W", "ignore:'audioop' is deprecated:DeprecationWarning")
    done = run_python(*quiet, "-c", IMPORTING, ",".join(PACKAGES), ",".join(names), ",".join(forbidden), folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


# The composition root and what is opened from the command line are where the four packages meet; everything else stands alone.
MEETING = re.compile(r"^\s*(from bot\.app import|import adapters)", re.MULTILINE)
HUB = [
    module_name(path)
    for path in MODULES
    if path.relative_to(ROOT).parts[0] in {"bot", "commands"} and not MEETING.search(path.read_text(encoding="utf-8"))
]


def test_hub_and_commands_import_without_any_sdk_or_driver(tmp_path: Path) -> None:
    assert "bot.dispatch" in HUB
    assert import_all(HUB, forbidden=SDKS, folder=tmp_path) == ""


def test_importing_does_nothing_but_define(tmp_path: Path) -> None:
    # Migrations are scripts that Alembic runs; importing them by name is no way anybody takes.
    names = [module_name(path) for path in MODULES if "migrations" not in path.parts]
    assert import_all(names, folder=tmp_path) == ""
    assert list(tmp_path.iterdir()) == []


def test_deeds_of_our_own_on_import_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "__init__.py").write_text("open('left-behind', 'w').close()\n", encoding="utf-8")
    done = run_python("-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n" + IMPORTING, "storage", "storage", "", folder=tmp_path)
    assert "left-behind" in done.stdout


def test_env_example_is_what_the_code_says(tmp_path: Path) -> None:
    done = run_python("-m", "bot", "env", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == done.stdout, "run: .venv/bin/limner env > .env.example"
