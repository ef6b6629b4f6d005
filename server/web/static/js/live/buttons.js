/** A headset's buttons and a locked screen's: next is a step back, previous is met, pause twice is too much. */

const TWICE_WITHIN_MS = 3000;

/** @returns {boolean} true on phones, whose buttons the guide then tells of */
export const hasButtons = () => "mediaSession" in navigator && matchMedia("(pointer: coarse)").matches;

/**
 * @param {{title: string, artist: string, cover: string}} about
 * @param {{onMove: (move: "met" | "step-back") => void, onPause: () => void, onPlay: () => void, onTooMuch: () => void}} watcher
 * @returns {(isPlaying: boolean) => void} tells the lock screen whether it plays
 */
export function takeButtons({ title, artist, cover }, { onMove, onPause, onPlay, onTooMuch }) {
  const session = navigator.mediaSession;
  if (!session || typeof MediaMetadata !== "function") return () => {};
  const artwork = [{ src: new URL(cover, location.href).href, sizes: "600x600", type: "image/jpeg" }];
  session.metadata = new MediaMetadata({ title, artist, artwork });
  let pausedAt = -Infinity;
  // One button is pause and play in turn: whichever comes second within the time, it was pressed twice.
  const isSecond = () => performance.now() - pausedAt < TWICE_WITHIN_MS;
  const twice = () => {
    pausedAt = -Infinity;
    onTooMuch();
  };
  const handlers = {
    nexttrack: () => onMove("step-back"),
    previoustrack: () => onMove("met"),
    pause: () => {
      if (isSecond()) return twice();
      pausedAt = performance.now();
      onPause();
    },
    play: () => (isSecond() ? twice() : onPlay()),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // An older browser does not know this button; the page's own are there.
    }
  }
  return (isPlaying) => (session.playbackState = isPlaying ? "playing" : "paused");
}
