// What a form of an answer or of a fact says: read, written, compared, put into words.

// With `asMade`, what the form said when the server wrote it.
export function read(form, asMade = false) {
  const ticked = (name) => [...form.querySelectorAll(`input[name=${name}]`)]
    .filter((box) => (asMade ? box.defaultChecked : box.checked))
    .map((box) => box.value);
  const typed = (field) => (asMade ? field?.defaultValue : field?.value) ?? "";
  const text = form.querySelector("input[name=value]:not([type=radio], [type=checkbox])");
  if (!form.elements.version) return { value: text ? [typed(text)] : ticked("value") };
  return {
    selected: ticked("choice"),
    left_out: ticked("left_out"),
    rows: [...form.querySelectorAll("tr[data-row]")].map((row) => Object.fromEntries(
      [...row.querySelectorAll("input")].map((cell) => [cell.name, typed(cell)]),
    )),
    not_applicable: ticked("not_applicable").length > 0,
    reason: typed(form.elements.reason),
    note: typed(form.elements.note),
  };
}

export function write(form, content) {
  const tick = (name, values) => {
    for (const box of form.querySelectorAll(`input[name=${name}]`)) box.checked = values.includes(box.value);
  };
  if (content.value) {
    const text = form.querySelector("input[name=value]:not([type=radio], [type=checkbox])");
    if (text) [text.value] = content.value;
    else tick("value", content.value);
    return;
  }
  tick("choice", content.selected);
  tick("left_out", content.left_out);
  tick("not_applicable", content.not_applicable ? ["1"] : []);
  if (form.elements.reason.value !== content.reason) form.elements.reason.value = content.reason;
  if (form.elements.note.value !== content.note) form.elements.note.value = content.note;
  const table = form.querySelector("table[data-grows]");
  if (!table) return;
  table.dispatchEvent(new CustomEvent("rows", { bubbles: true, detail: content.rows.length + 1 }));
  [...table.tBodies[0].rows].forEach((row, index) => {
    for (const cell of row.querySelectorAll("input")) cell.value = content.rows[index]?.[cell.name] ?? "";
  });
}

// The fields of the form that would send it, based on this version; a fact's, on what was saved before. Empty rows are sent too: they are numbered on the page.
export function fields(content, version, saved) {
  if (content.value) {
    return [["was", ""], ...saved.value.map((each) => ["was", each]), ...content.value.map((each) => ["value", each])];
  }
  return [
    ["version", version],
    ...content.selected.map((id) => ["choice", id]),
    ...content.left_out.map((id) => ["left_out", id]),
    ...content.rows.flatMap((row) => Object.entries(row)),
    ...(content.not_applicable ? [["not_applicable", "1"]] : []),
    ["reason", content.reason],
    ["note", content.note],
  ];
}

const plain = (text) => text.replace(/\r\n?/g, "\n").trimEnd();
// The server keeps numbers without their separators.
const number = (text) => text.trim().replace(/(\d)[,  ’](?=\d{3})/g, "$1");
const rowsOf = (content) => content.rows
  .map((row) => Object.entries(row).filter(([, text]) => text.trim()).map(([name, text]) => [name, number(text)]).sort())
  .filter((row) => row.length);
const sorted = (ids) => [...ids].sort();

// What two people can change apart from each other: the answer itself, and the note on it.
export const PARTS = {
  answer: {
    of: (content) => JSON.stringify([
      sorted(content.selected), sorted(content.left_out), rowsOf(content), content.not_applicable,
      plain(content.reason),
    ]),
    take: ({ selected, left_out, rows, not_applicable, reason }) => (
      { selected, left_out, rows, not_applicable, reason }
    ),
  },
  note: { of: (content) => plain(content.note), take: ({ note }) => ({ note }) },
};

export function same(one, other) {
  if (one.value) return JSON.stringify(one.value) === JSON.stringify(other.value);
  return Object.values(PARTS).every(({ of }) => of(one) === of(other));
}

export const EMPTY = { selected: [], left_out: [], rows: [], not_applicable: false, reason: "", note: "" };

// Each thing that the content says, as [what kind of thing, its words].
export function said(form, content) {
  const label = (name, id) => {
    const box = [...form.querySelectorAll(`input[name=${name}]`)].find(({ value }) => value === id);
    return box?.closest("label").querySelector("span").firstChild.textContent.trim() ?? id;
  };
  if (content.value) {
    const typed = form.querySelector("input[name=value]:not([type=radio], [type=checkbox])");
    return content.value.map((each) => ["value", typed ? each : label("value", each)]);
  }
  return [
    ...(content.not_applicable ? [["na", content.reason]] : []),
    ...content.selected.map((id) => ["choice", label("choice", id)]),
    ...content.left_out.map((id) => ["leftOut", label("choice", id)]),
    ...content.rows.map((row) => ["row", Object.values(row).filter(Boolean).join(" · ")]).filter(([, text]) => text),
    ...(content.note.trim() ? [["note", content.note]] : []),
  ];
}
