// Forms are sent with the token of the sign-in that holds now, not with that of when the page was made.

export const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

document.addEventListener("submit", ({ target }) => {
  const field = target.elements.csrfmiddlewaretoken;
  if (field && token()) field.value = token();
}, { capture: true });

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-Person"] = document.body.dataset.person;
  if (token() && "csrfmiddlewaretoken" in detail.parameters) detail.parameters.csrfmiddlewaretoken = token();
});
