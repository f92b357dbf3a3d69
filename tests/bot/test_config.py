"""Settings: from variables, files, a secrets folder; and one line about whatever is wrong."""

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from adapters.providers import ALSO
from bot import config
from bot.app import Chosen, all_settings
from bot.config import BotSettings
from bot.errors import SettingFault
from bot.plugins import PluginSettings


class VendorSettings(PluginSettings):
    key: SecretStr = Field(description="The key from the vendor's console.")
    base_url: str = Field("https://vendor.example", description="Where it is.")


def test_an_empty_environment_is_enough() -> None:
    settings = config.load(BotSettings, "bot", {})
    assert settings.embedded
    assert settings.platforms == ()


def test_a_variable_goes_before_its_file_and_that_before_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("from file\n")
    (tmp_path / "VENDOR_KEY").write_text("from folder")
    folder = {"BOT_SECRETS_DIR": str(tmp_path)}
    file = {**folder, "VENDOR_KEY_FILE": str(tmp_path / "file")}
    for environment, expected in ((folder, "from folder"), (file, "from file"), ({**file, "VENDOR_KEY": "from variable"}, "from variable")):
        assert config.load(VendorSettings, "vendor", environment).key.get_secret_value() == expected


def test_a_file_in_the_secrets_folder_counts_as_said(tmp_path: Path) -> None:
    (tmp_path / "vendor_key").write_text("from folder")
    assert "VENDOR_KEY" in config.said({"BOT_SECRETS_DIR": str(tmp_path)})
    assert "VENDOR_KEY" not in config.said({})


def test_a_missing_value_says_which_variable_and_what_it_is_for() -> None:
    with pytest.raises(SettingFault) as caught:
        config.load(VendorSettings, "vendor", {})
    assert str(caught.value) == "VENDOR_KEY: is missing. The key from the vendor's console."


@pytest.mark.parametrize(
    ("name", "value"),
    [("BOT_HTTP_PORT", "eighty"), ("BOT_TIME_ZONE", "Mars/Olympus"), ("BOT_SECRET_KEY", "short"), ("BOT_QUOTA_DAY", "-1")],
)
def test_a_wrong_value_is_one_line_without_the_value_of_a_secret(name: str, value: str) -> None:
    with pytest.raises(SettingFault) as caught:
        config.load(BotSettings, "bot", {name: value})
    assert str(caught.value).startswith(f"{name}:")
    assert "\n" not in str(caught.value)
    assert name != "BOT_SECRET_KEY" or value not in str(caught.value)


def test_a_setting_that_means_nothing_is_named_with_the_one_that_was_meant() -> None:
    said = config.unknown({"BOT_PROVIDER": "openai", "BOT_ADMINS_FILE": "x", "PATH": "y"}, ["BOT_PROVIDERS", "BOT_ADMINS"])
    assert said == ["BOT_PROVIDER is no setting of ours. Did you mean BOT_PROVIDERS?"]


def test_the_secret_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    settings = config.load(BotSettings, "bot", {"BOT_DATABASE_URL": f"sqlite:///{tmp_path}/limner.db"})
    first = config.secret_key(settings)
    assert config.secret_key(settings) == first
    assert len(first) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_the_example_file_sets_nothing_and_names_everything() -> None:
    text = config.example({"bot": ("The bot", BotSettings), "vendor": ("A vendor", VendorSettings)})
    assert all(line.startswith("#") or not line for line in text.splitlines())
    assert all(f"#BOT_{name.upper()}=" in text for name in BotSettings.model_fields)
    assert "#VENDOR_BASE_URL=https://vendor.example" in text


@pytest.mark.parametrize(
    ("name", "value", "advice"), [("BOT_ADMINS", "ada", "platform:user-id"), ("BOT_PUBLIC_URL", "limner.example.com", "https://")]
)
def test_a_value_that_would_do_nothing_is_refused_with_one_that_works(name: str, value: str, advice: str) -> None:
    with pytest.raises(SettingFault, match=advice):
        config.load(BotSettings, "bot", {name: value})


