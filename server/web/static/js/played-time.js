/** Measures how long a sound was really heard: no pauses, no seeks, no time on the wall. */

/**
 * @param {HTMLMediaElement} audio
 * @param {(ms: number) => void} onPlayed gets each further stretch in milliseconds
 * @returns {() => void} takes what was played up to this moment
 */
export function measurePlayed(audio, onPlayed) {
  let place = null; // seconds in the sound up to which all is counted; null while it jumps
  let wall = 0;

  const take = () => {
    if (place === null || audio.seeking) return;
    const now = performance.now();
    const played = (audio.currentTime - place) / (audio.playbackRate || 1);
    // A jump may show its new place before it shows its event: nothing plays faster than the clock.
    const most = (now - wall) / 1000 + 0.3;
    place = audio.currentTime;
    wall = now;
    if (played > 0 && played <= most) onPlayed(played * 1000);
  };
  const mark = () => {
    place = audio.currentTime;
    wall = performance.now();
  };

  audio.addEventListener("playing", () => {
    take();
    mark();
  });
  for (const name of ["timeupdate", "pause", "ended", "waiting", "ratechange"]) audio.addEventListener(name, take);
  audio.addEventListener("seeking", () => {
    place = null;
  });
  audio.addEventListener("seeked", mark);
  return take;
}
