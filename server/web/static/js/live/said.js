/** The one line of a sitting: what the guide says, what is asked, and the quiet after it. */

const SOFT_AFTER_S = 0.4;

/** What there is to read at a moment. */
export class Said {
  /**
   * @param {HTMLElement} line for the eyes
   * @param {HTMLElement} aloud the question, for a screen reader: the guide says everything else
   */
  constructor(line, aloud) {
    this.line = line;
    this.aloud = aloud;
    this.told = "";
  }

  /**
   * @param {import("./sitting-api.js").Sitting} sitting
   * @param {import("./sitting-api.js").Station} station
   * @param {number} at where in the sitting
   */
  show(sitting, station, at) {
    this.line.lang = this.aloud.lang = sitting.language;
    const begun = sitting.lines.filter(({ start_seconds, text }) => text && start_seconds <= at);
    const last = begun.at(-1);
    const isAsking = station.station === "asking" && station.question;
    const isSaid = !last || at > last.end_seconds + SOFT_AFTER_S;
    this.tell(isAsking && isSaid ? station.question.text : (last?.text ?? ""));
    this.line.classList.toggle("over", isSaid && !isAsking);
    this.ask(isAsking && isSaid ? station : null);
  }

  /** @param {string} text */
  tell(text) {
    if (this.line.textContent !== text) this.line.textContent = text;
  }

  /** @param {string} text for the eyes and aloud: what the phone says meanwhile is not in the sitting */
  ground(text) {
    this.tell(text);
    this.line.classList.remove("over");
    this.told = "";
    this.line.lang = this.aloud.lang = document.documentElement.lang;
    this.aloud.textContent = text;
  }

  /** Once for each question, and after the voice has put it. */
  ask(station) {
    const asked = station ? String(station.start_seconds) : "";
    if (asked === this.told) return;
    this.told = asked;
    this.aloud.textContent = station ? station.question.text : "";
  }
}
