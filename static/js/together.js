// Answering with others: asks the server every few seconds who else is here and what they changed, and shows it.
// A question that one is writing in is left alone; its next save finds out what there is to choose between.
//
// #here[data-address]           where to ask; data-after: the last event that this page knows; data-version: the
//                               review's version
// #questions[data-question]     the address of one question as it is now, with ID for its id

import { read } from "./content.js";
import { focusOn } from "./dom.js";
import { cardOf, changed, stated } from "./saving.js";
import { person, post } from "./server.js";
import { putInPlace } from "./standing.js";
import { announce } from "./words.js";

const EVERY = 5_000; // milliseconds
const here = document.getElementById("here");
const address = document.getElementById("questions").dataset.question;
const waiting = new Set(); // questions that changed while one was in them
const quiet = new Set(); // those of them that are shown anew and not announced
let after = Number(here.dataset.after);
let { version } = here.dataset;
let open = true;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const writing = (element) => element.matches("textarea, input:not([type=radio], [type=checkbox])") && !element.closest(".adds");

const formIn = (article) => article.querySelector("form[data-saves]");
const cardIn = (article) => cardOf(formIn(article));
const versionIn = (article) => Number(formIn(article).elements.version.value);

// Whether something of the person's own stands in the way.
function busy(article) {
  const { unsaved, sending } = cardIn(article);
  const typed = [...article.querySelectorAll(".thread textarea")].some((area) => area.value !== area.defaultValue);
  return unsaved || sending || typed || (article.contains(document.activeElement) && writing(document.activeElement));
}

async function refresh(id) {
  const article = document.getElementById(`q-${id}`);
  if (!article) return waiting.delete(id);
  if (busy(article)) return article.classList.add("news");
  const headers = { "HX-Request": "true", "X-Person": person };
  const response = await fetch(address.replace("ID", encodeURIComponent(id)), { headers });
  if (!response.ok) return;
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const fresh = template.content.querySelector("article");
  // Meanwhile it came by another way, or was answered: what is older than that is asked for once more.
  if (!waiting.has(id) || busy(article) || versionIn(fresh) < cardIn(article).version) return;
  waiting.delete(id);
  const theirs = !quiet.delete(id);
  if (theirs) announce(fill(here.dataset.news, { name: fresh.querySelector(".id").textContent }));
  if (article.contains(document.activeElement) || article.querySelector(".adds")) {
    // The focus stays where it is, and a form that is open stays open: only answer and evidence change.
    article.classList.toggle("news", theirs);
    article.dataset.flags = fresh.dataset.flags ?? "";
    changed(cardIn(article), read(formIn(fresh)), versionIn(fresh));
    const carried = fresh.querySelector(".carried");
    if (carried && !article.querySelector(".carried")) formIn(article).before(carried);
    renewEvidence(article, fresh);
    return;
  }
  fresh.classList.toggle("news", theirs);
  fresh.hidden = article.hidden;
  fresh.toggleAttribute("data-aside", article.hasAttribute("data-aside"));
  article.replaceWith(fresh);
  if (window.htmx) window.htmx.process(fresh);
}

// Evidence is added and taken away, and never changes.
function renewEvidence(article, fresh) {
  const place = article.querySelector(".evidence");
  const [before, now] = [place, fresh].map((part) => part.querySelector(".pieces"));
  if (!before && now) place.prepend(now);
  for (const piece of [...(before?.children ?? [])]) {
    if (fresh.querySelector(`#${piece.id}`)) continue;
    if (piece.contains(document.activeElement)) focusOn(place);
    piece.remove();
  }
  for (const piece of [...(now?.children ?? [])]) if (!place.querySelector(`#${piece.id}`)) before.append(piece);
  if (window.htmx) window.htmx.process(place);
}

function putFacts(facts) {
  for (const [id, value] of Object.entries(facts)) {
    const form = document.getElementById(`fact-${id}`);
    if (!form || !stated(form, value)) continue;
    form.classList.add("news");
    announce(fill(here.dataset.news, { name: cardOf(form).name }));
  }
}

// Whose a section is, and with it the questions that are nobody's by themselves; a form that is open there stays.
function putSection(id, line) {
  const section = document.getElementById(`section-${id}`);
  if (!section) return;
  for (const question of section.querySelectorAll("article.question")) {
    waiting.add(question.id.slice(2));
    quiet.add(question.id.slice(2));
  }
  announce(fill(here.dataset.news, { name: section.querySelector("h2").textContent }));
  const place = section.querySelector("header .assigned");
  if (!place.querySelector("form") && !place.contains(document.activeElement)) place.outerHTML = line;
}

// At the top of the page, which is out of sight further down, and at the question itself.
function showOthers(others) {
  const said = others.map(({ name, question }) => {
    const place = question && document.getElementById(`q-${question}`)?.querySelector(".id")?.textContent;
    return place ? fill(here.dataset.at, { name, question: place }) : fill(here.dataset.one, { name });
  });
  const text = said.join(" · ");
  if (here.textContent !== text) here.textContent = text;
  for (const article of document.querySelectorAll("article.question")) {
    const names = others.filter(({ question }) => article.id === `q-${question}`).map(({ name }) => name);
    const { dataset } = article.querySelector(".saving");
    if (names.length) dataset.here = names.map((name) => fill(here.dataset.one, { name })).join(" · ");
    else delete dataset.here;
  }
}

async function ask() {
  const at = document.activeElement?.closest?.("article.question")?.id.slice(2) ?? "";
  const { status, data } = await post(here.dataset.address, [["after", after], ["version", version], ["question", at]]);
  if (status !== 200) return;
  [after, version] = [data.upto, data.version];
  if (open && !data.open) announce(here.dataset.closed);
  open = data.open;
  for (const [id, line] of Object.entries(data.sections)) putSection(id, line);
  for (const id of data.changed) {
    waiting.add(id);
    quiet.delete(id);
  }
  const renewed = waiting.size > 0;
  for (const id of [...waiting]) await refresh(id);
  showOthers(data.here);
  if (data.standing && putInPlace(data.standing)) putFacts(data.facts);
  if (renewed) document.dispatchEvent(new CustomEvent("refreshed"));
}

// What this page changed by other ways than a card's own save.
document.addEventListener("renew", ({ detail }) => {
  for (const id of detail.questions) {
    waiting.add(id);
    quiet.add(id);
  }
  ask().catch(() => {});
});

async function round() {
  if (!document.hidden) await ask().catch(() => {});
  setTimeout(round, EVERY);
}
setTimeout(round, EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask().catch(() => {}); });
