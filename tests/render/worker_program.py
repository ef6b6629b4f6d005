"""A program for tests: the real worker, with a producer that waits for a line from its tester.

Usage: worker_program.py [attentive | stubborn]. An attentive producer shows progress while it
waits; a stubborn one shows none, and publishes whatever has happened meanwhile. Both begin with a
clip and a stream, and the text that they publish names the process.
"""

import hashlib
import logging
import os
import sys
import threading

from server.audio import cover
from server.config import Settings
from server.render import OnProgress, Order, Phase, Product, Progress
from server.render.worker import run_worker
from server.store import NewRendition, Shelf
from server.units import Ms
from server.voice import SilentSpeaker, Speaker

is_stubborn = "stubborn" in sys.argv
gate = threading.Event()
cover.SIDE_PX = 60  # a worker that starts draws many; here they are as small as in a list


def read_lines() -> None:
    for _ in sys.stdin:
        gate.set()


def produce(
    order: Order, *, speaker: Speaker, shelf: Shelf, on_progress: OnProgress, **_: object
) -> Product:
    shelf.publish(shelf.stream_folder(order.render_key) / "playlist.m3u8", b"#EXTM3U")
    shelf.publish(shelf.clip_path("c" * 64), b"a finished clip")
    progress = Progress(phase=Phase.SPEAKING, stage="Arriving", done_ms=Ms(1), total_ms=Ms(2))
    on_progress(progress)
    print("producing", flush=True)
    while not gate.wait(0.1):
        if not is_stubborn:
            on_progress(progress)
    data = f"{order.render_key} by {os.getpid()}".encode()
    digest = hashlib.sha256(data).hexdigest()
    shelf.publish(shelf.render_folder(order.render_key) / f"{digest}.mp3", data)
    file = NewRendition(
        kind="mp3",
        file_name=f"{digest}.mp3",
        content_type="audio/mpeg",
        sha256=digest,
        size_bytes=len(data),
    )
    return Product(files=(file,), report={}, duration_ms=Ms(60_000), private_clip_keys=())


logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
threading.Thread(target=read_lines, daemon=True).start()
run_worker(
    Settings.from_environment({k: v for k, v in os.environ.items() if k.startswith("STEPBACK_")}),
    produce=produce,
    open_voice=lambda _: SilentSpeaker(),
)
print("exited", flush=True)
os._exit(0)  # the thread that reads lines holds standard input, which a plain exit would wait for
