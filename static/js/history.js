// Goes back to a version of an answer from its history, in the card that it stands in.
//
// form[data-restores]   says which, as `to`; without this file it is sent as any form

import { cardOf } from "./saving.js";

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-restores]");
  const saving = form?.closest("article.question")?.querySelector("form[data-saves]");
  if (!saving) return;
  event.preventDefault();
  await cardOf(saving).restore(form.elements.to.value);
  const history = form.closest("details");
  const link = document.createElement("a");
  Object.assign(link, { href: history.dataset.link, className: "more", textContent: history.querySelector("summary").textContent });
  link.dataset.opens = "";
  history.replaceWith(link);
  saving.closest("article.question").focus();
});
