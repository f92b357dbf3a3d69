"""Keys in a whole bot: broken, replaced, several, in odd forms; what people and admins are told, and what nobody reads in the log."""

import asyncio
import json
import signal
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.calls import Keys
from bot.errors import FaultKind, ProviderFault
from bot.model import Job, State
from tests.flows.atelier import Atelier, open_atelier
from tests.flows.process import started
from tests.flows.story import Story, eventually, open_story, said
from tests.flows.test_command_line import limner

PROMPT = "a zebrafish on a unicycle"
LINE = f"imagine {PROMPT} --seed 5"
FIRST, SECOND = "recraft-key-nobody-may-read", "second-key-nobody-may-read"


@pytest.fixture
async def atelier() -> AsyncGenerator[Atelier]:
    async with open_atelier() as opened:
        yield opened


async def over(story: Story, line: str) -> Job:
    answer = await story.say(line)
    assert answer.job, said(answer)
    await story.until(answer.job)
    return await story.shown(answer.job)


def keys(text: str) -> Keys:
    return Keys(lambda: SecretStr(text), variable="ACME_API_KEY")


@pytest.mark.parametrize("text", ["one,two", " one , two ,", "one\ntwo", "one\r\ntwo\r\n", "\none,\n\ntwo\n"])
def test_several_keys_may_stand_between_commas_or_on_lines_and_take_turns(text: str) -> None:
    found = keys(text)
    assert {found.next() for _ in range(4)} == {"one", "two"}


