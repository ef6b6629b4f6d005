/** How much room something takes, as people say it. */

import { language } from "./words.js";

const MB = 1_000_000;

const unit = (name, digits) => new Intl.NumberFormat(language, { style: "unit", unit: name, maximumFractionDigits: digits });

/** @param {number} bytes @returns {string} such as "4.8 MB" */
export function sizeText(bytes) {
  if (bytes >= 1000 * MB) return unit("gigabyte", 1).format(bytes / (1000 * MB));
  return unit("megabyte", bytes < 100 * MB ? 1 : 0).format(bytes / MB);
}
