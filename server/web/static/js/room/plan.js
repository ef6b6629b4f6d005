/** Where a practice is at which moment: a plan says it for all pages that follow it, and nobody has to ask. */

/**
 * @typedef {object} Plan
 * @property {number} at_ms by the server's clock; before it, the plan before this one holds
 * @property {number} position_ms where it is then
 * @property {boolean} is_playing
 * @property {number | null} hold_ms where it is held when it comes there
 * @property {number} quiet_start_ms the silence around that place
 * @property {number} quiet_end_ms
 * @property {number} gain_db
 *
 * @typedef {object} Place
 * @property {number} ms
 * @property {boolean} isMoving
 * @property {boolean} isHeld
 */

/** @type {Plan} */
export const AT_REST = { at_ms: 0, position_ms: 0, is_playing: false, hold_ms: null, quiet_start_ms: 0, quiet_end_ms: 0, gain_db: 0 };

/** @param {Plan} plan @param {number} now @returns {Place} */
export function placeAt(plan, now) {
  const free = plan.position_ms + (plan.is_playing ? Math.max(0, now - plan.at_ms) : 0);
  const isAtHold = plan.hold_ms !== null && free >= plan.hold_ms;
  return { ms: isAtHold ? plan.hold_ms : free, isMoving: plan.is_playing && !isAtHold, isHeld: plan.is_playing && isAtHold };
}

/** The plan that holds, and the one that will. */
export class Course {
  constructor() {
    this.present = AT_REST;
    /** @type {Plan | null} */
    this.coming = null;
  }

  /** @param {Plan} plan @param {number} now */
  take(plan, now) {
    this.look(now);
    if (plan.at_ms > now) this.coming = plan;
    else {
      this.present = plan;
      this.coming = null;
    }
  }

  /** What is decided last: the next wish begins from it. */
  get latest() {
    return this.coming ?? this.present;
  }

  /** @param {number} now @returns {Plan} */
  look(now) {
    if (this.coming && this.coming.at_ms <= now) {
      this.present = this.coming;
      this.coming = null;
    }
    return this.present;
  }
}
