// “None of these” and the practices exclude each other.

document.addEventListener("input", ({ target }) => {
  if (target.type !== "checkbox" || target.name !== "choice" || !target.checked) return;
  for (const other of target.form.querySelectorAll("input[name=choice]")) {
    if (other !== target && (target.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
  }
});
