// Keeps what is typed into long texts that only a button sends (comments, statements, reasons) until they are sent.
//
// [data-keeps]   on such a field, which has an id

import { make } from "./dom.js";
import { allowed, get, keys, remove, set } from "./storage.js";
import { words } from "./words.js";

const { person } = document.body.dataset;
const [place] = window.location.pathname.match(/^\/\w+\/[0-9a-f-]{36}\//) ?? [window.location.pathname];
const prefix = `draft ${person} ${place} `;
const keyOf = (field) => prefix + field.id;

function stored(key) {
  try {
    return JSON.parse(get(key));
  } catch {
    return null;
  }
}

function keep(field, sent = false) {
  const kept = set(keyOf(field), JSON.stringify({ text: field.value, sent }));
  field.toggleAttribute("data-unkept", !kept);
}

function putBack(field) {
  const draft = stored(keyOf(field));
  if (!draft || field.value === draft.text) return;
  field.value = draft.text;
  keep(field);
  const details = field.closest("details");
  if (details) details.open = true;
}

function letGo(field) {
  remove(keyOf(field));
  field.removeAttribute("data-unkept");
}

const fieldsIn = (part) => [...part.querySelectorAll("[data-keeps]")];

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-keeps]")) return;
  if (target.value === target.defaultValue) letGo(target);
  else keep(target);
});

// A form that leads to another page: whether it was taken shows there.
document.addEventListener("submit", ({ target }) => {
  for (const field of fieldsIn(target)) if (stored(keyOf(field))) keep(field, true);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  // The form itself may be gone by now, and the event be another element's.
  const form = detail.requestConfig.elt;
  if (!form.matches("form")) return;
  for (const field of fieldsIn(form)) {
    if (detail.successful) letGo(field);
    else if (stored(keyOf(field))) keep(field);
  }
});
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  for (const field of fieldsIn(detail.elt)) putBack(field);
});
document.addEventListener("opened", ({ detail }) => {
  for (const field of fieldsIn(detail)) putBack(field);
});

// What was sent is taken where its form is gone; where the form is there again, it was not.
for (const key of keys(prefix)) {
  const field = document.getElementById(key.slice(prefix.length));
  if (field) putBack(field);
  else if (stored(key)?.sent) remove(key);
}

if (!allowed && document.querySelector("[data-keeps], form[data-saves]")) {
  document.getElementById("main").prepend(make("p.note.warn.message", { role: "status" }, words.forbidden));
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unkept]")) event.preventDefault();
});
