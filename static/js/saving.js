// Says at each form whether what was typed is saved, and keeps saying so when a save fails.
// The saving itself is htmx's; without this file the same forms work with their buttons.
//
// data-saves     a form that saves by itself: has a .state and a .save button
// data-explains  a form whose refusals (403, 409, 422) come back as fragments that say why
// data-failure   where a form without a .state says that sending failed

const words = document.getElementById("words").dataset;
const unsaved = new Set();
const sent = new WeakMap();

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

document.addEventListener("input", ({ target }) => {
  if (saves(target.form)) markUnsaved(target.form);
});

document.addEventListener("htmx:confirm", (event) => {
  const form = event.detail.elt;
  if (!saves(form) || event.detail.triggeringEvent?.type === "submit") return;
  const data = new FormData(form);
  if (data.has("not_applicable") && !data.get("reason").trim()) {
    // The reason is about to be typed; a save without it would only be refused.
    event.preventDefault();
    form.querySelector(".reason-field").focus();
  }
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
  if (!detail.successful) unsaved.add(form.id);
  else if (content(form) !== sentWithNewVersion(form)) markUnsaved(form);
  else unsaved.delete(form.id);
});

// What was sent, but with the version that the answer to it brought.
function sentWithNewVersion(form) {
  const data = new URLSearchParams(sent.get(form));
  if (data.has("version")) data.set("version", form.elements.version.value);
  return data.toString();
}

function failed(form, status) {
  const reasons = { 0: words.offline, 401: words.signedOut, 409: words.refused, 422: words.refused };
  const text = reasons[status] ?? (status === 403 ? words.stalePage : words.broken);
  const place = form.querySelector?.("[data-failure]");
  if (saves(form)) show(form, "failed", text);
  else if (place) place.textContent = text;
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
  if (unsaved.size) event.preventDefault();
});
