// Says at each question whether what was typed is saved, and keeps saying so when a save fails.
// The saving itself is htmx's; without this file the same forms work with their buttons.

const words = document.getElementById("words").dataset;
const unsaved = new Set();

const stateOf = (form) => form.querySelector(".state");

function show(form, kind, text) {
  const state = stateOf(form);
  state.className = `state ${kind}`;
  state.textContent = text;
  form.querySelector(".save").classList.toggle("needed", kind === "failed");
}

function isAnswer(element) {
  return element?.matches?.("form[data-answer]");
}

function markUnsaved(form) {
  unsaved.add(form.id);
  show(form, "unsaved", words.unsaved);
}

// “None of these” and the practices exclude each other.
function keepAlone(box) {
  if (box.type !== "checkbox" || box.name !== "choice" || !box.checked) return;
  for (const other of box.form.querySelectorAll("input[name=choice]")) {
    if (other !== box && (box.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
  }
}

document.addEventListener("input", ({ target }) => {
  if (!isAnswer(target.form)) return;
  keepAlone(target);
  markUnsaved(target.form);
});

document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt;
  // Not applicable without a reason yet: the person is about to type one.
  if (isAnswer(form)) form.dataset.sent = new URLSearchParams(new FormData(form)).toString();
});

document.addEventListener("htmx:confirm", (event) => {
  const form = event.detail.elt;
  if (!isAnswer(form)) return;
  const data = new FormData(form);
  const reasonIsComing = data.has("not_applicable") && !data.get("reason").trim();
  if (reasonIsComing && event.detail.triggeringEvent?.type !== "submit") {
    event.preventDefault();
    form.querySelector(".reason-field").focus();
  }
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isAnswer(detail.elt)) show(detail.elt, "unsaved", words.saving);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!isAnswer(form)) return;
  if (!detail.successful) {
    unsaved.add(form.id);
    form.querySelector(".save").classList.add("needed");
    return;
  }
  form.querySelector(".save").classList.remove("needed");
  const typedMeanwhile = new URLSearchParams(new FormData(form)).toString() !== withVersion(form);
  if (typedMeanwhile) markUnsaved(form);
  else unsaved.delete(form.id);
});

// What was sent, but with the version that the answer to it brought.
function withVersion(form) {
  const sent = new URLSearchParams(form.dataset.sent);
  sent.set("version", form.elements.version.value);
  return sent.toString();
}

// Answers that are pages of their own say what is wrong themselves; for the rest it is said here.
function failed(form, status) {
  const reason = { 0: words.offline, 401: words.signedOut, 403: words.stalePage }[status] ?? words.broken;
  show(form, "failed", reason);
}
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => isAnswer(detail.elt) && failed(detail.elt, 0));
}
document.addEventListener("htmx:responseError", ({ detail }) => {
  const explained = [403, 409, 422].includes(detail.xhr.status)
    && detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
  if (isAnswer(detail.elt) && !explained) failed(detail.elt, detail.xhr.status);
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved.size) event.preventDefault();
});
