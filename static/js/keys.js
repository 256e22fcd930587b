// Keys for everything: j and k move from question to question, n to the next one without an answer, numbers answer.
// They can be switched off. None works while somebody types, nor together with Ctrl, Alt or Cmd.
//
// #keys          the dialog that explains them; has a checkbox name=on
// [data-keys]    a button that opens it

import { cardOf } from "./saving.js";
import { person } from "./server.js";
import { get, remove, set } from "./storage.js";
import { announce, say, words } from "./words.js";

const OFF = `keys off ${person}`;
const dialog = document.getElementById("keys");
const on = dialog.querySelector("[name=on]");
let active = null;

const questions = () => [...document.querySelectorAll("article.question")].filter((each) => each.checkVisibility());
const isTyping = (target) => target.matches(
  "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])",
);

on.checked = get(OFF) === null;
on.addEventListener("change", () => {
  if (on.checked) remove(OFF);
  else set(OFF, "1");
});

function activate(question) {
  if (active !== question) active?.removeAttribute("data-active");
  active = question;
  question.setAttribute("data-active", "");
}

function go(question) {
  if (!question) return announce(words.noMore);
  question.tabIndex = -1;
  question.setAttribute("aria-labelledby", question.querySelector("h3").id);
  question.focus({ preventScroll: true });
  // At once: who goes from question to question by key does not wait for the page.
  question.scrollIntoView({ block: "start", behavior: "instant" });
}

// The question where one is, or that one sees first.
function here() {
  const all = questions();
  const focused = document.activeElement.closest?.("article.question");
  if (focused) return focused;
  if (active?.isConnected && all.includes(active)) return active;
  return null;
}

function move(step, wanted = () => true) {
  const all = questions();
  const at = here();
  const place = at ? all.indexOf(at) : all.findIndex((each) => each.getBoundingClientRect().bottom > 120) - (step > 0);
  const rest = step > 0 ? all.slice(place + 1) : all.slice(0, Math.max(place, 0)).reverse();
  go(rest.find(wanted));
}

const isOpen = (question) => question.querySelector(".head .badge")?.classList.contains("unanswered");

// Around the end, so that one key finds whatever is left.
function nextUnanswered() {
  const all = questions();
  const after = all.indexOf(here()) + 1;
  const next = [...all.slice(after), ...all.slice(0, after)].find(isOpen);
  if (next) go(next);
  else announce(words.allAnswered);
}

function choose(question, number) {
  const box = question.querySelectorAll("form [name=choice]:not([data-alone])")[number - 1];
  if (!box) return;
  box.click();
  const text = box.closest("label").querySelector("span").firstChild.textContent.trim();
  announce(say(box.checked ? "chosen" : "unchosen", { text }));
}

// None of these, where there is that; else nothing chosen.
function clear(question) {
  const none = question.querySelector("form [data-alone]");
  if (none) return none.click();
  const chosen = question.querySelector("form [name=choice]:checked");
  if (!chosen) return;
  chosen.checked = false;
  chosen.dispatchEvent(new Event("input", { bubbles: true }));
  chosen.dispatchEvent(new Event("change", { bubbles: true }));
}

async function confirm(question) {
  const card = cardOf(question.querySelector("form[data-saves]"));
  if (await card.confirm()) announce(say("confirmed", { name: card.name }));
}

const OF_A_QUESTION = {
  0: clear,
  x: (question) => question.querySelector("form [name=not_applicable]").click(),
  e: (question) => question.querySelector("form [name=note]").focus(),
  c: (question) => { if (question.querySelector("[data-confirm]")) confirm(question); },
  u: (question) => cardOf(question.querySelector("form[data-saves]")).undo(),
};
const OF_THE_PAGE = {
  j: () => move(1),
  k: () => move(-1),
  n: nextUnanswered,
  "/": () => document.querySelector("main input[type=search]:not([hidden])")?.focus(),
  "?": () => dialog.showModal(),
};

document.addEventListener("focusin", ({ target }) => {
  const question = target.closest("article.question");
  if (question) activate(question);
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const question = here();
  if (key === "Escape" && isTyping(target) && target.closest("article.question")) return go(question);
  if (isTyping(target)) return;
  if (key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && question) {
    event.preventDefault();
    return OF_A_QUESTION.u(question);
  }
  if (event.ctrlKey || event.altKey || event.metaKey || !on.checked) return;
  let act = OF_THE_PAGE[key];
  if (!act && question) {
    if (key >= "1" && key <= "9") act = () => choose(question, Number(key));
    else if (key === "Enter" && target === question) act = () => OF_A_QUESTION.e(question);
    else if (OF_A_QUESTION[key]) act = () => OF_A_QUESTION[key](question);
  }
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-keys]")) dialog.showModal();
  const confirming = target.closest("[data-confirm]");
  if (!confirming) return;
  event.preventDefault();
  confirm(confirming.closest("article.question"));
});
