// Narrows a long page to the parts that have all the words that are being typed.
// Without this file the same form asks the server.
//
// data-search-in   on the field: the id of what it searches
// data-search      a part that is shown or hidden
// data-block       what is hidden when none of its parts is shown

const field = document.querySelector("[data-search-in]");
const place = document.getElementById(field.dataset.searchIn);
const found = document.getElementById("found");
const parts = [...place.querySelectorAll("[data-search]")].map((part) => ({ part, text: part.textContent.toLowerCase() }));

// A page that the server narrowed already has not all parts; typing there asks the server again.
const whole = !new URLSearchParams(window.location.search).get("q");

function narrow() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { part, text } of parts) {
    part.hidden = !words.every((word) => text.includes(word));
    if (!part.hidden) shown += 1;
  }
  for (const block of place.querySelectorAll("[data-block]")) block.hidden = !block.querySelector("[data-search]:not([hidden])");
  document.getElementById("facts")?.toggleAttribute("hidden", words.length > 0);
  document.getElementById("nothing").hidden = shown > 0;
  found.textContent = words.length ? found.dataset.some.replace("#", shown) : found.dataset.all;
}

if (whole) {
  field.addEventListener("input", narrow);
  field.form.addEventListener("submit", (event) => event.preventDefault());
  // A link to a question that the search hides leads to it all the same.
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    if (!target?.closest("[hidden]")) return;
    field.value = "";
    narrow();
    target.scrollIntoView();
  });
  if (field.value) narrow();
}
