// Puts how the review stands in its places: progress, contents, what conditions hide, risks, the score. Nothing is
// removed, so whatever was typed in a question that is hidden is still there when it is asked again.
//
// #standing[data-hidden]  the ids of the elements that were hidden when the page was made
// [data-put=name]         where a number or a sentence goes
// #incomplete             what stands in the way of a submission that was tried

import { make } from "./dom.js";
import { count, say, words } from "./words.js";

let hidden = new Set();
let latest = 0;

// `saved` is what else a save answers about its question: the rows of its table. Returns whether it was news.
export function putInPlace(standing, saved = {}) {
  if (saved.outputs) putOutputs(saved.question, saved.outputs);
  if (!standing || standing.version < latest) return false;
  latest = standing.version;
  hide(standing.hidden);
  for (const [id, risk] of Object.entries(standing.risks)) putRisk(id, risk);
  for (const note of document.querySelectorAll("[data-regions]")) {
    note.hidden = !standing.regions.includes(note.dataset.regions);
  }
  putProgress(standing);
  putIncomplete(standing);
  if (standing.score) putScore(standing.score);
  document.dispatchEvent(new CustomEvent("standing", { detail: standing }));
  return true;
}

function put(name, text) {
  for (const place of document.querySelectorAll(`[data-put=${name}]`)) place.textContent = text;
}

function hide(ids) {
  const now = new Set(ids);
  for (const id of hidden) if (!now.has(id)) document.getElementById(id)?.removeAttribute("hidden");
  for (const id of now) document.getElementById(id)?.setAttribute("hidden", "");
  hidden = now;
}

function putRisk(id, risk) {
  const badge = document.getElementById(`risk-${id}`);
  if (!badge || badge.classList.contains(risk)) return;
  badge.className = `badge ${risk}`;
  badge.textContent = words[`risk_${risk}`];
}

// What each row of a question's table comes to.
function putOutputs(question, outputs) {
  const form = document.getElementById(`form-${question}`);
  const slow = form?.querySelector("input[name=throughput]");
  for (const place of form?.querySelectorAll("output") ?? []) place.replaceChildren();
  for (const { number, shown, best, risk } of outputs) {
    const place = document.getElementById(`output-${question}-${number}`);
    if (!place) continue;
    place.append(make("span.number", {}, shown));
    if (best) place.append(" ", make("span.badge.none", {}, words.best));
    else if (risk !== "none") place.append(" ", make(`span.badge.${risk}`, {}, slow ? words.tooSlow : words[`word_${risk}`]));
  }
}

function putProgress({ answered, total, missing, missing_facts, sections }) {
  put("answered", say("answered", { answered, total }));
  put("left", missing.length ? count("left", missing.length) : "");
  line("facts", !missing_facts.length, missing_facts.length ? count("factsLeft", missing_facts.length) : "");
  for (const [id, done, all] of sections) {
    const entry = line(`section-${id}`, done === all, `${done}/${all}`);
    if (!entry) continue;
    entry.hidden = !all;
    entry.querySelector(".fill")?.setAttribute("width", `${all ? Math.round((100 * done) / all) : 0}%`);
  }
}

// One line of the contents.
function line(anchor, done, text) {
  const link = document.querySelector(`.toc a[href="#${CSS.escape(anchor)}"]`);
  if (!link) return null;
  const number = link.querySelector(".number");
  number.classList.toggle("done", done);
  number.textContent = `${done ? "✓ " : ""}${text}`;
  return link.parentElement;
}

function putIncomplete({ missing, missing_facts }) {
  const note = document.querySelector("#incomplete .note");
  if (!note) return;
  const lists = [
    ["missingFacts", missing_facts, (id) => `fact-${id}`],
    ["missing", missing, (id) => `q-${id}`],
  ];
  for (const [key, ids, anchor] of lists) {
    const list = note.querySelector(`[data-list=${key}]`);
    if (!list) continue;
    list.hidden = !ids.length;
    list.querySelector("p").textContent = count(key, ids.length);
    list.querySelector("ul").replaceChildren(...ids.map((id) => make(
      "li", { lang: "en" }, make("a", { href: `#${anchor(id)}` }, titleOf(document.getElementById(anchor(id))) ?? id),
    )));
  }
  if (!missing.length && !missing_facts.length) note.remove();
}

const titleOf = (part) => part?.dataset.title
  ?? part?.querySelector("legend, label, h3")?.firstChild.textContent.trim();

function putScore({ overall, high, medium, pillars }) {
  const whole = (number) => (number === null ? "–" : String(Math.round(number)));
  put("overall", whole(overall));
  put("ofHundred", overall === null ? words.notScored : words.ofHundred);
  put("high", count("high", high));
  put("medium", count("medium", medium));
  for (const [id, score, weight] of pillars) {
    const pillar = document.querySelector(`[data-pillar="${CSS.escape(id)}"]`);
    if (!pillar) continue;
    pillar.querySelector(".faint").textContent = weight;
    pillar.querySelector(".number").textContent = whole(score);
    pillar.querySelector(".fill").setAttribute("width", `${score ?? 0}%`);
  }
}

hide(document.getElementById("standing")?.dataset.hidden.split(" ").filter(Boolean) ?? []);
// A fragment that came later has what conditions hide in it too.
for (const name of ["opened", "htmx:afterSettle"]) document.addEventListener(name, () => hide([...hidden]));
