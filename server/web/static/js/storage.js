/** What this device remembers: JSON in localStorage, or in memory where storage is closed or full. */

/** @type {Map<string, string>} */
const memory = new Map();

/** @returns {string | null} */
function readText(key) {
  try {
    return localStorage.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

/**
 * Whatever was written under a key.
 * @param {string} key
 * @returns {any} null when there is nothing, or nothing that can be read
 */
export function readJson(key) {
  const text = readText(key);
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {any} value
 * @returns {boolean} true when it will outlive this page
 */
export function writeJson(key, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(key, text);
    memory.delete(key);
    return true;
  } catch {
    memory.set(key, text);
    return false;
  }
}

/** @param {string} key */
export function removeKey(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was stored, so there is nothing to remove.
  }
}

/**
 * @param {string} prefix
 * @returns {string[]} every key that begins so, in order
 */
export function listKeys(prefix) {
  const keys = new Set(memory.keys());
  try {
    for (let i = 0; i < localStorage.length; i += 1) keys.add(localStorage.key(i));
  } catch {
    // Only what is in memory, then.
  }
  return [...keys].filter((key) => key.startsWith(prefix)).sort();
}
