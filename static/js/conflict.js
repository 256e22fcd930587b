// Two people answered the same question: both answers side by side, and three ways on. Nothing is saved meanwhile.

import { PARTS, said } from "./content.js";
import { button, focusOn, make } from "./dom.js";
import { differing, ticks, together } from "./merge.js";
import { asText, setAside } from "./trouble.js";
import { say, words } from "./words.js";

export class Conflict {
  constructor(card, theirs, { version, by, at }, error) {
    Object.assign(this, { card, theirs, version });
    this.who = by;
    this.mine = make("section.stack");
    this.others = make("section.stack");
    this.more = make("div");
    this.headings = [[by, at].filter(Boolean).join(", "), words.typed];
    const take = by === words.name ? words.takeSaved : say("takeTheirs", { name: by });
    const group = make(
      "div.note.bad.stack.conflict", { role: "group", "aria-label": words.conflict },
      make("p", { role: "alert" }, error),
      make("div.compare", {}, this.others, this.mine),
      make(
        "div.actions", {},
        button(words.keepMine, () => this.keepMine(), ".primary"),
        button(take, () => this.takeTheirs()),
        card.question ? button(words.merge, () => this.merge()) : null,
      ),
      this.more,
    );
    card.trouble(group);
    this.look();
  }

  // Both as they are now: the person may type on.
  look() {
    const [mine, theirs] = [this.card.content, this.theirs];
    this.side(this.others, this.headings[0], theirs, mine);
    this.side(this.mine, this.headings[1], mine, theirs);
  }

  side(place, heading, content, other) {
    const lines = said(this.card.form, content);
    const others = new Set(said(this.card.form, other).map((line) => asText([line])));
    const picked = lines.filter(([kind]) => kind !== "note").map((line) => {
      const text = asText([line]);
      return make("li", {}, others.has(text) ? text : make("mark", {}, text));
    });
    place.replaceChildren(make("p.label", {}, heading));
    place.append(picked.length ? make("ul.picked", {}, ...picked) : make("p.faint", {}, words.nothing));
    if (!content.note?.trim()) return;
    const note = differing(content.note, other.note).map(([piece, lacking]) => (lacking ? make("mark", {}, piece) : piece));
    place.append(make("p.prose", {}, ...note));
  }

  close() {
    this.card.conflict = null;
    this.card.trouble();
  }

  go(content) {
    this.close();
    this.card.takeOver(this.theirs, this.version, content);
    focusOn(this.card.question ?? this.card.form);
    this.card.send();
  }

  keepMine() { this.go(this.card.content); }

  takeTheirs() {
    const mine = this.card.content;
    this.close();
    this.card.takeOver(this.theirs, this.version, this.theirs);
    this.card.rest();
    setAside(this.card, mine);
    focusOn(this.card.question ?? this.card.form);
  }

  merge() {
    const [mine, theirs, base] = [this.card.content, this.theirs, this.card.saved];
    const differ = PARTS.answer.of(mine) !== PARTS.answer.of(theirs);
    const ways = { mine: PARTS.answer.take(mine), theirs: PARTS.answer.take(theirs) };
    if (differ && this.several(mine, theirs)) ways.both = this.both(base, mine, theirs);
    const name = `merge-${this.card.form.id}`;
    const titles = { mine: words.typed, theirs: this.headings[0], both: words.both };
    const pick = Object.entries(ways).map(([way, answer]) => make(
      "label.choice", {},
      make("input", { type: "radio", name, value: way, checked: way === (ways.both ? "both" : "mine") }),
      make("span", {}, titles[way], make(
        "span.means", {},
        asText(said(this.card.form, { ...answer, note: "" })) || words.nothing,
      )),
    ));
    const note = make("textarea", { id: `${name}-note`, rows: "4" });
    note.value = together(base.note, mine.note, theirs.note);
    this.more.replaceChildren(make(
      "div.stack", {},
      differ ? make("fieldset", {}, make("legend.label", {}, words.pickAnswer), make("div.choices", {}, ...pick)) : null,
      make("div.field", {}, make("label", { for: note.id }, words.mergedNote), note),
      make("div.actions", {}, button(words.saveMerged, () => {
        const way = this.more.querySelector(":checked")?.value ?? "mine";
        this.go({ ...mine, ...ways[way], note: note.value });
      }, ".primary")),
    ));
    (this.more.querySelector(":checked") ?? note).focus();
  }

  // Whether both ticked practices, which can be ticked together.
  several(mine, theirs) {
    return this.card.form.querySelector("input[name=choice][type=checkbox]:not([data-single])")
      && ![mine, theirs].some(({ rows, not_applicable }) => not_applicable || rows.some((row) => Object.values(row).some(Boolean)));
  }

  both(base, mine, theirs) {
    const alone = this.card.form.querySelector("[data-alone]")?.value;
    const selected = ticks(base.selected, mine.selected, theirs.selected);
    const left_out = ticks(base.left_out, mine.left_out, theirs.left_out).filter((id) => !selected.includes(id));
    return {
      ...PARTS.answer.take(mine),
      selected: selected.length > 1 ? selected.filter((id) => id !== alone) : selected,
      left_out,
    };
  }
}
