// What the browser keeps for this site. It may forbid that, so that all use of it throws, or have no room.

export const allowed = (() => {
  try {
    window.localStorage.getItem("");
    return true;
  } catch {
    return false;
  }
})();

export const get = (key) => (allowed ? localStorage.getItem(key) : null);

// Whether the browser took it.
export function set(key, text) {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

export function remove(key) {
  if (allowed) localStorage.removeItem(key);
}

export const keys = (prefix) => (allowed ? Object.keys(localStorage).filter((key) => key.startsWith(prefix)) : []);
