// A page is of one person. What the browser kept of it is not put back for the next one at the same browser.
//
// body[data-person]  who the page was made for; data-mine: an address that says whether they are still signed in

const { person, mine } = document.body.dataset;

// Each place of the browser's history says whose it is.
function mark() {
  if (history.state?.person !== person) history.replaceState({ ...history.state, person }, "");
}

const said = (field) => (field.matches("[type=radio], [type=checkbox]") ? "checked" : "value");

// The browser fills in again what was typed at this place of its history, whoever typed it: Firefox before scripts
// run, Chromium between the load of the page and its show.
if (history.state?.person && history.state.person !== person) {
  for (const form of document.forms) form.reset();
  window.addEventListener("load", () => {
    const fields = [...document.querySelectorAll("input:not([type=file]), textarea, select")];
    const before = fields.map((field) => field[said(field)]);
    const putBack = () => fields.forEach((field, index) => { field[said(field)] = before[index]; });
    window.addEventListener("pageshow", putBack, { once: true });
  });
}
mark();
window.addEventListener("hashchange", mark);

// The whole page came back as it was left: it is not shown before it is known for whom.
window.addEventListener("pageshow", async ({ persisted }) => {
  if (!persisted) return;
  document.documentElement.hidden = true;
  const headers = { "Accept": "application/json", "X-Person": person };
  const answer = await fetch(mine, { method: "HEAD", headers }).catch(() => null);
  if (answer?.status === 401) window.location.reload();
  else document.documentElement.hidden = false;
});