def test_an_empty_variable_is_one_that_is_not_set_unless_empty_means_something() -> None:
    settings = config.load(BotSettings, "bot", {"BOT_HTTP_PORT": "", "BOT_GRACE": "", "BOT_QUOTA_DAY": ""})
    assert (settings.http_port, settings.grace, settings.quota_day) == (8080, 20, None)


def test_an_empty_secret_is_a_missing_one() -> None:
    with pytest.raises(SettingFault, match="VENDOR_KEY: is missing"):
        config.load(VendorSettings, "vendor", {"VENDOR_KEY": ""})
    assert config.load(BotSettings, "bot", {"BOT_SECRET_KEY": ""}).secret_key is None


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "BOT_TIME_ZONE"
    broken.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(SettingFault, match="BOT_TIME_ZONE cannot be read"):
        config.load(BotSettings, "bot", {"BOT_SECRETS_DIR": str(tmp_path)})
    with pytest.raises(SettingFault, match="is no folder"):
        config.load(BotSettings, "bot", {"BOT_SECRETS_DIR": str(tmp_path / "nowhere")})
    with pytest.raises(SettingFault, match="cannot be read"):
        config.read_environment(broken)


NAMES = {"MAKER_KEY": "VENDOR_KEY"}


def said_key(environment: config.Environment) -> str:
    return config.load(VendorSettings, "vendor", config.also(environment, NAMES)).key.get_secret_value()


def test_a_second_name_of_a_key_is_read_however_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "maker_key").write_text("from folder\n")
    folder = {"BOT_SECRETS_DIR": str(tmp_path)}
    file = {"MAKER_KEY_FILE": str(tmp_path / "maker_key")}
    assert said_key({"MAKER_KEY": "from variable"}) == "from variable"
    assert said_key(file) == "from folder"
    assert said_key(folder) == "from folder"
    # Compose files pass on as empty what is not set.
    for empty in ({"VENDOR_KEY": ""}, {"VENDOR_KEY": "", "VENDOR_KEY_FILE": ""}):
        assert said_key({**empty, "MAKER_KEY": "from variable"}) == "from variable"
        assert said_key({**empty, **file}) == "from folder"
    with pytest.raises(SettingFault, match="VENDOR_KEY: is missing"):
        said_key({"MAKER_KEY": ""})


def test_a_key_in_a_file_by_its_second_name_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("first")
    environment = config.also({"MAKER_KEY_FILE": str(tmp_path / "key")}, NAMES)
    assert config.load(VendorSettings, "vendor", environment).key.get_secret_value() == "first"
    (tmp_path / "key").write_text("second")
    assert config.load(VendorSettings, "vendor", environment).key.get_secret_value() == "second"


def test_a_settings_own_name_goes_before_the_second_however_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "VENDOR_KEY").write_text("own")
    for own in ({"VENDOR_KEY": "own"}, {"VENDOR_KEY_FILE": str(tmp_path / "VENDOR_KEY")}, {"BOT_SECRETS_DIR": str(tmp_path)}):
        assert said_key({**own, "MAKER_KEY": "second"}) == "own"
        assert said_key({"MAKER_KEY": "second", **own}) == "own"


def test_the_example_file_names_second_names() -> None:
    text = config.example({"vendor": ("A vendor", VendorSettings)}, NAMES)
    assert "# Where it is unset, MAKER_KEY is read.\n#VENDOR_KEY=" in text


@pytest.mark.parametrize(("second", "name"), sorted(ALSO.items()))
def test_a_provider_is_switched_on_by_the_second_name_of_its_key(second: str, name: str, tmp_path: Path) -> None:
    provider, _, field = name.lower().partition("_")
    settings = config.load(BotSettings, "bot", {})
    (tmp_path / "key").write_text("k")
    for environment in ({second: "k"}, {f"{second}_FILE": str(tmp_path / "key")}):
        assert list(Chosen.by(settings, environment).providers) == [provider]
    assert field in all_settings()[provider][1].model_fields, "it means a setting that is there"
