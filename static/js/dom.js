// Elements made in one expression: make("p.note", { role: "alert" }, "text", child).

export function make(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const button = (text, click, more = "") => make(`button${more}`, { type: "button", click }, text);

// Where the keyboard goes on after what had the focus is gone.
export function focusOn(question) {
  question.tabIndex = -1;
  question.focus({ preventScroll: true });
}
