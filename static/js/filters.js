// Narrows the questionnaire to the questions that one looks for, without asking the server; the address keeps it, so
// that a view can be shared. Without this file the links and the field ask the server for the same.
//
// #filters a[data-show]   a filter; article[data-flags] are those that a question counts for
// article[data-aside]     left out; the question that one is in stays, whatever it becomes

const filters = document.getElementById("filters");
const field = filters.querySelector("input[type=search]");
const found = document.getElementById("found");
const links = [...filters.querySelectorAll("a[data-show]")];
let show = links.find((link) => link.hasAttribute("aria-current"))?.dataset.show ?? "";

const questions = () => [...document.querySelectorAll("#questions article.question:not([hidden])")];
const risk = (question) => question.querySelector(".head .badge").classList;

const PASSES = {
  "": () => true,
  unanswered: (question) => risk(question).contains("unanswered"),
  carried: (question) => question.querySelector(".carried") !== null,
  high: (question) => risk(question).contains("high"),
  discussed: (question) => question.querySelector(".thread > .talk") !== null,
};
const passes = (question, name) => PASSES[name]?.(question)
  ?? (question.dataset.flags ?? "").split(" ").includes(name);

function text(question) {
  const shown = [...question.querySelectorAll(".id, .tag, h3, .choice")].map((part) => part.textContent);
  const typed = [...question.querySelectorAll(".note-field, .reason-field")].map((area) => area.value);
  return [...shown, ...typed].join("\n").toLowerCase();
}

function narrow() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const all = questions();
  let shown = 0;
  for (const question of all) {
    const looked = passes(question, show) && (!words.length || words.every((word) => text(question).includes(word)));
    question.toggleAttribute("data-aside", !looked && !question.contains(document.activeElement));
    if (!question.hasAttribute("data-aside")) shown += 1;
  }
  const narrowed = Boolean(show || words.length);
  for (const section of document.querySelectorAll("#questions .section")) {
    section.toggleAttribute("data-aside", !section.querySelector("article.question:not([hidden], [data-aside])"));
  }
  document.getElementById("facts")?.toggleAttribute("data-aside", narrowed);
  found.textContent = narrowed ? found.dataset.some.replace("#", shown).replace("%", all.length) : "";
  for (const link of links) {
    link.toggleAttribute("aria-current", false);
    if (link.dataset.show === show) link.setAttribute("aria-current", "true");
  }
}

function count() {
  const all = questions();
  for (const link of links) {
    link.querySelector(".number").textContent = all.filter((question) => passes(question, link.dataset.show)).length;
  }
}

function remember() {
  const address = new URL(window.location);
  for (const [name, value] of [["show", show], ["q", field.value.trim()]]) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(history.state, "", address);
}

function look(name = show) {
  show = name;
  narrow();
  remember();
}

filters.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-show]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  look(link.dataset.show);
});
field.addEventListener("input", () => look());
field.form.addEventListener("submit", (event) => event.preventDefault());

// A link to a question that is left out leads to it all the same.
window.addEventListener("hashchange", () => {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (!target?.closest("[data-aside]")) return;
  field.value = "";
  look("");
  target.scrollIntoView();
});
// Who was faster than this file has typed already.
if (field.value !== field.defaultValue) look();
for (const kind of ["standing", "refreshed", "htmx:afterSettle"]) document.addEventListener(kind, count);
