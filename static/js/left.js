// On a page that only shows a review: what was typed into its questionnaire and never saved.
//
// #left-over[data-open]  the address of the questionnaire, while it is open for answers: there it is sent

import { adopt, waits } from "./outbox.js";
import { make } from "./dom.js";
import { leftOver } from "./trouble.js";
import { count, words } from "./words.js";

const place = document.getElementById("left-over");
if (!place.dataset.open) adopt((name, entry) => leftOver(name, entry));
else if (waits()) {
  place.append(make(
    "p.note.warn", {}, `${count("waits", waits())} `, make("a", { href: place.dataset.open }, words.goOn),
  ));
}
