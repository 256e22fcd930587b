// One request that saves, sent as the person whose page this is, and what came of it.
//
// body[data-person]  who the page was made for; the server refuses when somebody else is signed in by now

import { token } from "./token.js";
import { words } from "./words.js";

export const person = document.body.dataset.person;
const LONGEST = 20_000; // milliseconds
const OUTLIVES_THE_PAGE = 60_000; // bytes that browsers send on when their page is gone

// Resolves to {status, data}; the status is 0 where the server was not reached, 401 where nobody is signed in.
export async function post(url, fields) {
  const used = token() || await freshToken();
  const answer = await send(url, fields, used);
  if (answer.status !== 403) return answer;
  const now = token() || await freshToken();
  return now === used ? answer : send(url, fields, now);
}

async function send(url, fields, csrf) {
  const body = new URLSearchParams(fields);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: { "Accept": "application/json", "X-CSRFToken": csrf, "X-Person": person },
      // A page to sign in is no answer.
      redirect: "manual",
      keepalive: body.toString().length < OUTLIVES_THE_PAGE,
      signal: AbortSignal.timeout(LONGEST),
    });
    if (response.type === "opaqueredirect") return { status: 401, data: {} };
    const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
    // A page where data should be comes from something between us and the server.
    if (response.ok && !isJson) return { status: 0, data: {} };
    return { status: response.status, data: isJson ? await response.json() : {} };
  } catch {
    return { status: 0, data: {} };
  }
}

async function freshToken() {
  await fetch(words.signIn).catch(() => null);
  return token();
}

// Signs the person in again; resolves to whether that worked, null where the server was not reached.
export async function signInAgain(password) {
  try {
    await fetch(words.signIn, { redirect: "manual" });
    const response = await fetch(words.signIn, {
      method: "POST",
      body: new URLSearchParams({ username: words.username, password, next: "" }),
      headers: { "X-CSRFToken": token() },
      redirect: "manual",
      signal: AbortSignal.timeout(LONGEST),
    });
    return response.type === "opaqueredirect";
  } catch {
    return null;
  }
}
