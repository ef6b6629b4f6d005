"""A sitting by hand: a playlist that a clock moves along, and a page that plays it with hls.js."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from server.audio import line_bytes, room_bytes, sound_of_line
from server.audio.adts import GRAIN_MS, read_line
from server.audio.fmp4 import init_segment, media_segment
from server.audio.live_mix import PlacedLine, Room, frames_of_segment, read_room
from server.audio.live_playlist import INIT_NAME, list_segments, write_live_playlist
from server.sitting import GRACE_MS, LEAD_MS
from server.timeline import Sound
from server.units import Ms

VENDOR = Path(__file__).parents[2] / "server/web/static/vendor"

PAGE = """<!doctype html><title>A sitting</title><link rel="icon" href="data:,">
<button id="begin">Begin</button><audio id="audio"></audio>
<script type="module" src="/page.js"></script>
"""

SCRIPT = """
import Hls from "/hls.light.min.mjs";

const audio = document.querySelector("#audio");
const at = Number(new URLSearchParams(location.search).get("at") ?? -1);
const buffered = () => (audio.buffered.length ? audio.buffered.end(audio.buffered.length - 1) : 0);
window.events = []; // [what happened, where the sound is, up to where it had come by then]
for (const name of ["playing", "waiting", "stalled", "ended", "error", "seeked"]) {
  audio.addEventListener(name, () => window.events.push([name, audio.currentTime, buffered()]));
}
window.levels = []; // of each hundredth of a second, in dB, from the press on
window.times = []; // [what a clock says, where the sound is], ten times a second

const METER = `
  registerProcessor("meter", class extends AudioWorkletProcessor {
    sum = 0; count = 0; levels = [];
    process([[samples]]) {
      for (let i = 0; i < 128; i += 1) {
        this.sum += samples ? samples[i] ** 2 : 0;
        this.count += 1;
        if (this.count === 480) {
          this.levels.push(10 * Math.log10(this.sum / 480 + 1e-12));
          this.sum = this.count = 0;
        }
      }
      if (this.levels.length >= 10) this.port.postMessage(this.levels.splice(0));
      return true;
    }
  });
`;

document.querySelector("#begin").addEventListener("click", async () => {
  const context = new AudioContext({ sampleRate: 48000 });
  const meterUrl = URL.createObjectURL(new Blob([METER], { type: "text/javascript" }));
  await context.audioWorklet.addModule(meterUrl);
  const meter = new AudioWorkletNode(context, "meter");
  meter.port.onmessage = ({ data }) => window.levels.push(...data);
  context.createMediaElementSource(audio).connect(meter).connect(context.destination);
  const hls = new Hls({
    enableWorker: false,
    startPosition: at,
    liveDurationInfinity: true,
    streamController: class extends Hls.DefaultConfig.streamController {
      synchronizeToLiveEdge() {}
    },
  });
  window.hls = hls;
  window.sitting = () => hls.playingDate.getTime() - Date.UTC(2000, 0, 1);
  hls.on(Hls.Events.ERROR, (_, { details }) => window.events.push([details, audio.currentTime]));
  hls.loadSource("/playlist.m3u8");
  hls.attachMedia(audio);
  await audio.play();
  setInterval(() => window.times.push([performance.now() / 1000, audio.currentTime]), 100);
});
"""


def grain(seconds: float) -> Ms:
    """The grain that is nearest."""
    return Ms(round(seconds * 1000 / GRAIN_MS) * GRAIN_MS)


@dataclass(kw_only=True)
class LiveSound:
    """What would be heard of a sitting, and how far it is certain."""

    room: Room
    lines: list[PlacedLine]
    heard_at_first: Ms
    """Where in the sitting somebody is when its page first asks."""
    total_ms: Ms | None = None
    url: str = ""
    asked: list[str] = field(default_factory=list)
    """What was asked for, in order."""
    is_reachable: threading.Event = field(default_factory=threading.Event)
    """Cleared, everybody waits for an answer, as on a bad line."""
    _began: float | None = None

    def heard_ms(self) -> Ms:
        """Where somebody is who has missed nothing."""
        self._began = time.monotonic() if self._began is None else self._began
        return Ms(self.heard_at_first + round((time.monotonic() - self._began) * 1000))

    def leap(self, ms: int) -> None:
        """A move: what is heard goes on from further along."""
        self.heard_at_first = Ms(self.heard_at_first + ms)

    def answer(self, path: str) -> tuple[str, bytes]:
        """What a server says."""
        self.is_reachable.wait()
        self.asked.append(path)
        match path.partition("?")[0].strip("/"):
            case "":
                return "text/html", PAGE.encode()
            case "page.js":
                return "text/javascript", SCRIPT.encode()
            case "hls.light.min.mjs" as name:
                return "text/javascript", (VENDOR / name).read_bytes()
            case "playlist.m3u8":
                return "application/vnd.apple.mpegurl", self._playlist().encode()
            case name if name == INIT_NAME:
                return "audio/mp4", init_segment()
            case name:
                number = int(name.removesuffix(".m4s"))
                frames = frames_of_segment(number, self.lines, self.room, self.total_ms)
                return "audio/mp4", media_segment(number, frames)

    def _playlist(self) -> str:
        heard = self.heard_ms()
        certain = Ms(heard + LEAD_MS - GRACE_MS)
        listed = list_segments(heard, certain, self.total_ms)
        is_over = self.total_ms is not None and certain >= self.total_ms
        return write_live_playlist(listed.start, len(listed), is_over=is_over, heard_ms=heard)


def make_lines() -> Callable[..., list[PlacedLine]]:
    """Encode a bell and a breath; the function places them in turn at these seconds."""
    frames = [
        read_line(line_bytes(sound_of_line(sound, Ms(length_ms)))).frames
        for sound, length_ms in ((Sound.BELL_SMALL, 2_000), (Sound.BREATH_OUT, 1_500))
    ]
    return lambda *seconds: [
        PlacedLine(start_ms=grain(at), frames=frames[turn % 2]) for turn, at in enumerate(seconds)
    ]


@contextmanager
def serve(sound: LiveSound) -> Iterator[LiveSound]:
    """Serve a sitting from a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, body = sound.answer(self.path)
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sound.is_reachable.set()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    sound.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield sound
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def open_room() -> Room:
    """The room tone of a sitting, encoded anew."""
    return read_room(room_bytes())
