/** The screen stays on while something is played on it. */

let lock = null;
let isWanted = false;
let isAsking = false;

async function take() {
  if (!isWanted || lock || isAsking || document.hidden || !navigator.wakeLock) return;
  isAsking = true;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => (lock = null));
    if (!isWanted) lock.release();
  } catch {
    lock = null; // a battery that is low: then it goes dark
  }
  isAsking = false;
}

/** @param {boolean} isOn */
export function keepAwake(isOn) {
  isWanted = isOn;
  if (isOn) take();
  else lock?.release();
}

document.addEventListener("visibilitychange", take);
