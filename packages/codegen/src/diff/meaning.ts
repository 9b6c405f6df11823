import type { Field } from "../ir.js";
import { child } from "../load/pointer.js";
import { member } from "../load/shape.js";
import { type ChangeKind, type Changes, same, show } from "./change.js";

interface Meaning {
  readonly keyword: string;
  /** What it is where nothing was said before: files did not change, and nothing relied on it. */
  readonly stated: ChangeKind;
  /** What it is where something else was said, or nothing is said any more. */
  readonly changed: ChangeKind;
  readonly why: string;
}

/** Keywords that say what values mean to somakit, and nothing about which values there may be. */
const MEANINGS: readonly Meaning[] = [
  {
    keyword: "coordinates",
    stated: "compatible",
    changed: "breaking",
    why: "the same numbers are other places in space",
  },
  { keyword: "follows", stated: "breaking", changed: "breaking", why: "files are cut along other axes than before" },
  { keyword: "motion", stated: "compatible", changed: "breaking", why: "conversion takes it for something else" },
];

/** What a value means: which way is up, what it lies along, which part it plays in people who move. */
export function diffMeaning(older: Field, newer: Field, changes: Changes): void {
  for (const { keyword, stated, changed, why } of MEANINGS) {
    const [before, after] = [member(older.schema, keyword), member(newer.schema, keyword)];
    if (same(before, after)) continue;
    const place = { file: newer.file, pointer: child(newer.pointer, keyword) };
    const kind = before === undefined ? stated : changed;
    const word = after === undefined ? "gone" : before === undefined ? "new" : "another";
    changes.add(kind, place, `${show(keyword)} is ${word}`, why);
  }
}
