"""The settings: what may be set, and what is said of a mistake."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import SETTING_NAMES, Settings
from server.errors import SettingsError


def test_everything_has_a_default():
    """An empty environment gives a whole Settings with the documented defaults."""
    settings = Settings.from_environment({})
    assert settings.data_path == Path("data").absolute()
    assert settings.database_path.name == "stepback.db"
    assert settings.queue_path.name == "queue.db"
    assert settings.secret_path.name == "secret.key"
    assert (settings.host, settings.port, settings.web_workers) == ("0.0.0.0", 8000, 2)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.least_free_bytes == 200_000_000
    assert settings.voice_processes >= 1
    assert not settings.is_https


def test_every_setting_can_be_set(tmp_path: Path):
    """Each field has its variable, and each variable its field."""
    colours = tmp_path / "house.css"
    colours.write_text(":root { --paper: #fff; }")
    key = tmp_path / "cdn.pem"
    key.write_text("-----BEGIN")
    given_values = {
        "STEPBACK_COLOURS": str(colours),
        "STEPBACK_DATA": "/srv/data",
        "STEPBACK_KEYS": "/srv/keys",
        "STEPBACK_CACHE": "/srv/cache",
        "STEPBACK_SCRIPTS": "/srv/scripts",
        "STEPBACK_SOUNDS": "/srv/sounds",
        "STEPBACK_HOST": "::1",
        "STEPBACK_PORT": "9000",
        "STEPBACK_PUBLIC_URL": "https://sit.example/",
        "STEPBACK_PROXIES": "10.0.0.7, 10.1.0.0/24,fd00::/8",
        "STEPBACK_AUDIO_BY": "nginx",
        "STEPBACK_CDN_URL": "https://audio.sit.example",
        "STEPBACK_CDN_KEY": str(key),
        "STEPBACK_CDN_KEY_ID": "K2",
        "STEPBACK_TITLE": "Quiet house",
        "STEPBACK_WEB_WORKERS": "3",
        "STEPBACK_VOICE_PROCESSES": "4",
        "STEPBACK_VOICE": "silent",
        "STEPBACK_COMMERCIAL": "yes",
        "STEPBACK_RENDER_AHEAD": "no",
        "STEPBACK_LEAST_FREE_MB": "5",
        "STEPBACK_DATABASE_URL": "postgresql://sit:secret@db.example/stepback",
        "STEPBACK_QUEUE_URL": "redis://:secret@queue.example/1",
        "STEPBACK_STORE_URL": "s3://stepback/house?endpoint=https://s3.example:9000&region=home",
        "STEPBACK_OWN_WORDS_DAYS": "9",
        "STEPBACK_SMTP_URL": "smtps://sit:secret@mail.example",
        "STEPBACK_MAIL_FROM": "sit@sit.example",
        "STEPBACK_FEED_AUTHOR": "Ines",
        "STEPBACK_FEED_LICENCE": "CC-BY-4.0",
        "STEPBACK_FUNDING_URL": "https://give.example/us?how=now",
        "STEPBACK_FUNDING_TEXT": "Give us tea",
        "STEPBACK_COUNT_DOWNLOADS": "no",
        "STEPBACK_LOG_LEVEL": "DEBUG",
        "STEPBACK_LOG_FORMAT": "json",
        "STEPBACK_METRICS_HOST": "::1",
        "STEPBACK_METRICS_PORT": "9100",
        "STEPBACK_SENTRY_DSN": "https://key@errors.example/1",
    }
    assert set(given_values) == set(SETTING_NAMES)
    assert len(SETTING_NAMES) == len(dataclasses.fields(Settings))
    changed = Settings.from_environment(given_values)
    unchanged = Settings.from_environment({})
    for field in dataclasses.fields(Settings):
        if field.name != "voice_processes":
            assert getattr(changed, field.name) != getattr(unchanged, field.name), field.name
    assert changed.voice_processes == 4
    assert changed.public_url == "https://sit.example"
    assert changed.is_https
    assert changed.feed_licence == "cc-by-4.0"
    assert changed.least_free_bytes == 5_000_000


def test_proxies_are_addresses_and_networks():
    """Commas stand between them, and a single address is a network of one."""
    given_values = {"STEPBACK_PROXIES": "10.0.0.7, 10.1.0.0/24,,fd00::/8 "}
    networks = Settings.from_environment(given_values).proxies
    assert [str(each) for each in networks] == ["10.0.0.7/32", "10.1.0.0/24", "fd00::/8"]


def test_public_url_follows_the_port():
    """Without an address of its own the house is reached at its port on this machine."""
    assert Settings.from_environment({"STEPBACK_PORT": "81"}).public_url == "http://127.0.0.1:81"


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("STEPBACK_PROT", "STEPBACK_PORT"),
        ("STEPBACK_DATA_PATH", "STEPBACK_DATA"),
        ("STEPBACK_VOICES", "STEPBACK_VOICE"),
        ("STEPBACK_LOGLEVEL", "STEPBACK_LOG_LEVEL"),
    ],
)
def test_an_unknown_setting_is_an_error_with_the_nearest_name(name: str, guess: str):
    """A mistyped name never passes in silence; the nearest known one is offered."""
    with pytest.raises(SettingsError, match=rf"There is no setting {name}\. Did you mean {guess}"):
        Settings.from_environment({name: "1"})


def test_an_unknown_setting_far_from_all_has_no_guess():
    """Where nothing is near, nothing is guessed."""
    with pytest.raises(
        SettingsError, match=r"There is no setting STEPBACK_ZZQQXX12345\. docs/running\.md lists"
    ):
        Settings.from_environment({"STEPBACK_ZZQQXX12345": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STEPBACK_PORT", "eighty"),
        ("STEPBACK_PORT", "65536"),
        ("STEPBACK_PORT", "-1"),
        ("STEPBACK_PORT", "٨٠"),
        ("STEPBACK_WEB_WORKERS", "0"),
        ("STEPBACK_WEB_WORKERS", "9" * 5000),
        ("STEPBACK_OWN_WORDS_DAYS", "1.5"),
        ("STEPBACK_PUBLIC_URL", "sit.example"),
        ("STEPBACK_PUBLIC_URL", "ftp://sit.example"),
        ("STEPBACK_PUBLIC_URL", "https://"),
        ("STEPBACK_PUBLIC_URL", "https://sit.example:port"),
        ("STEPBACK_PUBLIC_URL", "https://sit.example/?a=1"),
        ("STEPBACK_PUBLIC_URL", "https://[half"),
        ("STEPBACK_PROXIES", "proxy.example"),
        ("STEPBACK_PROXIES", "10.0.0.7/24"),
        ("STEPBACK_PROXIES", "*"),
        ("STEPBACK_AUDIO_BY", "apache"),
        ("STEPBACK_TITLE", "two\nlines"),
        ("STEPBACK_COLOURS", "no/such/file.css"),
        ("STEPBACK_COLOURS", "/"),
        ("STEPBACK_HOST", "a host"),
        ("STEPBACK_VOICE", "../voice"),
        ("STEPBACK_DATA", "~nobody-of-this-name/data"),
        ("STEPBACK_LOG_LEVEL", "loud"),
        ("STEPBACK_QUEUE_URL", "amqp://queue.example"),
        ("STEPBACK_QUEUE_URL", "redis://"),
        ("STEPBACK_QUEUE_URL", "redis://queue.example:none"),
        ("STEPBACK_QUEUE_URL", "unix://relative.sock"),
        ("STEPBACK_QUEUE_URL", "postgresql://db.example"),
        ("STEPBACK_DATABASE_URL", "mysql://db.example/x"),
        ("STEPBACK_STORE_URL", "/srv/recordings"),
        ("STEPBACK_STORE_URL", "https://s3.example/stepback"),
        ("STEPBACK_STORE_URL", "s3://"),
        ("STEPBACK_STORE_URL", "s3://key:word@stepback"),
        ("STEPBACK_STORE_URL", "s3://stepback?endpoint=s3.example"),
        ("STEPBACK_STORE_URL", "s3://stepback?endpiont=https://s3.example"),
        ("STEPBACK_DATABASE_URL", "postgresql://db.example:none/x"),
        ("STEPBACK_SMTP_URL", "mail.example"),
        ("STEPBACK_SMTP_URL", "smtp://mail.example:none"),
        ("STEPBACK_MAIL_FROM", "nobody"),
        ("STEPBACK_FEED_LICENCE", "our own terms"),
        ("STEPBACK_FUNDING_URL", "give.example"),
        ("STEPBACK_FUNDING_URL", "ftp://give.example"),
        ("STEPBACK_FUNDING_URL", "https://give.example/ä"),
        ("STEPBACK_FUNDING_URL", "https://give.example/us?to=two words"),
        ("STEPBACK_FUNDING_URL", "https://give.example/" + "a" * 300),
        ("STEPBACK_COUNT_DOWNLOADS", "maybe"),
        ("STEPBACK_LOG_FORMAT", "xml"),
        ("STEPBACK_METRICS_HOST", "a host"),
        ("STEPBACK_METRICS_PORT", "8000"),
        ("STEPBACK_METRICS_PORT", "7999"),
        ("STEPBACK_METRICS_PORT", "65535"),
        ("STEPBACK_SENTRY_DSN", "https://errors.example/1"),
        ("STEPBACK_SENTRY_DSN", "https://key@errors.example/"),
        ("STEPBACK_SENTRY_DSN", "https://key@[half/1"),
    ],
)
def test_an_unusable_value_is_an_error_that_names_the_setting(name: str, value: str):
    """The person reads which variable is wrong."""
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: value})


def test_a_mail_server_needs_a_sender_and_shows_no_password():
    """The setting that is missing is named, and nothing that is printed holds the password."""
    wrong = {"STEPBACK_SMTP_URL": "smtp://sit:secret@mail.example"}
    with pytest.raises(SettingsError, match="MAIL_FROM") as refused:
        Settings.from_environment(wrong)
    with pytest.raises(SettingsError) as unusable:
        Settings.from_environment({"STEPBACK_SMTP_URL": "smpt://sit:secret@mail.example"})
    right = Settings.from_environment({**wrong, "STEPBACK_MAIL_FROM": "sit@sit.example"})
    for told in (refused.value, unusable.value, right):
        assert "secret" not in repr(told)


def test_the_address_for_faults_is_in_no_message():
    """Its key lets anybody send there."""
    wrong = {"STEPBACK_SENTRY_DSN": "https://secret@errors.example"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(wrong)
    right = {"STEPBACK_SENTRY_DSN": "https://secret@errors.example/1"}
    for told in (refused.value, Settings.from_environment(right)):
        assert "secret" not in repr(told)


def test_a_near_choice_is_offered():
    """A mistyped choice gets its neighbour."""
    with pytest.raises(SettingsError, match="Did you mean warning"):
        Settings.from_environment({"STEPBACK_LOG_LEVEL": "warn"})


@given(st.dictionaries(st.sampled_from(SETTING_NAMES), st.text(max_size=30), max_size=4))
def test_any_value_gives_settings_or_a_settings_error(environ: dict[str, str]):
    """Nothing that an environment may hold ends in another exception."""
    try:
        settings = Settings.from_environment(environ)
    except SettingsError:
        return
    assert settings.web_workers >= 1


def test_other_variables_are_left_alone():
    """Only names with our prefix are ours."""
    assert Settings.from_environment({"PORT": "1", "HOME": "/root"}).port == 8000
