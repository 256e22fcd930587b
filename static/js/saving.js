// Saves what is typed, form by form, and says at each form whether it is saved. Whatever the server has not
// acknowledged is kept in the browser, and goes out as soon as it can. Without this file the same forms work with
// their buttons.
//
// form[data-saves]     saves by itself: has a .state, a .save button and, for an answer, a .trouble and a version
// [data-after-saves]   a form that is sent only when all others are saved

import { EMPTY, PARTS, fields, read, said, same, write } from "./content.js";
import { heard, wait } from "./connection.js";
import "./fragments.js";
import { adopt, drop, keep } from "./outbox.js";
import { person, post } from "./server.js";
import { putInPlace } from "./standing.js";
import { allowed } from "./storage.js";
import { announce, say, words } from "./words.js";

const PAUSE = 1_000; // milliseconds without typing
const cards = new Map(); // by form
const REASONS = { 0: "whyOffline", 401: "whySignedOut" };
const tabs = new BroadcastChannel(`saved ${person} ${words.place}`);
let submitting = null;

export const cardOf = (form) => {
  if (!cards.has(form)) cards.set(form, new Card(form));
  return cards.get(form);
};
export const allCards = () => [...document.querySelectorAll("form[data-saves]")].map(cardOf);

class Card {
  constructor(form) {
    this.form = form;
    this.question = form.closest(".question");
    this.name = this.question?.querySelector(".id").textContent ?? form.querySelector(".label, label").firstChild.textContent.trim();
    this.saved = read(form, true); // what the next save is based on: what was acknowledged last
    this.version = Number(form.elements.version?.value ?? 0);
    this.stands = { content: this.saved, version: this.version }; // what the server has, as far as is known here
    this.tried = []; // what was sent without an answer: it may have been stored all the same
    this.others = []; // what is kept for this form besides what it shows
    this.sending = false;
    this.conflict = null;
    this.quiet = form.querySelector(".state").cloneNode(true);
  }

  get content() { return read(this.form); }
  get unsaved() { return !same(this.content, this.saved); }

  show(kind, text) {
    const state = this.form.querySelector(".state");
    state.className = `state ${kind}`;
    state.textContent = text;
    this.form.querySelector(".save").classList.toggle("needed", kind === "failed");
    this.form.toggleAttribute("data-unsaved", kind !== "saved");
  }

