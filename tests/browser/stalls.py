"""Tells where a practice that is heard has broken off."""

from __future__ import annotations

from playwright.sync_api import Page

WATCH = """
() => {
  const audio = document.querySelector('#audio');
  window.heard = [];
  const ahead = () => {
    const { buffered, currentTime } = audio;
    for (let i = 0; i < buffered.length; i += 1) {
      if (buffered.start(i) <= currentTime + 0.05 && buffered.end(i) >= currentTime) return buffered.end(i) - currentTime;
    }
    return 0;
  };
  for (const name of ['playing', 'waiting', 'seeking', 'pause', 'ended', 'error']) {
    audio.addEventListener(name, () => window.heard.push([name, audio.currentTime, ahead()]));
  }
}
"""  # noqa: E501
"""Keeps what happens to the sound: its name, the place, and the seconds that lie there in a row."""

MUCH_S = 1
"""With so much there, a browser that waits for some milliseconds waits for its own machine."""


def find_stalls(page: Page) -> list[list]:
    """Where the sound ran out, was moved or broke off, after its first moment."""
    return [
        [name, at, ahead]
        for name, at, ahead in page.evaluate("window.heard")
        if name in ("waiting", "seeking", "error")
        if at > 0.1 and not (name == "waiting" and ahead > MUCH_S)
    ]
