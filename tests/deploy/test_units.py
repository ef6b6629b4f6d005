"""The units of systemd, the image and the compose file say the same; what they name is there."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.cli import main
from server.config import SETTING_NAMES, Settings
from server.web.serve import CONNECTIONS_PER_WORKER, GRACEFUL_SECONDS, SPARE_FILES
from tests.deploy.front import NGINX, nginx_in_front

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAM = "/opt/stepback/.venv/bin/stepback"
UNITS = ("stepback-web", "stepback-worker")
ANALYZE = shutil.which("systemd-analyze")

needs_systemd = pytest.mark.skipif(
    ANALYZE is None, reason="systemd-analyze is not there: apt-get install -y systemd"
)


def unit(name: str) -> dict[str, list[str]]:
    """The lines of a unit: option → its values, in order."""
    read: dict[str, list[str]] = {}
    for line in (DEPLOY / f"systemd/{name}.service").read_text().splitlines():
        if line and not line.startswith(("#", "[")):
            option, _, value = line.partition("=")
            read.setdefault(option, []).append(value)
    return read


def env_example() -> dict[str, str]:
    """The settings of deploy/stepback.env.example."""
    lines = (DEPLOY / "stepback.env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yml").read_text())


def image() -> dict[str, list[str]]:
    """The Dockerfile: instruction → what follows it, with its lines joined."""
    read: dict[str, list[str]] = {}
    for line in (DEPLOY / "Dockerfile").read_text().replace("\\\n", "").splitlines():
        if line and not line.startswith("#"):
            instruction, _, rest = line.partition(" ")
            read.setdefault(instruction, []).append(rest)
    return read


def commands(*options: str) -> set[str]:
    """What units start of our program."""
    lines = [line for name in UNITS for option in options for line in unit(name)[option]]
    assert all(line.startswith(f"{PROGRAM} ") for line in lines)
    return {line.removeprefix(f"{PROGRAM} ") for line in lines}


def seconds(text: str) -> int:
    return int(text.removesuffix("s"))


def test_the_settings_that_are_shown_can_be_used():
    """The example is an environment that Stepback takes, https behind a proxy on this machine."""
    settings = Settings.from_environment(env_example())
    assert settings.is_https
    assert settings.host == "127.0.0.1"
    assert settings.audio_by == "nginx"


def test_what_is_started_is_there():
    """Each command is one of ours, and its options are its own."""
    for line in commands("ExecStartPre", "ExecStart"):
        name, *options = shlex.split(line)
        known = {each for parameter in main.commands[name].params for each in parameter.opts}
        assert set(options) <= known


def test_containers_start_what_units_start():
    """The same commands, by the same account, in the same folders, with the same patience."""
    services = compose()["services"]
    ours = {name: each for name, each in services.items() if name != "nginx"}
    started = {" ".join(each["command"]) for each in ours.values()}
    assert started == commands("ExecStartPre", "ExecStart")
    dockerfile = image()
    assert ast.literal_eval(dockerfile["ENTRYPOINT"][0]) == [PROGRAM]
    account = dockerfile["USER"][0]
    for name in UNITS:
        assert unit(name)["User"] == [account]
        assert unit(name)["WorkingDirectory"] == dockerfile["WORKDIR"]
        assert seconds(unit(name)["TimeoutStopSec"][0]) == seconds(
            services["web-a" if name == "stepback-web" else "worker"]["stop_grace_period"]
        )
    assert "useradd --system --user-group --home-dir /var/lib/stepback" in dockerfile["RUN"][0]


def test_containers_know_our_settings_alone():
    """What compose sets is there, and takes nothing back but from where nginx asks."""
    for name, service in compose()["services"].items():
        if name != "nginx":
            assert set(service["environment"]) == {"STEPBACK_HOST", "STEPBACK_PROXIES"}
            assert set(service["environment"]) <= set(SETTING_NAMES)
            settings = Settings.from_environment(env_example() | service["environment"])
            assert [str(each) for each in settings.proxies] == [f"{address_of('nginx')}/32"]


def address_of(service: str) -> str:
    return compose()["services"][service]["networks"]["house"]["ipv4_address"]


def test_no_container_is_given_the_address_of_another():
    """Whoever starts first would get the first address that is free, and nginx's is the first."""
    (network,) = compose()["networks"]["house"]["ipam"]["config"]
    given = ip_network(network["ip_range"])
    assert given.subnet_of(ip_network(network["subnet"]))
    for service in ("nginx", "web-a", "web-b"):
        assert ip_address(address_of(service)) in ip_network(network["subnet"])
        assert ip_address(address_of(service)) not in given


