// The messages on a phone with their buttons; only what changed is drawn again.

export const act = (phone, action, fields = {}) =>
  fetch(`phones/${phone}/${action}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(fields),
  });

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const part = (section, role) => section.querySelector(`[data-role="${role}"]`);
export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

// Splits a text where an entity starts or ends; offsets are in UTF-16 units, as in JavaScript.
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
  const notes = [message.parts > 1 ? `${message.parts} parts` : "", message.edited ? "edited" : "", message.forwarded ? "forwarded" : "", message.reply ? "reply" : "", message.sign ?? "", clock(message.time)];
  const text = make("p", { dir: "auto" }, ...runs(message.text, message.entities ?? []));
  const inner = make("div", { "data-role": "bubble", "data-from": message.from });
  if (message.photo) {
    const picture = make("img", { src: `phones/photo/${message.photo}`, alt: "Picture" });
    picture.addEventListener("load", () => inner.closest(".log")?.scrollTo(0, 1e6)); // it has no height before
    inner.append(picture);
  }
  if (message.text) inner.append(text);
  inner.append(make("small", { "data-role": "notes", dir: "ltr" }, notes.filter(Boolean).join(" · ")));
  return make("div", { class: `turn ${message.from}` }, inner, ...keys(name, { buttons: [], ...message }));
}

// Replaces an element, and keeps the focus if it was on one of its buttons.
function swap(old, element) {
  const focused = [...old.querySelectorAll("button")].indexOf(document.activeElement);
  old.replaceWith(element);
  if (focused >= 0) element.querySelectorAll("button")[focused]?.focus({ preventScroll: true });
}

export function drawLog(name, phone, messages) {
  const log = part(phone.section, "log");
  const known = new Map();
  let follow = log.scrollHeight - log.scrollTop - log.clientHeight < 40; // not if somebody has scrolled up
  messages.forEach((message, index) => {
    const json = JSON.stringify(message);
    let entry = phone.bubbles.get(message.id);
    if (entry?.json !== json) {
      const element = bubble(name, message);
      if (entry) swap(entry.element, element);
      else follow = true;
      entry = { element, json };
    }
    known.set(message.id, entry);
    if (log.children[index] !== entry.element) log.insertBefore(entry.element, log.children[index] ?? null);
  });
  while (log.children.length > messages.length) log.lastElementChild.remove();
  phone.bubbles = known;
  if (follow) log.scrollTop = log.scrollHeight;
}
