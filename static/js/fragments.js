// Says at a form that is answered with a fragment when sending it failed, and puts the focus on what came back.
//
// data-explains  on the form: its refusals (403, 409, 422) come back as fragments that say why
// data-failure   in the form: where that is said of any other failure

import "./token.js";
import { words } from "./words.js";

function failed(form, status) {
  const place = form.querySelector?.("[data-failure]");
  const reasons = { 0: words.offline, 401: words.signedOut, 403: words.stalePage, 409: words.refused, 422: words.refused };
  if (place) place.textContent = reasons[status] ?? words.broken;
}

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => failed(detail.elt, 0));
}
document.addEventListener("htmx:responseError", ({ detail: { elt: form, xhr } }) => {
  const explained = form.matches("[data-explains]") && [403, 409, 422].includes(xhr.status)
    && xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
  if (!explained) failed(form, xhr.status);
});

// What the person just asked for has the focus.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const part = document.getElementById(detail.target.id);
  if (!part?.matches(".question, .thread")) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
});

// A page that the browser kept from before shows a state of before.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
