/** When to begin to hear what is still being made: not before the next of it will be there in time. */

const RESERVE_S = 3; // two pieces: the second lies there while the first is heard
const FAST_ENOUGH = 1.5; // so many times faster made than heard: no machine is even in what it does
const PLENTY_S = 8;
const LONGEST_MS = 6000; // a slow machine begins then, and holds where it has to

/**
 * Makes what decides whether it begins now. Ask it each time that the server has told how far it is; the answer may
 * be no once more later.
 * @returns {(made: number, from: number) => boolean} both in seconds: how much is there, and where it will be heard from
 */
export function watchForEnough() {
  let asked = null;
  let heard = null;
  return (made, from) => {
    const now = performance.now();
    const growth = (since) => (now > since.now ? (1000 * (made - since.made)) / (now - since.now) : 0);
    asked ??= { made, now };
    const ahead = made - from;
    if (ahead <= 0) return false;
    heard ??= { made, now };
    if (ahead >= PLENTY_S || now - heard.now >= LONGEST_MS) return true;
    // From the order on the house had to wake up as well, from the first piece on it only makes.
    return ahead >= RESERVE_S && Math.max(growth(asked), growth(heard)) >= FAST_ENOUGH;
  };
}
