// Offers the people of the team while somebody writes an @ in a comment, and puts in the user name that is picked.
//
// #words[data-people]   where to ask who may be mentioned; asked at the first @

import { button, make } from "./dom.js";
import { announce, words } from "./words.js";

const MOST = 6;
const BEGUN = /(?<![\p{L}\p{N}_@])@([\p{L}\p{N}_.+-]*)$/u; // as reviews/actions/threads.py finds mentions
let people = null;

async function team() {
  const response = await fetch(words.people);
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()).people;
}

const begunIn = (area) => area.value.slice(0, area.selectionEnd).match(BEGUN);
const listOf = (area) => area.parentElement.querySelector(".mentions");

const fits = ([username, name], begun) => (
  [username, ...name.split(" ")].some((part) => part.toLowerCase().startsWith(begun.toLowerCase()))
);

function put(area, username) {
  const begun = begunIn(area);
  listOf(area)?.remove();
  area.focus();
  if (!begun) return;
  area.setRangeText(`@${username} `, begun.index, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function offer(area) {
  if (!begunIn(area)) return listOf(area)?.remove();
  people ??= team();
  const all = await people.catch(() => []);
  if (!all.length) people = null;
  // Typed on, and maybe sent, while the server was asked.
  const begun = area.isConnected && begunIn(area);
  listOf(area)?.remove();
  const found = begun ? all.filter((person) => fits(person, begun[1])).slice(0, MOST) : [];
  if (!found.length) return;
  const picks = found.map(([username, name]) => button(`@${username} ${name}`, () => put(area, username)));
  area.after(make("div.mentions", { role: "group", "aria-label": words.mention }, ...picks));
  announce(found.map(([, name]) => name).join(", "));
}

document.addEventListener("input", ({ target }) => {
  if (target.matches(".thread textarea")) offer(target);
});
