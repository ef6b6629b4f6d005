// A passkey is made or asked for as the page says, and what the device answers is sent as its form.

import { _ } from "./words.js";

const form = document.getElementById("passkey");
if (form) ask();

async function ask() {
  const told = document.getElementById("passkey-told");
  try {
    const publicKey = readOptions(JSON.parse(form.dataset.options));
    const credential =
      form.dataset.ask === "create"
        ? await navigator.credentials.create({ publicKey })
        : await navigator.credentials.get({ publicKey });
    form.elements.credential.value = JSON.stringify(write(credential));
    form.submit();
  } catch {
    told.textContent = _("The device gave no passkey. You can ask again.");
  }
}

// Ids and challenges travel as base64url and are bytes for the device.
function readOptions(options) {
  const bytes = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) bytes.user = { ...options.user, id: toBytes(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    bytes[list] = (options[list] ?? []).map((each) => ({ ...each, id: toBytes(each.id) }));
  }
  return bytes;
}

function write(credential) {
  const { response } = credential;
  const written = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    written.attestationObject = toText(response.attestationObject);
    written.transports = response.getTransports?.() ?? [];
  } else {
    written.authenticatorData = toText(response.authenticatorData);
    written.signature = toText(response.signature);
    if (response.userHandle) written.userHandle = toText(response.userHandle);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response: written,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
