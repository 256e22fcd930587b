// The page's own words, in the person's language: the data- attributes of #words, with {names} to be filled in.

export const words = document.getElementById("words").dataset;
const plural = new Intl.PluralRules(document.documentElement.lang);

export const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

// A sentence that counts: its words are there for one (data-…-one) and for more (data-…-other).
export function count(key, number) {
  const form = plural.select(number) === "one" ? "One" : "Other";
  return say(`${key}${form}`, { n: number });
}

// Said by screen readers: in turn at once, or when there is a pause.
export function announce(text, { urgent = false } = {}) {
  const place = document.getElementById(urgent ? "alarm" : "said");
  if (!place) return;
  // The same words twice are two announcements.
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}