  typed() {
    if (!this.unsaved && !this.sending) return this.atRest();
    this.keep();
    if (this.conflict) this.conflict.look();
    else if (this.failure) this.show("failed", this.stored ? words.kept : words.noRoom);
    else this.show("unsaved", this.stored || !allowed ? words.unsaved : words.noRoom);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  // Nothing is left to save.
  atRest() {
    clearTimeout(this.timer);
    drop(this.form.id);
    this.failure = "";
    this.conflict?.close();
    heard(this);
    const state = this.form.querySelector(".state");
    state.className = this.quiet.className;
    state.replaceChildren(...this.quiet.cloneNode(true).childNodes);
    this.form.querySelector(".save").classList.remove("needed");
    this.form.removeAttribute("data-unsaved");
    this.next();
  }

  keep() {
    const { content, saved, version, tried } = this;
    this.stored = keep(this.form.id, {
      form: this.form.id, content, saved, version, tried, name: this.name, said: said(this.form, content),
      at: Date.now(),
    });
  }

  async send() {
    clearTimeout(this.timer);
    if (this.conflict) return;
    if (this.sending) {
      this.again = true;
      return;
    }
    this.sending = true;
    do {
      this.again = false;
      const { content } = this;
      if (same(content, this.saved)) break;
      if (!this.tried.length || !same(this.tried.at(-1), content)) this.tried.push(content);
      this.keep();
      if (!this.failure) this.show("unsaved", words.saving);
      await this.hear(content, await post(this.form.action, fields(content, this.version, this.saved)));
      if (this.unsaved) this.keep();
    } while (this.again && this.form.isConnected);
    this.sending = false;
    if (!this.unsaved && !this.failure) this.rest();
    submitWhenSaved();
  }

  async hear(content, { status, data }) {
    if (status === 200) return this.acknowledged(content, data);
    if (status === 409 && data.current) return this.overtaken(data);
    if (data.error && [403, 404, 409, 422].includes(status) || status === 404) {
      this.tried.pop();
      return this.refused(status, data);
    }
    this.failed(REASONS[status] ?? "whyBroken");
  }

  acknowledged(content, data) {
    const merged = this.merged;
    this.tellTabs(content, data);
    this.taken(content, data.version);
    this.merged = "";
    putInPlace(data.standing, data);
    if (merged) this.note(merged);
    announce(say("savedName", { name: this.name }));
    this.undoable();
  }

  // The server holds `content` now, as this version.
  taken(content, version) {
    if (version !== undefined && version !== this.version) {
      this.before = this.version;
      this.version = version;
      this.form.elements.version.value = version;
      this.form.closest("article")?.querySelector(".carried")?.remove();
    }
    this.saved = content;
    this.stands = { content, version: this.version };
    this.tried = [];
    this.failure = "";
    this.trouble();
    heard(this);
  }

  rest() {
    this.show("saved", words.saved);
    this.quiet = this.form.querySelector(".state").cloneNode(true);
    drop(this.form.id);
    this.next();
  }

  failed(why) {
    this.failure = why;
    this.keep();
    this.show("failed", this.stored ? words.kept : words.noRoom);
    submitting = null;
    wait(this, why);
  }

  // The server will not have it as it is: it says why, and only the person lets go of what was typed.
  refused(status, data) {
    heard(this);
    this.failure = "refused";
    this.keep();
    this.show("failed", this.stored ? words.kept : words.noRoom);
    const hidden = this.form.closest("[hidden]");
    if (submitting && !hidden) {
      this.form.scrollIntoView({ block: "center" });
      submitting = null;
    }
    const sentences = data.errors ? Object.values(data.errors) : [data.error ?? words.gone];
    // What one field says wrong can be put right; all else cannot be saved by trying again.
    const final = status !== 422 || "" in (data.errors ?? {});
    import("./trouble.js").then(({ explain }) => explain(this, sentences, final));
  }

  trouble(...parts) {
    const place = this.form.querySelector(".trouble");
    place?.replaceChildren(...parts);
    return place;
  }

  note(text) {
    const line = document.createElement("p");
    line.className = "note";
    line.textContent = text;
    this.trouble(line);
    announce(text);
  }

  // Somebody saved this question since. What both changed is merged by itself as far as it can be.
  async overtaken({ current, error }) {
    const theirs = { ...EMPTY, ...current };
    heard(this);
    // A save whose answer was lost on its way is no conflict.
    const own = this.tried.slice(0, -1).find((content) => same(content, theirs));
    if (own) {
      this.taken(own, current.version);
      this.again = true;
      return;
    }
    const mine = this.content;
    if (mine.value) return this.ask(theirs, current, error);
    const changed = (content) => Object.keys(PARTS).filter((part) => PARTS[part].of(content) !== PARTS[part].of(this.saved));
    const clash = changed(mine).filter((part) => PARTS[part].of(mine) !== PARTS[part].of(theirs));
    const both = clash.filter((part) => changed(theirs).includes(part));
    if (both.length) return this.ask(theirs, current, error);
    if (!clash.length) {
      // Nothing of one's own stands against it.
      this.takeOver(theirs, current.version, theirs);
      this.rest();
      return this.note(say("overtaken", { name: current.by }));
    }
    const result = Object.assign({}, theirs, ...clash.map((part) => PARTS[part].take(mine)));
    this.merged = say("merged", { name: current.by });
    this.takeOver(theirs, current.version, result);
    this.again = true;
  }

  // The person is to choose.
  async ask(theirs, current, error) {
    const { Conflict } = await import("./conflict.js");
    this.tried = [];
    this.failure = "conflict";
    this.show("failed", words.decide);
    this.keep();
    this.conflict = new Conflict(this, theirs, current, error);
    submitting = null;
  }

  // Go on from what is stored now, with `result` in the form.
  takeOver(theirs, version, result) {
    this.taken(theirs, version);
    write(this.form, result);
    this.keep();
  }

  // The person gives up what was typed.
  letGo() {
    this.saved = this.stands.content;
    this.version = this.stands.version;
    write(this.form, this.saved);
    this.trouble();
    this.atRest();
  }

  // The person takes back what was put aside.
  restoreTyped(content) {
    write(this.form, content);
    this.typed();
    this.send();
  }

  // What is kept besides, from a page before: each is shown and sent like something typed.
  next() {
    const next = this.others.shift();
    if (!next) return;
    drop(next.name);
    this.put(next.entry);
  }

  put(entry) {
    this.saved = entry.saved;
    this.version = entry.version;
    this.tried = entry.tried;
    write(this.form, entry.content);
    this.keep();
    this.failure = "kept";
    this.show("failed", words.kept);
    this.send();
  }

  adopt(name, entry) {
    if (same(entry.content, this.saved)) return drop(name);
    this.others.push({ name, entry });
    if (!this.unsaved && !this.sending) this.next();
  }

  tellTabs(content, { version, standing }) {
    tabs.postMessage({ form: this.form.id, content, version, standing });
  }

  async undo() {
    if (this.unsaved && !this.sending) {
      write(this.form, this.saved);
      return this.typed();
    }
    if (this.before === undefined || this.sending) return;
    await this.restore(this.before);
  }

  // Go back to an earlier version, by name of its number.
  async restore(to) {
    this.sending = true;
    const { status, data } = await post(`${this.form.action}restore/`, [["version", this.version], ["to", to]]);
    this.sending = false;
    if (status === 200) {
      const content = { ...EMPTY, ...data.current };
      write(this.form, content);
      this.acknowledged(content, data);
      this.rest();
      // It is to be confirmed again, as its card says.
      if (!data.current.confirmed) document.dispatchEvent(new CustomEvent("renew", { detail: { questions: [data.question] } }));
    } else if (status === 409 && data.current) await this.overtaken(data);
    else this.note(data.error ?? words[REASONS[status] ?? "whyBroken"]);
  }

  async confirm() {
    const { status, data } = await post(`${this.form.action}confirm/`, [["version", this.version]]);
    if (status === 409 && data.current) return this.overtaken(data);
    if (status !== 200) return this.note(data.error ?? words[REASONS[status] ?? "whyBroken"]);
    this.acknowledged(this.saved, data);
    this.rest();
    return true;
  }

  undoable() {
    if (!this.question || this.form.querySelector(".undo")) return;
    if (!this.question.querySelector(":is(.history, a[href$='/history/'])")) {
      const link = document.createElement("a");
      Object.assign(link, { href: `${this.form.action}history/`, className: "more", textContent: words.history });
      link.dataset.opens = "";
      (this.question.querySelector(".evidence") ?? this.form).after(link);
    }
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet undo";
    button.textContent = words.undo;
    button.setAttribute("aria-label", say("undoName", { name: this.name }));
    button.addEventListener("click", () => this.undo());
    this.form.querySelector(".state").after(button);
  }
}

const savingForm = (target) => (target.form?.matches("[data-saves]") ? target.form : null);

document.addEventListener("input", ({ target }) => {
  const form = savingForm(target);
  if (form && target.name) cardOf(form).typed();
});

// A tick at “does not apply” waits for its reason, which is about to be typed; whatever comes later is sent.
const needsReason = (box) => box.name === "not_applicable" && box.checked && !box.form.elements.reason.value.trim();
document.addEventListener("change", ({ target }) => {
  const form = savingForm(target);
  if (!form || !target.name) return;
  const card = cardOf(form);
  const held = needsReason(target) || !target.dispatchEvent(new CustomEvent("saving", { bubbles: true, cancelable: true }));
  if (held) clearTimeout(card.timer);
  else if (card.unsaved) card.send();
  if (needsReason(target)) form.elements.reason.focus();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-saves]")) {
    event.preventDefault();
    cardOf(form).send();
  }
  if (!form.matches("[data-after-saves]") || !allCards().some(holdsUp)) return;
  event.preventDefault();
  submitting = form;
  for (const card of allCards()) if (holdsUp(card)) card.send();
});

