// Lets a file be dropped on its field, and says at once when it is too large.
// Without this file the field works by itself, and the server says so.
//
// data-drop   on the form: how many bytes the file may have
// data-busy   on its button: what that says meanwhile

const form = document.querySelector("[data-drop]");
const place = form.querySelector(".drop");
const field = form.querySelector("input[type=file]");
const idle = form.querySelector("button").textContent;
const tooLarge = place.querySelector(".errors");

function look() {
  tooLarge.hidden = !(field.files[0]?.size > Number(form.dataset.drop));
  return tooLarge.hidden;
}

field.addEventListener("change", look);
form.addEventListener("submit", (event) => {
  if (!look()) return event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  button.textContent = button.dataset.busy;
});
// Coming back to a page that the browser kept finds the form as it was before it was sent.
window.addEventListener("pageshow", () => {
  const button = form.querySelector("button");
  button.disabled = false;
  button.textContent = idle;
});

for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    place.classList.toggle("over", kind === "dragenter" || kind === "dragover");
  });
}
form.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  field.files = event.dataTransfer.files;
  if (look()) form.requestSubmit();
});
