// Ask the browser for a passkey before a form with `data-passkey` is sent. The server checks and explains everything.
"use strict";

const supported =
  window.PublicKeyCredential?.parseCreationOptionsFromJSON &&
  window.PublicKeyCredential.parseRequestOptionsFromJSON &&
  window.PublicKeyCredential.prototype.toJSON;

async function answer(form) {
  const body = new URLSearchParams(new FormData(form));
  const response = await fetch(form.dataset.passkey, { method: "POST", body });
  if (!response.ok) return ""; // sent without an answer, so that the server's page says why
  const options = await response.json();
  const credential = form.dataset.create
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(credential);
}

for (const each of supported ? document.querySelectorAll("[data-without]") : []) each.hidden = true;

for (const form of supported ? document.querySelectorAll("form[data-passkey]") : []) {
  const [button, failed] = [form.querySelector("button"), form.querySelector("[role=alert]")];
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    failed.hidden = true;
    try {
      form.elements.answer.value = await answer(form);
      form.submit();
    } catch {
      failed.hidden = false; // the person cancelled, or the browser has no passkey for this host
      button.disabled = false;
    }
  });
}
