// Draws the phones from the network's state, and sends it what is typed and tapped.

import { act, clock, drawLog, make, part } from "./messages.js";

const OWNERS = {
  "sms-1": "Fatima · فاطمة",
  "sms-2": "Driss · إدريس",
  "telegram-1": "أمينة",
  "telegram-2": "ⵉⴷⵉⵔ",
};
const LANGUAGES = { ar: "Arabic", fr: "French", zgh: "Tamazight" };
const payload = new URLSearchParams(location.search).get("start") ?? "";
const drawn = new Map(); // phone name -> { section, bubbles: id -> { element, json }, toasts, log }

function build(name) {
  const kind = name.split("-")[0];
  const section = document.getElementById(kind).content.cloneNode(true).firstElementChild;
  section.dataset.phone = name;
  const form = section.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value;
    form.reset();
    if (text.trim()) act(name, "send", { text });
  });
  for (const opener of section.querySelectorAll('[data-role="opener"]')) {
    opener.addEventListener("click", () => {
      act(name, "send", { text: opener.textContent });
      form.elements.text.focus();
    });
  }
  addMore(section, name, form.elements.text);
  if (kind === "sms") addPad(section, form.elements.text);
  else addTelegram(section, name);
  document.querySelector("main").append(section);
  return { section, bubbles: new Map(), toasts: null };
}

// The small menu beside the text field: other ways to send the text.
function addMore(section, name, input) {
  const more = part(section, "more");
  more.addEventListener("change", () => {
    const [action, what] = more.value.split(":");
    const fields = action === "react" ? { sign: what } : { text: input.value };
    const theirs = (drawn.get(name)?.log ?? []).filter((message) => message.from === "service");
    if (action === "show") fields.kind = what;
    if (action === "reply") fields.message = theirs.at(-Number(what))?.id;
    more.value = "";
    input.value = "";
    act(name, action, fields);
  });
}

function addPad(section, input) {
  const letters = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" };
  for (const key of "123456789*0#") {
    const button = make("button", { type: "button", "data-role": "digit" }, key, make("small", { "aria-hidden": "true" }, letters[key] ?? ""));
    button.addEventListener("click", () => {
      input.value += key;
      input.focus();
    });
    section.querySelector(".pad").append(button);
  }
}

function addTelegram(section, name) {
  part(section, "start").addEventListener("click", () => {
    act(name, "start", { text: payload });
    section.querySelector("input").focus(); // the button is removed
  });
  part(section, "block").addEventListener("click", () => act(name, "block"));
  part(section, "contact").addEventListener("click", () => act(name, "contact"));
}

function drawTelegram(name, phone, state, service) {
  const { section } = phone;
  part(section, "bot").textContent = service.bot;
  part(section, "start").hidden = state.log.length > 0;
  part(section, "block").textContent = state.blocked ? "Unblock" : "Block";
  section.classList.toggle("blocked", state.blocked);
  const replies = part(section, "replies");
  replies.hidden = state.keyboard.length === 0;
  replies.replaceChildren(...state.keyboard.map((row) => make("div", { class: "row" }, ...row.map((label) => {
    const button = make("button", { type: "button", dir: "auto" }, label.text);
    button.addEventListener("click", () => (label.contact ? act(name, "contact") : act(name, "send", { text: label.text })));
    return button;
  }))));
  if (phone.toasts !== null && state.toasts > phone.toasts) showToast(part(section, "toast"), state.toast);
  phone.toasts = state.toasts;
}

function showToast(toast, text) {
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => (toast.hidden = true), 3500);
}

function draw(state) {
  for (const [name, phone] of Object.entries(state.phones)) {
    if (!drawn.has(name)) drawn.set(name, build(name));
    const entry = drawn.get(name);
    const owner = [phone.name, OWNERS[name]].filter(Boolean).join(" · ");
    part(entry.section, "owner").textContent = owner;
    entry.section.setAttribute("aria-label", `${phone.number ? "Feature phone" : "Phone with Telegram"} of ${owner}`);
    part(entry.section, "number").textContent = phone.number ?? `Telegram in ${LANGUAGES[phone.language] ?? phone.language ?? "any language"}`;
    part(entry.section, "hint").hidden = phone.log.length > 0;
    part(entry.section, "clock").textContent = clock(Date.now() / 1000);
    entry.log = phone.log;
    drawLog(name, entry, phone.log);
    if (phone.number) part(entry.section, "service").textContent = state.service.number;
    if (phone.keyboard) drawTelegram(name, entry, phone, state.service);
  }
  const trouble = state.alerts.at(-1);
  const status = part(document, "status");
  status.textContent = trouble ? `Last trouble: ${trouble}` : `Service number ${state.service.number}, bot ${state.service.bot}`;
  status.classList.toggle("trouble", Boolean(trouble));
}

part(document, "whole").addEventListener("click", ({ currentTarget }) => {
  const whole = document.body.classList.toggle("whole");
  currentTarget.setAttribute("aria-pressed", whole);
  for (const log of document.querySelectorAll(".log")) log.scrollTop = log.scrollHeight;
});

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function follow() {
  for (let version = ""; ; await pause(60)) {
    try {
      const answer = await fetch(`phones/state?since=${version}`);
      if (!answer.ok) throw new Error(answer.status);
      const state = await answer.json();
      if (state.version !== version) draw(state);
      version = state.version;
    } catch {
      part(document, "status").textContent = "The network does not answer. Trying again…";
      version = "";
      await pause(1000);
    }
  }
}

follow();
