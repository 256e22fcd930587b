// Shows and hides what the conditions of the checklist say: facts, questions, sections, guidance. Nothing is removed, so
// whatever was typed in a question that is hidden is still there when it is asked again.
//
// #standing[data-hidden]  the ids of the elements that are hidden now; comes anew with every save

let hidden = new Set();

function apply() {
  const now = new Set(document.getElementById("standing").dataset.hidden.split(" ").filter(Boolean));
  for (const id of hidden) if (!now.has(id)) show(document.getElementById(id), false);
  for (const id of now) show(document.getElementById(id), true);
  hidden = now;
}

function show(element, hide) {
  if (element) element.hidden = hide;
}

apply();
document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  if (detail.target.id === "standing" || detail.elt?.id === "standing") apply();
});
document.addEventListener("htmx:afterSettle", apply);
