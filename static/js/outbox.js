// What was typed and not acknowledged yet, kept in the browser: for one person and one review, form by form. Survives
// a reload and a crash. Each open page keeps its own; what a page leaves behind, the next one takes over.
//
// #words[data-place]  what the page is about, such as the review

import { person } from "./server.js";
import { get, keys, remove, set } from "./storage.js";
import { words } from "./words.js";

const prefix = `outbox ${person} ${words.place} `;
const page = Math.random().toString(36).slice(2);
// A lock that this page holds while it lives. Browsers have none on plain http: there two pages may send the same,
// and the second changes nothing.
const locks = navigator.locks;
locks?.request(`page ${page}`, () => new Promise(() => {})).catch(() => { /* Then nothing is kept either. */ });

const keyOf = (name) => `${prefix}${page} ${name}`;

// Whether the browser took it; it may have no room. An entry names its form; several may be about one.
export const keep = (name, entry) => set(keyOf(name), JSON.stringify(entry));

export const drop = (name) => remove(keyOf(name));

// Calls take(name, entry) for all that pages before this one left behind, as soon as they are gone.
export function adopt(take) {
  const asked = new Set();
  const look = () => {
    for (const other of new Set(left().map(([, owner]) => owner))) {
      if (asked.has(other)) continue;
      asked.add(other);
      const move = () => {
        for (const [key, owner, name] of left()) if (owner === other) moved(key, name, take);
        asked.delete(other);
      };
      if (locks) locks.request(`page ${other}`, move);
      else move();
    }
  };
  look();
  window.addEventListener("storage", look);
}

// How much there is.
export const waits = () => left().length;

// What pages besides this one keep: [key, page, name], the oldest first.
function left() {
  try {
    return keys(prefix)
      .map((key) => [key, ...key.slice(prefix.length).split(" ")])
      .filter(([, owner]) => owner !== page)
      .sort(([one], [other]) => JSON.parse(get(one)).at - JSON.parse(get(other)).at);
  } catch {
    return [];
  }
}

function moved(key, name, take) {
  const text = get(key);
  let own = name;
  while (get(keyOf(own)) !== null) own += "+";
  if (!set(keyOf(own), text)) return;
  remove(key);
  take(own, JSON.parse(text));
}
