// Two texts side by side: which words differ, and one text with what both have to say. Pure.

const LARGEST = 4_000_000; // pairs of words that are compared; longer texts are compared by their lines

// The longest run of pieces that both have, in order, as pairs of their indexes.
function common(one, other) {
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < one.length - start && end < other.length - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const rows = one.length - start - end;
  const columns = other.length - start - end;
  if (rows * columns > LARGEST) return null;
  const lengths = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      lengths[i][j] = one[start + i] === other[start + j]
        ? lengths[i + 1][j + 1] + 1
        : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  const pairs = Array.from({ length: start }, (_, index) => [index, index]);
  for (let i = 0, j = 0; i < rows && j < columns;) {
    if (one[start + i] === other[start + j]) pairs.push([start + i++, start + j++]);
    else if (lengths[i + 1][j] >= lengths[i][j + 1]) i += 1;
    else j += 1;
  }
  for (let back = end; back > 0; back -= 1) pairs.push([one.length - back, other.length - back]);
  return pairs;
}

// The pieces of `text`, each with whether the other text lacks it: [[piece, lacking], …].
export function differing(text, other) {
  for (const cut of [/\s+|[^\s]+/g, /[^\n]*\n|[^\n]+/g]) {
    const [pieces, others] = [text.match(cut) ?? [], other.match(cut) ?? []];
    const pairs = common(pieces, others);
    if (!pairs) continue;
    const shared = new Set(pairs.map(([index]) => index));
    return pieces.map((piece, index) => [piece, !shared.has(index) && piece.trim() !== ""]);
  }
  return [[text, text !== other]];
}

// Both texts in one, line by line: what both have stands once, what one of them took out of `base` stays out.
export function together(base, mine, theirs) {
  const [own, others] = [mine.split("\n"), theirs.split("\n")];
  const before = new Set(base.split("\n").filter((line) => line.trim()));
  const added = (lines) => lines.filter((line) => !before.has(line));
  const result = [];
  let [i, j] = [0, 0];
  for (const [a, b] of [...(common(own, others) ?? []), [own.length, others.length]]) {
    result.push(...added(others.slice(j, b)), ...added(own.slice(i, a)));
    if (a < own.length) result.push(own[a]);
    [i, j] = [a + 1, b + 1];
  }
  return result.join("\n").replace(/\n{3,}/g, "\n\n").trim();
}

// What is ticked when two people ticked differently, beginning from `base`.
export function ticks(base, mine, theirs) {
  const kept = (id) => (base.includes(id) ? mine.includes(id) && theirs.includes(id) : true);
  return [...new Set([...theirs, ...mine])].filter(kept);
}
