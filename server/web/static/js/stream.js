/**
 * Plays a practice that is still being made: a playlist that grows.
 * Apple's browsers do that by themselves; where Media Source Extensions are there, hls.js does it.
 */

const PLAYLIST_TYPE = "application/vnd.apple.mpegurl";
const SOUND_TYPE = 'audio/mp4; codecs="mp4a.40.2"';
const ENGINE = "../vendor/hls.light.min.mjs";

const LITTLE_AHEAD_S = 8; // with less than this still to play the playlist is asked for more often
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 8000;
const MENDED_AGAIN_MS = 3000;

const LOST = [0, 408, 425, 429];

/** hls.js takes a piece that was lost on the way for one that is not there, and leaves it out: in mid-word. Ours is asked for again. */
const PATIENTLY = {
  maxNumRetry: Infinity,
  retryDelayMs: 250,
  maxRetryDelayMs: 1000, // of a sitting not more than five seconds are ahead
  shouldRetry: ({ maxNumRetry }, count, _isLate, answer, isUsual) => isUsual || (count < maxNumRetry && LOST.includes(answer?.code)),
};
const askPatiently = (most) => ({ default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: most, timeoutRetry: PATIENTLY, errorRetry: PATIENTLY } });

const CONFIG = {
  playlistLoadPolicy: askPatiently(20_000),
  fragLoadPolicy: askPatiently(120_000),
  enableWorker: false, // our policy lets no code run that was not loaded as a file of ours
  lowLatencyMode: false,
  testBandwidth: false,
  startFragPrefetch: true,
  liveDurationInfinity: true, // a length is finite once it is final: so we know that all is there
  maxBufferLength: 120, // a minute without a network is not heard
  backBufferLength: 600, // going back is at once; what is further back is fetched again
  enableID3MetadataCues: false,
  enableEmsgMetadataCues: false,
  enableDateRangeMetadataCues: false,
};

/** @type {Promise<any> | null} */
let loading = null;
let Hls = null;

const probe = document.createElement("audio");
const isApple = navigator.vendor.startsWith("Apple") && probe.canPlayType(PLAYLIST_TYPE) !== "";
const hasPieces = typeof MediaSource === "function" && MediaSource.isTypeSupported(SOUND_TYPE);

/** Fetches what is needed to play a stream, so that it is there at the press. Never throws: the whole file plays too. */
export async function prepareStreams() {
  if (isApple || !hasPieces || Hls) return;
  loading ??= import(ENGINE);
  try {
    Hls = (await loading).default;
  } catch {
    loading = null; // the next press tries again
  }
}

/** @returns {boolean} true when a stream could be played this moment */
export const canStream = () => isApple || Hls !== null;

/**
 * @typedef {object} StreamWatcher
 * @property {() => void} onGrowth there is more to hear
 * @property {() => void} onBroken the sound cannot be decoded, and mending it did not help
 */

/**
 * Hands a playlist to an audio element.
 * @param {HTMLAudioElement} audio
 * @param {string} url
 * @param {number} at seconds where it will be played from; -1 where the playlist says it
 * @param {StreamWatcher} watcher
 * @returns {PiecewiseStream | NativeStream}
 */
export function openStream(audio, url, at, watcher) {
  return isApple ? new NativeStream(audio, url, at) : new PiecewiseStream(audio, url, at, watcher);
}

/** A stream that the browser plays by itself. */
class NativeStream {
  constructor(audio, url, at) {
    this.audio = audio;
    // It would begin where the playlist ends for the moment.
    if (at >= 0) audio.addEventListener("loadedmetadata", () => (audio.currentTime = at), { once: true });
    audio.src = url;
  }

  /** How far it can be heard, in seconds. */
  get made() {
    const { seekable } = this.audio;
    return seekable.length ? seekable.end(seekable.length - 1) : 0;
  }

  /** After the sound broke off: the same again, at the same place. */
  revive() {
    const at = this.audio.currentTime;
    this.audio.addEventListener("loadedmetadata", () => (this.audio.currentTime = at), { once: true });
    this.audio.load();
  }

  close() {}
}

/** A stream that hls.js hands to the browser piece by piece. */
class PiecewiseStream {
  constructor(audio, url, at, watcher) {
    this.audio = audio;
    this.url = url;
    this.watcher = watcher;
    this.made = 0;
    this.retryMs = FIRST_RETRY_MS;
    this.mendedAt = -Infinity;
    this.isDown = false;
    this.hls = new Hls({ ...CONFIG, startPosition: at, pLoader: this.makeLoader(), streamController: steadyController() });
    const on = (event, act) => this.hls.on(Hls.Events[event], (_, data) => act(data));
    on("LEVEL_UPDATED", ({ details }) => this.noteGrowth(details.edge));
    on("ERROR", (error) => error.fatal && this.mend(error));
    this.again = () => this.isDown && this.goOn();
    window.addEventListener("online", this.again);
    this.hls.loadSource(url);
    this.hls.attachMedia(audio);
  }

  noteGrowth(seconds) {
    this.retryMs = FIRST_RETRY_MS;
    if (seconds <= this.made) return;
    this.made = seconds;
    this.watcher.onGrowth();
  }

  /** A bad line is never given up; sound that cannot be decoded is tried once more, afresh. */
  mend({ type }) {
    if (type === Hls.ErrorTypes.NETWORK_ERROR) {
      this.isDown = true;
      clearTimeout(this.timer);
      this.timer = setTimeout(this.again, this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
      return;
    }
    if (performance.now() - this.mendedAt < MENDED_AGAIN_MS) {
      this.watcher.onBroken();
      return;
    }
    this.mendedAt = performance.now();
    this.hls.recoverMediaError();
  }

  goOn() {
    this.isDown = false;
    clearTimeout(this.timer);
    if (this.hls.levels.length) this.hls.startLoad(this.audio.currentTime, true);
    else this.hls.loadSource(this.url);
  }

  revive() {
    this.hls.recoverMediaError();
    this.goOn();
  }

  close() {
    clearTimeout(this.timer);
    window.removeEventListener("online", this.again);
    this.hls.destroy();
  }

  /**
   * Reads playlists for hls.js. It asks again once in a target duration, which is four seconds: too seldom for a
   * practice of which only the first second and a half is there. So while little is ahead it is told that this is one.
   */
  makeLoader() {
    const isLittleAhead = () => this.made - this.audio.currentTime < LITTLE_AHEAD_S;
    return class extends Hls.DefaultConfig.loader {
      load(context, config, callbacks) {
        const onSuccess = (response, ...rest) => {
          if (isLittleAhead()) response.data = response.data.replace(/^#EXT-X-TARGETDURATION:\d+$/m, "#EXT-X-TARGETDURATION:1");
          callbacks.onSuccess(response, ...rest);
        };
        super.load(context, config, { ...callbacks, onSuccess });
      }
    };
  }
}

/** A growing practice is heard from its beginning: nothing may ever jump to where it is being made. */
const steadyController = () =>
  class extends Hls.DefaultConfig.streamController {
    synchronizeToLiveEdge() {}
  };
