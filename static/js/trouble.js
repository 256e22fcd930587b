// What was typed and cannot be saved as it is: shown with the reason, to be copied, and dropped by the person only.

import { button, focusOn, make } from "./dom.js";
import { drop, keep } from "./outbox.js";
import { said } from "./content.js";
import { announce, say, words } from "./words.js";

const LABELS = { na: "saysNa", leftOut: "saysLeftOut", note: "saysNote" };

// What a content says, as lines of text.
export const asText = (lines) => lines
  .map(([kind, text]) => (LABELS[kind] ? `${words[LABELS[kind]]} ${text}` : text))
  .join("\n");

function typed(lines) {
  const text = asText(lines);
  const shown = make("pre", { tabindex: "0", "aria-label": words.typed }, text);
  const copy = button(words.copy, async () => {
    const selection = getSelection();
    selection.selectAllChildren(shown);
    try {
      await navigator.clipboard.writeText(text);
      announce(words.copied);
    } catch { /* It is selected: the person can copy it by hand. */ }
  });
  return [shown, copy];
}

// Say in the card why the server does not take it; `final` where trying again would not help.
export function explain(card, sentences, final) {
  const note = make("div.note.bad.stack", { role: "alert" }, ...sentences.map((sentence) => make("p", {}, sentence)));
  card.trouble(note);
  if (!final) return;
  const [shown, copy] = typed(said(card.form, card.content));
  const letGo = button(words.drop, () => {
    card.letGo();
    focusOn(card.question ?? card.form);
  });
  note.append(make("p.label", {}, words.typed), shown, make("div.actions", {}, copy, letGo));
}

// Put aside what the person typed, for a colleague's answer: it can be put back.
export function setAside(card, content) {
  const name = `${card.form.id}~`;
  const entry = {
    form: card.form.id, aside: true, content, saved: card.saved, version: card.version, tried: [], name: card.name,
    said: said(card.form, content), at: Date.now(),
  };
  keep(name, entry);
  aside(name, entry, card);
}

function aside(name, entry, card) {
  const [shown, copy] = typed(entry.said);
  const done = () => {
    drop(name);
    note.remove();
    focusOn(card.question ?? card.form);
  };
  const note = make(
    "div.note.stack", {},
    make("p", {}, words.aside),
    shown,
    make(
      "div.actions", {},
      button(words.putBack, () => {
        done();
        card.restoreTyped(entry.content);
      }),
      copy,
      button(words.drop, done),
    ),
  );
  card.trouble(note);
}

// What was kept for a form that this page does not have: the review is closed, or the question is gone.
export function leftOver(name, entry, card) {
  if (card) return aside(name, entry, card);
  const place = document.getElementById("left-over");
  const [shown, copy] = typed(entry.said);
  const part = make(
    "div.note.warn.stack", { role: "group", "aria-label": entry.name },
    make("p", {}, say("leftOver", { name: entry.name })),
    shown,
    make("div.actions", {}, copy, button(words.drop, () => {
      drop(name);
      part.remove();
      place.focus();
    })),
  );
  place.append(part);
  place.tabIndex = -1;
  announce(say("leftOver", { name: entry.name }), { urgent: true });
}