// What a condition hides counts for nothing: it is tried, and then holds nothing up.
const holdsUp = (card) => (card.unsaved || card.sending) && !(card.failure && card.form.closest("[hidden]"));

function submitWhenSaved() {
  if (!submitting || allCards().some(holdsUp)) return;
  submitting.submit();
  submitting = null;
}

// What another tab of the same person saved is no conflict here.
tabs.addEventListener("message", ({ data }) => {
  const form = document.getElementById(data.form);
  if (!form) return;
  const card = cardOf(form);
  putInPlace(data.standing, data);
  changed(card, data.content, data.version);
});

// The same of a fact, which has no version.
export function stated(form, value) {
  const card = cardOf(form);
  if (card.unsaved || card.sending || same({ value }, card.saved)) return false;
  write(form, { value });
  card.taken({ value });
  card.rest();
  return true;
}

// A colleague's answer, shown where nothing unsaved stands in its way; else the next save meets it.
export function changed(card, content, version) {
  if (card.unsaved || card.sending || card.version >= version) return;
  write(card.form, content);
  card.taken(content, version);
  card.rest();
}

// A fragment that would replace what is not saved stays out.
document.addEventListener("htmx:beforeSwap", (event) => {
  const forms = [...event.detail.target.querySelectorAll("form[data-saves]")];
  if (forms.some((form) => cardOf(form).unsaved)) event.detail.shouldSwap = false;
});

// The last words, should the page be closed: they are kept in any case.
window.addEventListener("pagehide", () => {
  for (const card of cards.values()) if (card.unsaved && !card.failure) card.send();
});
window.addEventListener("beforeunload", (event) => {
  if ([...cards.values()].some((card) => card.unsaved && !card.stored)) event.preventDefault();
});

// Who was faster than this page's scripts has typed already.
for (const card of allCards()) {
  if (!card.unsaved) continue;
  card.typed();
  card.send();
}
adopt((name, entry) => {
  const form = document.getElementById(entry.form);
  if (form && !entry.aside) cardOf(form).adopt(name, entry);
  else import("./trouble.js").then(({ leftOver }) => leftOver(name, entry, form && cardOf(form)));
});
