"""Workspaces: installations and states in the vault, shared by processes, forgotten when they are to be."""

from slack_sdk.oauth.installation_store import Installation

from adapters.platforms.slack.workspaces import STATE_SECONDS, States, Workspaces
from tests.contracts.vaults import MemoryVault


def installed(team: str | None, token: str, *, enterprise: str | None = None, everywhere: bool = False) -> Installation:
    return Installation(
        user_id="U1",
        team_id=team,
        enterprise_id=enterprise,
        is_enterprise_install=everywhere,
        bot_token=token,
        bot_id="B1",
        bot_user_id="UBOT",
        bot_scopes=["chat:write"],
    )


async def test_a_workspaces_token_is_found_by_another_process() -> None:
    vault = MemoryVault()
    await Workspaces(vault).async_save(installed("T1", "xoxb-one"))
    found = await Workspaces(vault).find("T1")
    assert found
    assert (found.token, found.bot_user) == ("xoxb-one", "UBOT")
    assert await Workspaces(vault).find("T2") is None


async def test_an_organisations_token_serves_each_of_its_workspaces_once_it_is_known_to_be_one() -> None:
    vault = MemoryVault()
    workspaces = Workspaces(vault)
    await workspaces.async_save(installed(None, "xoxb-all", enterprise="E1", everywhere=True))
    assert await workspaces.find("T7") is None
    await workspaces.belongs("T7", "E1")
    found = await Workspaces(vault).find("T7")
    assert found
    assert found.token == "xoxb-all"


async def test_a_workspaces_own_token_goes_before_its_organisations() -> None:
    workspaces = Workspaces(MemoryVault())
    await workspaces.async_save(installed(None, "xoxb-all", enterprise="E1", everywhere=True))
    await workspaces.async_save(installed("T7", "xoxb-own", enterprise="E1"))
    await workspaces.belongs("T7", "E1")
    found = await workspaces.find("T7")
    assert found
    assert found.token == "xoxb-own"


async def test_a_workspace_that_takes_the_app_away_leaves_no_token_behind() -> None:
    vault = MemoryVault()
    workspaces = Workspaces(vault)
    await workspaces.async_save(installed("T1", "xoxb-one"))
    await workspaces.async_save(installed("T2", "xoxb-two"))
    await workspaces.async_delete_bot(enterprise_id=None, team_id="T1")
    assert await workspaces.find("T1") is None
    assert await workspaces.find("T2") is not None
    assert not [value for value in vault.kept.values() if b"xoxb-one" in value]


async def test_one_workspace_does_not_take_its_organisations_token_with_it() -> None:
    workspaces = Workspaces(MemoryVault())
    await workspaces.async_save(installed(None, "xoxb-all", enterprise="E1", everywhere=True))
    await workspaces.belongs("T7", "E1")
    await workspaces.async_delete_bot(enterprise_id="E1", team_id="T7")
    assert await workspaces.find("T7") is not None
    await workspaces.async_delete_bot(enterprise_id="E1", team_id=None)
    assert await workspaces.find("T7") is None


async def test_what_another_process_forgot_is_forgotten_here_after_a_while() -> None:
    vault, time = MemoryVault(), [0.0]
    here, there = Workspaces(vault, now=lambda: time[0]), Workspaces(vault)
    await here.async_save(installed("T1", "xoxb-one"))
    assert await here.find("T1") is not None
    await there.async_delete_bot(enterprise_id=None, team_id="T1")
    time[0] = 31.0
    assert await here.find("T1") is None


async def test_bolt_finds_what_it_saved() -> None:
    workspaces = Workspaces(MemoryVault())
    await workspaces.async_save(installed("T1", "xoxb-one"))
    bot = await workspaces.async_find_bot(enterprise_id=None, team_id="T1")
    assert bot
    assert bot.bot_token == "xoxb-one"
    assert await workspaces.async_find_bot(enterprise_id=None, team_id="T9") is None


async def test_a_token_is_in_no_repr() -> None:
    workspaces = Workspaces(MemoryVault())
    await workspaces.async_save(installed("T1", "xoxb-secret"))
    assert "xoxb-secret" not in repr(await workspaces.find("T1"))


async def test_a_state_is_good_once_and_in_any_process() -> None:
    vault = MemoryVault()
    state = await States(vault).async_issue()
    assert await States(vault).async_consume(state)
    assert not await States(vault).async_consume(state)


async def test_a_state_that_nobody_issued_is_not_good() -> None:
    assert not await States(MemoryVault()).async_consume("")
    assert not await States(MemoryVault()).async_consume("999999999999-guess")
    assert not await States(MemoryVault()).async_consume("x" * 5000)


async def test_an_old_state_is_not_good_and_is_swept_away_by_the_next() -> None:
    vault, time = MemoryVault(), [1000.0]
    states = States(vault, now=lambda: time[0])
    old, left = await states.async_issue(), await states.async_issue()
    time[0] += STATE_SECONDS + 1
    assert not await states.async_consume(old)
    await states.async_issue()
    assert f"state/{left}" not in vault.kept
    assert len(vault.kept) == 1


async def test_installing_and_removing_the_app_is_put_on_record() -> None:
    seen: list[tuple[str, str, str]] = []

    async def record(act: str, where: str, who: str) -> None:
        seen.append((act, where, who))

    workspaces = Workspaces(MemoryVault(), record=record)
    await workspaces.async_save(installed("T1", "xoxb-one"))
    await workspaces.async_delete_bot(enterprise_id=None, team_id="T1")
    assert seen == [("install", "T1", "U1"), ("uninstall", "T1", "")]
