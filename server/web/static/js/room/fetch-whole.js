/** Fetches a whole sound, part by part: what is lost on the way is asked for again. */

import { Refused } from "../api.js";

const PART_BYTES = 512 * 1024;
const PART_WITHIN_MS = 30_000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 4000;
const GONE = [401, 403, 404, 410];

/**
 * @param {string} url
 * @param {{signal: AbortSignal, onProgress?: (share: number) => void}} how
 * @returns {Promise<ArrayBuffer>}
 * @throws {Refused | DOMException} Refused when it is not there for us any more
 */
export async function fetchWhole(url, { signal, onProgress = () => {} }) {
  const parts = [];
  let got = 0;
  let size = Infinity;
  for (let failures = 0; got < size; ) {
    try {
      const part = await fetchPart(url, got, signal);
      if (part.isAll) return part.bytes;
      parts.push(part.bytes);
      got += part.bytes.byteLength;
      size = part.size;
      failures = 0;
      onProgress(got / size);
    } catch (error) {
      if (signal.aborted) throw new DOMException("Left the wait", "AbortError");
      if (error instanceof Refused) throw error;
      failures += 1;
      await new Promise((resolve) => setTimeout(resolve, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)));
    }
  }
  return new Blob(parts).arrayBuffer();
}

async function fetchPart(url, from, signal) {
  const late = AbortSignal.timeout?.(PART_WITHIN_MS);
  const answer = await fetch(url, {
    headers: { Range: `bytes=${from}-${from + PART_BYTES - 1}` },
    signal: late && AbortSignal.any ? AbortSignal.any([signal, late]) : signal,
  });
  if (GONE.includes(answer.status)) throw new Refused(answer.status, null);
  if (!answer.ok) throw new Error(`Answered ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  const size = Number(answer.headers.get("Content-Range")?.split("/")[1]);
  return { bytes, size, isAll: answer.status === 200 };
}
