// What excludes what: “none of these” and the practices; a practice in place and one that does not apply; the choices
// that stand in for a table, of which one at most is taken.

document.addEventListener("input", ({ target }) => {
  if (target.type !== "checkbox" || !target.checked || !["choice", "left_out"].includes(target.name)) return;
  for (const other of target.form.querySelectorAll("input[name=choice], input[name=left_out]")) {
    if (other !== target && excludes(target, other)) other.checked = false;
  }
});

function excludes(one, other) {
  if (one.name !== other.name) return one.value === other.value;
  if (one.name === "left_out") return false;
  return ["alone", "single"].some((mark) => mark in one.dataset || mark in other.dataset);
}