@pytest.mark.parametrize("text", ["“quoted”", "one\x00two", "schlüssel"])
def test_a_key_with_a_sign_that_no_key_has_is_said_by_its_variable_and_not_repeated(text: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        keys(text).next()
    assert (fault.value.kind, fault.value.accepted) == (FaultKind.CREDENTIALS, False)
    assert "ACME_API_KEY" in fault.value.sentence
    assert text not in fault.value.sentence


@pytest.mark.parametrize("text", ["", " , ", "\n"])
def test_no_key_at_all_is_a_fault_that_names_the_variable(text: str) -> None:
    with pytest.raises(ProviderFault) as fault:
        keys(text).next()
    assert "ACME_API_KEY" in fault.value.sentence


async def test_a_broken_key_is_told_to_the_person_without_blame_and_never_repeated_to_anybody(
    tmp_path: Path, atelier: Atelier, capsys: pytest.CaptureFixture[str]
) -> None:
    atelier.accepted = set()
    async with open_story(tmp_path, atelier.settings, BOT_PROVIDERS="recraft") as story:
        job = await over(story, LINE)
        assert job.state is State.FAILED
        told = str(await story.card(job.id))
        assert "recraft does not accept our key" in told
        assert "Tell an admin" in told
        assert "did not count" in told
        shown = said(await story.say("models", who="ada")) + said(await story.say(f"show {job.id}", who="ada"))
    logged = "".join(capsys.readouterr())
    assert "kind=credentials" in logged.replace("'", ""), "the log says what it was"
    assert FIRST not in told + shown + logged
    assert PROMPT not in logged


@pytest.mark.parametrize("way", ["well", "down", "refused", "401"])
@pytest.mark.parametrize("provider", ["bfl", "recraft"])
async def test_the_log_holds_no_key_no_prompt_and_no_address_of_a_result(
    tmp_path: Path, atelier: Atelier, capsys: pytest.CaptureFixture[str], provider: str, way: str
) -> None:
    atelier.down = way == "down"
    atelier.refused = {5, 6} if way == "refused" else set()
    atelier.accepted = set() if way == "401" else None
    async with open_story(tmp_path, atelier.settings, BOT_PROVIDERS=provider, BOT_LOG_LEVEL="debug") as story:
        job = await over(story, f"{LINE} --count 2 --model {provider}")
        expected = {"well": {State.DELIVERED}, "refused": {State.BLOCKED, State.DELIVERED}}.get(way, {State.FAILED})
        assert job.state in expected
    logged = "".join(capsys.readouterr())
    assert job.id in logged
    for secret in ("nobody-may-read", PROMPT, "/results/", "zebrafish"):
        assert secret not in logged


async def test_a_key_file_that_is_replaced_counts_from_the_next_call(tmp_path: Path, atelier: Atelier) -> None:
    file = tmp_path / "token"
    file.write_text(f"{FIRST}\n")
    settings = {name: value for name, value in atelier.settings.items() if name != "RECRAFT_API_TOKEN"}
    async with open_story(tmp_path, settings, BOT_PROVIDERS="recraft", RECRAFT_API_TOKEN_FILE=str(file)) as story:
        await story.drawn(LINE)
        file.write_text(f"{SECOND}\n")
        await story.drawn(f"{LINE} --fresh")
        assert atelier.keys == [FIRST, SECOND]
        atelier.accepted = {FIRST}
        assert (await over(story, f"{LINE} --fresh")).state is State.FAILED
        file.unlink()
        assert (await over(story, f"{LINE} --fresh")).state is State.FAILED, "a file that is gone is no reason to break"
        file.write_text(FIRST)
        assert (await over(story, f"{LINE} --fresh")).state is State.DELIVERED


async def test_of_several_keys_a_refused_one_is_passed_over_and_the_picture_comes(tmp_path: Path, atelier: Atelier) -> None:
    atelier.accepted = {SECOND}
    settings = {**atelier.settings, "RECRAFT_API_TOKEN": f"{FIRST}, {SECOND}"}
    async with open_story(tmp_path, settings, BOT_PROVIDERS="recraft") as story:
        for _ in range(3):
            await story.drawn(f"{LINE} --fresh")
    assert atelier.keys.count(FIRST) <= 1
    assert len(atelier.seeds) == 3


@pytest.mark.slow
async def test_a_hangup_reads_the_keys_again_while_the_bot_runs(tmp_path: Path, atelier: Atelier) -> None:
    atelier.accepted = {SECOND}
    written = tmp_path / ".env"
    written.write_text(f"RECRAFT_API_TOKEN={FIRST}\n")
    async with (
        started(tmp_path, BOT_PROVIDERS="recraft", RECRAFT_BASE_URL=f"{atelier.url}/v1") as process,
        process.chat("grace") as chat,
    ):
        await chat.say(f"/{LINE}")

        async def tried(key: str) -> bool:
            return key in atelier.keys

        assert await eventually(lambda: tried(FIRST))
        assert not atelier.seeds
        written.write_text(f"RECRAFT_API_TOKEN={SECOND}\n")
        process.process.send_signal(signal.SIGHUP)

        async def read_again() -> bool:
            return "read again" in (tmp_path / "log").read_text()

        assert await eventually(read_again)
        await chat.say(f"/{LINE}")
        assert await eventually(lambda: tried(SECOND))
        assert await process.terminate() == 0
    logged = (tmp_path / "log").read_text()
    assert all(secret not in logged for secret in (FIRST, SECOND, PROMPT))
    assert all(json.loads(line) for line in logged.splitlines() if line.startswith("{"))


@pytest.mark.slow
async def test_doctor_and_providers_say_what_to_do_about_a_broken_key(tmp_path: Path, atelier: Atelier) -> None:
    atelier.accepted = set()
    settings = {**atelier.settings, "BOT_PROVIDERS": "bfl,recraft"}
    doctor, listed = await asyncio.gather(limner(tmp_path, "doctor", settings=settings), limner(tmp_path, "providers", settings=settings))
    assert doctor.status == 1, doctor.out
    assert "BFL_API_KEY" in doctor.out
    assert "RECRAFT_API_TOKEN" in doctor.out
    assert listed.status == 0, listed.err
    assert "flux-2-pro" in listed.out
    assert "recraftv4_1" in listed.out
    assert "nobody-may-read" not in doctor.out + doctor.err + listed.out + listed.err
    assert not atelier.keys, "nothing is ordered"
