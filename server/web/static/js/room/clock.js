/** The server's clock, as this page reckons it: of several round trips the quickest says most. */

const HEADER = "Stepback-Clock";
const KEPT = 24;
const DRIFT_A_MS = 0.0002; // what a round trip grows by in worth for each millisecond that it is old
const ANSWER_WITHIN_MS = 2500;

/** Milliseconds since 1970. Until a server was asked, by this device's own clock. */
export class Clock {
  constructor() {
    /** @type {{at: number, trip: number, offset: number}[]} */
    this.samples = [];
    this.offset = Date.now() - performance.now();
  }

  get isAsked() {
    return this.samples.length > 0;
  }

  now() {
    return performance.now() + this.offset;
  }

  /** @param {number} sentAt @param {number} cameAt both by performance.now() @param {number} said by the server */
  note(sentAt, cameAt, said) {
    const trip = cameAt - sentAt;
    this.samples.push({ at: cameAt, trip, offset: said - (sentAt + cameAt) / 2 });
    if (this.samples.length > KEPT) this.samples.shift();
    const worth = (each) => each.trip + (cameAt - each.at) * DRIFT_A_MS;
    this.offset = this.samples.reduce((best, each) => (worth(each) < worth(best) ? each : best)).offset;
  }

  /**
   * Asks the server, and learns its time from the answer, whatever that is.
   * @param {string} path
   * @param {RequestInit} [options]
   * @returns {Promise<Response>} rejects when no answer comes
   */
  async ask(path, options = {}) {
    const sentAt = performance.now();
    const signal = AbortSignal.timeout?.(ANSWER_WITHIN_MS);
    const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", signal, ...options });
    const said = Number(answer.headers.get(HEADER));
    if (said) this.note(sentAt, performance.now(), said);
    return answer;
  }
}
