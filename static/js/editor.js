// Line numbers beside a text, marks at the lines that have mistakes, and links that lead to their lines.
// Says whether what was typed is saved. Without this file the same form works with its buttons.
// Tab leaves the text, as everywhere: Enter keeps the indent of the line.
//
// data-editor   the form; has a textarea, a .gutter and a .state
// data-line     on a link: the line, from 1, that it leads to (data-column: the character); data-mark: its severity

const form = document.querySelector("[data-editor]");
const text = form.querySelector("textarea");
const gutter = form.querySelector(".gutter");
const words = document.getElementById("words").dataset;
// What came with the page, not what is there by now; null: nothing of it is stored.
let stored = form.dataset.editor === "stored" ? text.defaultValue : null;
let sent = null;
let leaving = false;

const unsaved = () => text.value !== stored;
const links = () => document.querySelectorAll("#panel [data-line]");

function number() {
  const marks = new Map();
  for (const { dataset } of links()) {
    if (marks.get(dataset.line) !== "error") marks.set(dataset.line, dataset.mark);
  }
  const lines = text.value.split("\n").length;
  const pieces = [];
  let run = [];
  for (let line = 1; line <= lines; line += 1) {
    const mark = marks.get(String(line));
    if (!mark) {
      run.push(line);
      continue;
    }
    if (run.length) pieces.push(`${run.join("\n")}\n`);
    run = [];
    const span = document.createElement("span");
    span.className = `mark ${mark}`;
    span.textContent = line;
    pieces.push(span, "\n");
  }
  pieces.push(run.join("\n"));
  gutter.replaceChildren(...pieces);
  follow();
}

const follow = () => { gutter.scrollTop = text.scrollTop; };

function show(kind, sentence) {
  const state = form.querySelector(".state");
  state.className = `state ${kind}`;
  state.textContent = sentence;
}

function changed() {
  number();
  if (unsaved()) show("unsaved", form.querySelector(".state").dataset.unsaved);
  else show("saved", form.querySelector(".state").dataset.saved);
}

function lead(line, column) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((length, each) => length + each.length + 1, 0);
  const end = start + (lines[line - 1] ?? "").length;
  text.focus({ preventScroll: true });
  text.setSelectionRange(Math.min(start + column - 1, end), end);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 1) * height - text.clientHeight / 3);
  text.scrollLeft = 0;
  text.scrollIntoView({ block: "nearest" });
}

text.addEventListener("scroll", follow);
text.addEventListener("input", changed);
text.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    form.querySelector("[value=save]").click();
  }
  if (event.key !== "Enter" || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey) return;
  const before = text.value.slice(0, text.selectionStart);
  const indent = before.slice(before.lastIndexOf("\n") + 1).match(/^ */)[0];
  if (!indent) return;
  event.preventDefault();
  // The one way to type for somebody that undo knows of.
  document.execCommand("insertText", false, `\n${indent}`);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#panel [data-line]");
  if (!link) return;
  event.preventDefault();
  lead(Number(link.dataset.line), Number(link.dataset.column));
});

document.addEventListener("htmx:beforeRequest", () => {
  sent = text.value;
  form.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const ours = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
  detail.shouldSwap = Boolean(ours) && [200, 409, 422].includes(detail.xhr.status);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  form.removeAttribute("aria-busy");
  if (detail.successful && detail.elt.value === "save") {
    stored = sent;
    if (unsaved()) show("unsaved", form.querySelector(".state").dataset.unsaved);
  } else if (detail.successful && unsaved()) show("unsaved", form.querySelector(".state").dataset.unsaved);
  else if (!detail.successful && ![409, 422].includes(detail.xhr.status)) {
    const reasons = { 0: words.offline, 401: words.signedOut, 403: words.stalePage };
    show("failed", reasons[detail.xhr.status] ?? words.broken);
  }
  number();
});

form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("beforeunload", (event) => {
  if (unsaved() && !leaving) event.preventDefault();
});

// A page that the browser kept from before shows the draft of before.
window.addEventListener("pageshow", (event) => {
  leaving = false;
  if (event.persisted && !unsaved()) window.location.reload();
});

// Who was faster than this file has typed already.
if (text.value === text.defaultValue) number();
else changed();
