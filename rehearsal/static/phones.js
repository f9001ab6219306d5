// Draws the phones from the state the network sends, and tells it what is typed and tapped.

const OWNERS = {
  "sms-1": "Fatima · فاطمة",
  "sms-2": "Driss · إدريس",
  "telegram-1": "أمينة",
  "telegram-2": "ⵉⴷⵉⵔ",
};
const payload = new URLSearchParams(location.search).get("start") ?? "";
const drawn = new Map(); // phone name -> { section, bubbles: id -> { element, json }, toasts }

const act = (phone, action, wish = {}) =>
  fetch(`phones/${phone}/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(wish),
  });

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const part = (section, role) => section.querySelector(`[data-role="${role}"]`);
const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

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
  if (kind === "sms") addPad(section, form.elements.text);
  else addTelegram(section, name);
  document.querySelector("main").append(section);
  return { section, bubbles: new Map(), toasts: null };
}

function addPad(section, input) {
  const letters = { 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" };
  for (const key of "123456789*0#") {
    const button = make("button", { type: "button", "data-role": "digit" }, key, make("small", {}, letters[key] ?? ""));
    button.addEventListener("click", () => {
      input.value += key;
      input.focus();
    });
    section.querySelector(".pad").append(button);
  }
}

function addTelegram(section, name) {
  part(section, "start").addEventListener("click", () => act(name, "start", { text: payload }));
  part(section, "block").addEventListener("click", () => act(name, "block"));
  part(section, "contact").addEventListener("click", () => act(name, "contact"));
}

// Splits a text where an entity starts or ends; offsets are UTF-16 units, as JavaScript's own are.
function runs(text, entities) {
  const cuts = new Set([0, text.length, ...entities.flatMap((one) => [one.offset, one.offset + one.length])]);
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(0, -1).map((start, index) => {
    const over = entities.filter((one) => one.offset <= start && start < one.offset + one.length);
    const piece = text.slice(start, places[index + 1]);
    return over.length ? make("span", { class: over.map((one) => one.type).join(" ") }, piece) : piece;
  });
}

function keys(name, message) {
  return message.buttons.map((row) =>
    make("div", { class: "row" }, ...row.map((key) => {
      const button = make("button", { type: "button", "data-role": "key", dir: "auto" }, key.text);
      if (key.url) button.classList.add("link");
      if (key.url) button.title = key.url;
      else button.addEventListener("click", () => act(name, "tap", { message: message.id, data: key.data }));
      return button;
    })),
  );
}

function bubble(name, message) {
  const notes = [message.parts > 1 ? `${message.parts} parts` : "", message.edited ? "edited" : "", clock(message.time)];
  const text = make("p", { dir: "auto" }, ...runs(message.text, message.entities ?? []));
  const inner = make("div", { "data-role": "bubble", "data-from": message.from, dir: "auto" });
  if (message.photo) {
    const picture = make("img", { src: `phones/photo/${message.photo}`, alt: "Picture" });
    picture.addEventListener("load", () => inner.closest(".log")?.scrollTo(0, 1e6)); // it had no height until now
    inner.append(picture);
  }
  if (message.text) inner.append(text);
  inner.append(make("small", { "data-role": "notes", dir: "ltr" }, notes.filter(Boolean).join(" · ")));
  return make("div", { class: `turn ${message.from}` }, inner, ...keys(name, { buttons: [], ...message }));
}

function drawLog(name, phone, messages) {
  const log = part(phone.section, "log");
  const known = new Map();
  let changed = false;
  messages.forEach((message, index) => {
    const json = JSON.stringify(message);
    let entry = phone.bubbles.get(message.id);
    if (entry?.json !== json) {
      const element = bubble(name, message);
      entry?.element.replaceWith(element);
      entry = { element, json };
      changed = true;
    }
    known.set(message.id, entry);
    if (log.children[index] !== entry.element) log.insertBefore(entry.element, log.children[index] ?? null);
  });
  while (log.children.length > messages.length) log.lastElementChild.remove();
  phone.bubbles = known;
  if (changed) log.scrollTop = log.scrollHeight;
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
    part(entry.section, "owner").textContent = [phone.name, OWNERS[name]].filter(Boolean).join(" · ");
    part(entry.section, "number").textContent = phone.number ?? `Telegram, ${phone.language ?? "no language"}`;
    part(entry.section, "clock").textContent = clock(Date.now() / 1000);
    drawLog(name, entry, phone.log);
    if (phone.keyboard) drawTelegram(name, entry, phone, state.service);
  }
  const trouble = state.alerts.at(-1);
  const status = part(document, "status");
  status.textContent = trouble ? `Last trouble: ${trouble}` : `Service number ${state.service.number}, bot ${state.service.bot}`;
  status.classList.toggle("trouble", Boolean(trouble));
}

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
