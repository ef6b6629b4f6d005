/** The lock screen: what is being played, and the same moves as on the page. */

/**
 * @param {import("./player.js").Player} player
 * @param {{title: string, artist: string, album: string, cover: string}} about
 * @returns {() => void} tells the lock screen the present position
 */
export function showOnLockScreen(player, { title, artist, album, cover }) {
  const session = navigator.mediaSession;
  if (!session || typeof MediaMetadata !== "function") return () => {};
  const artwork = [{ src: new URL(cover, location.href).href, sizes: "600x600", type: "image/jpeg" }];
  session.metadata = new MediaMetadata({ title, artist, album, artwork });

  const handlers = {
    play: () => player.play(),
    pause: () => player.pause(),
    seekbackward: ({ seekOffset }) => player.move(-(seekOffset || 15)),
    seekforward: ({ seekOffset }) => player.move(seekOffset || 15),
    seekto: ({ seekTime }) => player.seek(seekTime),
    previoustrack: () => player.moveChapter(-1),
    nexttrack: () => player.moveChapter(1),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(action, handler);
    } catch {
      // An older browser does not know this move; the others work.
    }
  }

  return () => {
    session.playbackState = player.isPlaying ? "playing" : "paused";
    const { duration } = player;
    if (!duration || !session.setPositionState) return;
    const position = Math.min(player.audio.currentTime, duration);
    session.setPositionState({ duration, position, playbackRate: player.audio.playbackRate || 1 });
  };
}

/** Leaves the lock screen to others. */
export function leaveLockScreen() {
  const session = navigator.mediaSession;
  if (!session) return;
  session.metadata = null;
  session.playbackState = "none";
}
