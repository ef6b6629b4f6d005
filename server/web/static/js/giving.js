/** Choosing what to give: the list follows what is typed. Without this script, a press of Show does the same. */

const form = document.getElementById("find");
const none = document.getElementById("found-none");
const rows = [...document.querySelectorAll("#found > li")].map((row) => ({ row, text: fold(row.textContent) }));

/** @param {string} text */
function fold(text) {
  return text.normalize("NFC").toLowerCase();
}

function follow() {
  const { q, shelf } = Object.fromEntries(new FormData(form));
  const words = fold(q).split(/\s+/).filter(Boolean);
  let isAny = false;
  for (const { row, text } of rows) {
    const fits = (!shelf || row.dataset.shelf === shelf) && words.every((word) => text.includes(word));
    row.hidden = !fits;
    isAny ||= fits;
  }
  none.hidden = isAny;
}

// What the address asks for was left out by the server already: then the whole list is fetched by pressing Show.
if (!new URLSearchParams(location.search).toString()) {
  form.addEventListener("input", follow);
  follow(); // a browser that comes back to the page may have kept what was typed
}
