// Tables of numbers: a new empty row as soon as the last one is begun, and no save while a row is half filled.
//
// table[data-grows]  its last row is copied; the number is the most rows it may have

const filled = (row) => [...row.querySelectorAll("input")].filter((input) => input.value.trim());

function addRow(table) {
  const last = table.tBodies[0].lastElementChild;
  const number = Number(last.dataset.row) + 1;
  const row = last.cloneNode(true);
  row.dataset.row = number;
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, number));
  }
  const output = row.querySelector("output");
  output.id = output.id.replace(/\d+$/, number);
  output.replaceChildren();
  last.after(row);
}

const isFull = (table) => table.tBodies[0].rows.length >= Number(table.dataset.grows);

document.addEventListener("input", ({ target }) => {
  const table = target.closest("table[data-grows]");
  if (table && filled(table.tBodies[0].lastElementChild).length && !isFull(table)) addRow(table);
});
// Room for so many rows.
document.addEventListener("rows", ({ target: table, detail }) => {
  while (table.tBodies[0].rows.length < detail && !isFull(table)) addRow(table);
});

const halfFilled = (form) => [...form.querySelectorAll("table[data-grows] tbody tr")].some((row) => {
  const count = filled(row).length;
  return count > 0 && count < row.querySelectorAll("input").length;
});
document.addEventListener("saving", (event) => {
  if (event.target.closest("table[data-grows]") && halfFilled(event.target.form)) event.preventDefault();
});
