// Fragments of pages: opens a link in its place, fetches htmx once a part that asks for it is used, and says at a form
// when sending it failed.
//
// a[data-opens]   its page is shown in its place
// [hx-get], …     parts that htmx handles: whoever uses none of them need not load it
// [data-explains]  on a form: its refusals (403, 409, 422) come back as fragments that say why
// [data-most]      on the field of a file: so many bytes it may have; data-too-large: what is said of more
// [data-failure]   in a form: where that is said of any other failure

import { words } from "./words.js";
import "./token.js";

const HTMX = "[hx-get], [hx-post]";
const BY_ITSELF = "[hx-trigger*=load], [hx-trigger*=every], [hx-trigger*=revealed], [hx-trigger*=intersect]";
let loading = null;

const whole = new Promise((resolve) => {
  if (document.readyState === "complete") resolve();
  else window.addEventListener("load", resolve);
});

async function fetchHtmx() {
  // htmx handles nothing in a page that it finds half loaded.
  await whole;
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = words.htmx;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

function load() {
  loading ??= fetchHtmx();
  loading.catch(() => { loading = null; });
  return loading;
}

// What is used before htmx is there happens once it is.
for (const kind of ["click", "submit", "change", "toggle"]) {
  document.addEventListener(kind, async (event) => {
    const { target, submitter } = event;
    const part = target.closest?.(HTMX);
    if (!part || window.htmx) return;
    if (kind === "click" && part.matches("form, details")) return;
    if (kind === "click" || kind === "submit") {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    try {
      await load();
    } catch {
      return failed(part, 0);
    }
    if (kind === "click") target.click();
    // htmx sends the name of a button only where it saw the click.
    else if (kind === "submit" && submitter) submitter.click();
    else if (kind === "submit") part.requestSubmit();
    else target.dispatchEvent(new Event(kind, { bubbles: true }));
  }, { capture: true });
}
if (document.querySelector(BY_ITSELF)) load();

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-opens]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const headers = { "HX-Request": "true", "X-Person": document.body.dataset.person };
  const response = await fetch(link.href, { headers }).catch(() => null);
  if (!response?.ok) return window.location.assign(link.href);
  const template = document.createElement("template");
  template.innerHTML = await response.text();
  const [part] = template.content.children;
  link.replaceWith(template.content);
  part.querySelector("[autofocus]")?.focus();
  if (part.querySelector(HTMX) || part.matches(HTMX)) {
    await load();
    window.htmx.process(part);
  }
  document.dispatchEvent(new CustomEvent("opened", { detail: part }));
});

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

// A file that is too large is told of before it is sent.
document.addEventListener("change", ({ target }) => {
  const { most, tooLarge } = target.dataset;
  if (!most) return;
  target.setCustomValidity(target.files[0]?.size > most ? tooLarge : "");
  target.reportValidity();
});

// What the person just asked for has the focus.
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const part = document.getElementById(detail.target.id);
  if (!part?.matches(".question, .thread, .evidence, .at-once")) return;
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
});

// A page that the browser kept from before shows a state of before.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
