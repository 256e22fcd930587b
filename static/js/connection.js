// What waits to be saved, and why: says it in a banner, and tries again by itself until all is out.
//
// #waiting     the banner: has a .why, a button .now and a button .again that opens the dialog
// #sign-again  the dialog to sign in again

import { person, signInAgain } from "./server.js";
import { allowed, set } from "./storage.js";
import { announce, count, words } from "./words.js";

const SOONEST = 1_000; // milliseconds
const LATEST = 15_000;
const NOTED = `signed in ${person}`;

const banner = document.getElementById("waiting");
const dialog = document.getElementById("sign-again");
const waiting = new Set(); // what has a send() that resolves when the server was heard
let reason = "";
let pause = SOONEST;
let timer = 0;

export function wait(what, why) {
  waiting.add(what);
  if (reason !== why) announce(words[why], { urgent: true });
  reason = why;
  tell();
  clearTimeout(timer);
  timer = setTimeout(() => {
    pause = Math.min(pause * 2, LATEST);
    again();
  }, pause * (0.75 + Math.random() / 2));
}

// The server took something, or answered at least: all that waits can go.
export function heard(what) {
  waiting.delete(what);
  pause = SOONEST;
  clearTimeout(timer);
  if (waiting.size) timer = setTimeout(again, 0);
  else if (reason) {
    reason = "";
    announce(words.allOut);
    if (dialog.open) dialog.close();
  }
  tell();
}

// One is tried; when it comes through, the next follows.
function again() {
  const [first] = waiting;
  if (!first) return;
  // Whatever the server cannot take holds the others up no longer than one turn.
  waiting.delete(first);
  waiting.add(first);
  first.send();
}

function soon() {
  if (!waiting.size || document.hidden) return;
  pause = SOONEST;
  clearTimeout(timer);
  again();
}

function tell() {
  banner.hidden = !waiting.size;
  if (!waiting.size) return;
  banner.querySelector(".why").textContent = `${count(allowed ? "waiting" : "waitingHere", waiting.size)} ${words[reason]}`;
  banner.querySelector(".again").hidden = reason !== "whySignedOut";
}

window.addEventListener("online", soon);
window.addEventListener("focus", soon);
document.addEventListener("visibilitychange", soon);
// Another tab signed in.
window.addEventListener("storage", ({ key }) => { if (key === NOTED) soon(); });

banner.querySelector(".now").addEventListener("click", () => { pause = SOONEST; again(); });
banner.querySelector(".again").addEventListener("click", () => dialog.showModal());

dialog.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const wrong = form.querySelector(".errors");
  const worked = await signInAgain(form.elements.password.value);
  wrong.textContent = worked === null ? words.whyOffline : worked ? "" : words.wrongPassword;
  if (!worked) return form.elements.password.select();
  form.reset();
  dialog.close();
  noteSignIn();
  soon();
});

const noteSignIn = () => set(NOTED, Date.now());
noteSignIn();
