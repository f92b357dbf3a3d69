"""The packaging holds: locks that are exact and say nothing of where they were made, a complete wheel, a container that can be built."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-runtime.lock")
PACKAGES = ("bot", "adapters", "commands", "storage")


def pins(lock: str) -> dict[str, str]:
    """What a lock file pins: name (and marker) to version and hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    entries = [line.split(" ", 1) for line in text.splitlines() if line and not line.startswith("#")]
    return {name: rest.strip() for name, rest in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_exact_versions_by_hash_and_names_no_address(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 20
    for name, rest in found.items():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[a-z0-9.]+", name), name
        assert re.fullmatch(r"(; [^-]*?)?(\s*--hash=sha256:[0-9a-f]{64})+", rest), name
    assert not re.search(r"://|--(extra-)?index|--find-links|^-e|@ ", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)


def test_runtime_lock_is_a_part_of_the_whole_lock() -> None:
    whole, runtime = pins(LOCKS[0]), pins(LOCKS[1])
    assert runtime.items() <= whole.items()


def test_every_declared_package_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [entry for group in project["dependency-groups"].values() for entry in group if isinstance(entry, str)]
    for lock, declared in ((LOCKS[0], project["project"]["dependencies"] + groups), (LOCKS[1], project["project"]["dependencies"])):
        locked = {re.split("==", name)[0] for name in pins(lock)}
        wanted = {re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", entry)[0]).lower() for entry in declared}
        assert wanted <= locked, "run: make lock"


def test_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    done = subprocess.run(build, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603 - our own interpreter with our own arguments
    assert done.returncode == 0, done.stderr
    held = {Path(name) for name in zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()}
    there = {path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    missing = {path for path in there - held if "__pycache__" not in path.parts}
    assert not missing, "a pattern in .gitignore hides them"


def test_container_copies_what_is_there_and_not_ignored() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE) for word in line.split()[:-1]]
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}
    assert set(PACKAGES) <= set(copied)
    assert set(copied) == allowed
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_composed_services_name_secrets_and_volumes_that_are_declared() -> None:
    compose: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert set(compose["services"]) == {"bot", "migrate", "db"}
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        assert {mount.split(":")[0] for mount in service.get("volumes", [])} <= set(compose["volumes"])
        assert set(service.get("depends_on", {})) <= set(compose["services"])
