/** Names for what is told to the server: made here, so that telling it twice is telling it once. */

/** @returns {string} 32 hex digits; crypto.randomUUID is missing on plain http */
export function makeId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string | null | undefined} text */
export const isId = (text) => /^[0-9a-f]{32}$/.test(text ?? "");
