// Keeps what is typed into long texts that only a button sends (comments, statements, reasons) until they are sent.
//
// [data-keeps]   on such a field, which has an id

const { person } = document.body.dataset;
const [place] = window.location.pathname.match(/^\/\w+\/[0-9a-f-]{36}\//) ?? [window.location.pathname];
const prefix = `draft ${person} ${place} `;
const keyOf = (field) => prefix + field.id;

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function keep(field, sent = false) {
  try {
    localStorage.setItem(keyOf(field), JSON.stringify({ text: field.value, sent }));
    field.removeAttribute("data-unkept");
  } catch {
    field.setAttribute("data-unkept", "");
  }
}

function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch { /* What could not be kept need not be dropped. */ }
}

function putBack(field) {
  const draft = stored(keyOf(field));
  if (!draft || field.value === draft.text) return;
  field.value = draft.text;
  keep(field);
  const details = field.closest("details");
  if (details) details.open = true;
}

const fieldsIn = (part) => [...part.querySelectorAll("[data-keeps]")];

document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-keeps]")) return;
  if (target.value === target.defaultValue) drop(keyOf(target));
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
    if (detail.successful) drop(keyOf(field));
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
for (const key of Object.keys(localStorage).filter((each) => each.startsWith(prefix))) {
  const field = document.getElementById(key.slice(prefix.length));
  if (field) putBack(field);
  else if (stored(key)?.sent) drop(key);
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-unkept]")) event.preventDefault();
});
