/** The printable script: its button opens the browser's own print. */

document.getElementById("print").addEventListener("click", () => print());
