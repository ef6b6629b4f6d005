/** Asks now and then whether a podcast app has come for its feed, as long as somebody looks. */

const ASK_EVERY_MS = 3_000;
const said = document.getElementById("feed-used");

async function ask() {
  if (!document.hidden) {
    try {
      const answer = await fetch(said.dataset.asks, { headers: { Accept: "application/json" } });
      if (answer.status === 404) return;
      const { text } = await answer.json();
      if (said.textContent !== text) said.textContent = text;
    } catch {
      // No answer just now: the next one may come.
    }
  }
  setTimeout(ask, ASK_EVERY_MS);
}

ask();
