// Says at each form whether what was typed is saved, and keeps saying so when a save fails.
// The saving itself is htmx's; without this file the same forms work with their buttons.
//
// data-saves        a form that saves by itself: has a .state and a .save button
// data-explains     a form whose refusals (403, 409, 422) come back as fragments that say why
// data-failure      where a form without a .state says that sending failed
// data-after-saves  a form that is sent only when all others are saved

const words = document.getElementById("words").dataset;
const unsaved = new Set(); // forms, by id: they are replaced when a colleague's answer is taken over
const unsent = new Set(); // fields that only a button sends: comments, statements
const asSaved = new Map(); // forms, by id: their content when it was last known to be saved, and what .state said
const sent = new WeakMap();
let waiting = null;

const saves = (form) => form?.matches?.("form[data-saves]");
const content = (form) => new URLSearchParams(new FormData(form)).toString();

function show(form, kind, text) {
  const state = form.querySelector(".state");
  state.className = `state ${kind}`;
  state.textContent = text;
  form.querySelector(".save").classList.toggle("needed", kind === "failed");
}

function markUnsaved(form) {
  unsaved.add(form.id);
  show(form, "unsaved", words.unsaved);
}

function remember(form) {
  const { className, textContent } = form.querySelector(".state");
  asSaved.set(form.id, { content: content(form), className, textContent });
}

document.addEventListener("focusin", ({ target }) => {
  if (saves(target.form) && !unsaved.has(target.form.id)) remember(target.form);
});

// Who types back what is saved changes nothing, so the browser reports no change and nothing would be sent.
function typed(form) {
  const saved = asSaved.get(form.id);
  if (saved?.content !== content(form) || form.matches(".htmx-request")) {
    markUnsaved(form);
    return;
  }
  unsaved.delete(form.id);
  Object.assign(form.querySelector(".state"), { className: saved.className, textContent: saved.textContent });
}

document.addEventListener("input", ({ target }) => {
  if (saves(target.form)) typed(target.form);
  else if (target.matches("textarea")) unsent.add(target);
});

// Who was faster than this page's scripts has typed already; nothing else would send it.
const wasTyped = (field) => field.type === "radio" || field.type === "checkbox"
  ? field.checked !== field.defaultChecked
  : field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
window.addEventListener("load", () => {
  for (const form of document.querySelectorAll("form[data-saves]")) {
    if (unsaved.has(form.id) || !(form.id && [...form.elements].some(wasTyped))) continue;
    markUnsaved(form);
    form.requestSubmit();
  }
});

document.addEventListener("submit", (event) => {
  for (const field of event.target.elements) unsent.delete(field);
  if (!event.target.matches("[data-after-saves]") || !unsaved.size) return;
  event.preventDefault();
  waiting = event.target;
  for (const id of unsaved) document.getElementById(id)?.requestSubmit();
});

// A tick at “does not apply” waits for its reason, which is about to be typed; whatever comes later is sent.
const needsReason = (box) => box?.name === "not_applicable" && box.checked && !box.form.elements.reason.value.trim();
document.addEventListener("change", ({ target }) => {
  if (needsReason(target)) target.form.elements.reason.focus();
});
document.addEventListener("htmx:confirm", (event) => {
  const cause = event.detail.triggeringEvent;
  if (cause?.type === "change" && needsReason(cause.target)) event.preventDefault();
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!saves(detail.elt)) return;
  sent.set(detail.elt, content(detail.elt));
  show(detail.elt, "unsaved", words.saving);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!saves(form)) return;
  form.querySelector(".save").classList.toggle("needed", !detail.successful);
  if (!detail.successful && waiting && form.closest("[hidden]")) {
    // What a condition hides counts for nothing: it is tried, and then holds nothing up.
    unsaved.delete(form.id);
  } else if (!detail.successful) {
    unsaved.add(form.id);
    if (waiting) form.scrollIntoView({ block: "center" });
    waiting = null;
  } else if (content(form) !== sentWithNewVersion(form)) markUnsaved(form);
  else {
    unsaved.delete(form.id);
    remember(form);
  }
  if (waiting && !unsaved.size) waiting.submit();
});

// What was sent, but with the version that the answer to it brought.
function sentWithNewVersion(form) {
  const data = new URLSearchParams(sent.get(form));
  if (data.has("version")) data.set("version", form.elements.version.value);
  return data.toString();
}

// A swapped-in card or thread is what the person just asked for: it is clean, and it has the focus.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const part = document.getElementById(detail.target.id);
  if (!part?.matches(".question, .thread")) return;
  const form = part.querySelector("form[data-saves]");
  if (form) unsaved.delete(form.id);
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
});

function failed(form, status) {
  const reasons = { 0: words.offline, 401: words.signedOut, 409: words.refused, 422: words.refused };
  const text = reasons[status] ?? (status === 403 ? words.stalePage : words.broken);
  const place = form.querySelector?.("[data-failure]");
  if (saves(form)) show(form, "failed", text);
  else if (place) place.textContent = text;
  if (place) for (const field of form.querySelectorAll("textarea")) unsent.add(field);
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => failed(detail.elt, 0));
}
document.addEventListener("htmx:responseError", ({ detail }) => {
  const { elt: form, xhr } = detail;
  const explained = form.matches("[data-explains]") && [403, 409, 422].includes(xhr.status)
    && xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
  if (!explained) failed(form, xhr.status);
});

window.addEventListener("beforeunload", (event) => {
  const typed = [...unsent].some((field) => field.isConnected && field.value.trim());
  if (unsaved.size || typed) event.preventDefault();
});

// A page that the browser kept from before shows answers of before.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