def test_the_folders_agree():
    """What a unit may write, what the settings name, what the image makes and nginx reads."""
    settings = Settings.from_environment(env_example())
    volumes = compose()["services"]["web-a"]["volumes"]
    folders = ("/var/lib/stepback", "/var/cache/stepback")
    assert sorted(each.partition(":")[2] for each in volumes) == sorted(folders)
    for name in UNITS:
        assert (unit(name)["StateDirectory"], unit(name)["CacheDirectory"]) == (
            ["stepback"],
            ["stepback"],
        )
    assert settings.cache_path == Path("/var/cache/stepback")
    for path in (settings.data_path, settings.keys_path, settings.sounds_path):
        assert path.is_relative_to("/var/lib/stepback")
    assert settings.scripts_path == Path(image()["WORKDIR"][0]) / "scripts"
    nginx = (DEPLOY / "nginx.conf").read_text()
    assert f"alias {settings.cache_path}/renders/;" in nginx
    assert f"server 127.0.0.1:{settings.port};" in nginx
    for folder in folders:
        assert folder in image()["RUN"][0]


def test_what_a_process_may_hold_is_enough():
    """The limits fit what the web tier is made for, and it has the time to finish."""
    wanted = CONNECTIONS_PER_WORKER + SPARE_FILES
    assert int(unit("stepback-web")["LimitNOFILE"][0]) >= wanted
    assert compose()["services"]["web-a"]["ulimits"]["nofile"] >= wanted
    assert seconds(unit("stepback-web")["TimeoutStopSec"][0]) > GRACEFUL_SECONDS
    patience = re.search(r"proxy_read_timeout (\d+)s;", (DEPLOY / "nginx.conf").read_text())
    assert patience is not None
    assert int(patience[1]) > GRACEFUL_SECONDS


def test_both_units_are_shut_in_alike():
    """What one of them may not, the other may not either."""
    web, worker = (
        {
            option: values
            for option, values in unit(name).items()
            if option.startswith(("Protect", "Private", "Restrict", "SystemCall", "State", "Cache"))
            or option in ("NoNewPrivileges", "CapabilityBoundingSet", "LockPersonality", "UMask")
        }
        for name in UNITS
    )
    assert web == worker
    assert len(web) > 20
    for service in ("web-a", "web-b", "worker", "migrate"):
        shut = compose()["services"][service]
        assert (shut["read_only"], shut["cap_drop"]) == (True, ["ALL"])
        assert shut["security_opt"] == ["no-new-privileges:true"]


def test_the_image_is_made_as_a_house_is():
    """By bin/prepare, from the lock file, and without what belongs to one house."""
    steps = " && ".join(image()["RUN"])
    assert "bin/prepare requirements.lock" in steps
    assert (DEPLOY.parent / "requirements.lock").exists()
    kept_out = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    assert {"data", "keys", "audio_cache/*", ".git", "deploy/stepback.env"} <= set(kept_out)


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_reads_the_units(tmp_path: Path, name: str):
    """`systemd-analyze verify` finds nothing, and `security` little that is open."""
    text = (DEPLOY / f"systemd/{name}.service").read_text()
    path = tmp_path / f"{name}.service"
    path.write_text(text.replace(PROGRAM, shutil.which("true") or "/bin/true"))
    asked = [ANALYZE or "", "verify", "--man=no", str(path)]
    verified = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    asked = [ANALYZE or "", "security", "--offline=true", "--threshold=25", str(path)]
    assert subprocess.run(asked, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(NGINX is None, reason="nginx is not there: apt-get install -y nginx-light")
def test_nginx_in_a_container_runs_the_same_file(tmp_path: Path):
    """What compose does to deploy/nginx.conf names both that are behind it, and nginx takes it."""
    shell = compose()["services"]["nginx"]["command"][2]
    expression = shlex.split(shell)[1]
    ours, theirs = expression.removeprefix("s/").removesuffix("/").split("/")
    assert theirs == f"server {address_of('web-a')}:8000; server {address_of('web-b')}:8000;"
    assert ours in (DEPLOY / "nginx.conf").read_text()
    behind = {"server 127.0.0.1:8000;": theirs}
    with nginx_in_front(tmp_path / "nginx", 8000, tmp_path, changes=behind) as place:
        assert place.ask("GET", "/_stepback/renders/x")[0].status == 404
