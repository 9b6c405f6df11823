import type { Dataset, Field, Property } from "../ir.js";
import { child } from "../load/pointer.js";
import { diffArrays } from "./array.js";
import { type Changes, REFUSED, REWRITTEN, STAYS_VALID, same, show } from "./change.js";
import { diffConditions } from "./conditions.js";
import { diffMeaning } from "./meaning.js";

/** Compares everything that can be reached from the roots of two versions of a data set. */
export function diffRoots(older: Dataset, newer: Dataset, changes: Changes): void {
  new FieldDiff(older, newer, changes).fields(older.root, newer.root);
}

class FieldDiff {
  readonly #older: Dataset;
  readonly #newer: Dataset;
  readonly #changes: Changes;
  /** Pairs that were compared, since parts may hold themselves. */
  readonly #seen = new Map<Field, Set<Field>>();

  constructor(older: Dataset, newer: Dataset, changes: Changes) {
    this.#older = older;
    this.#newer = newer;
    this.#changes = changes;
  }

  fields(before: Field, after: Field): void {
    if (before.layout.kind === "ref" || after.layout.kind === "ref") diffStorage(before, after, this.#changes);
    const older = resolved(this.#older, before);
    const newer = resolved(this.#newer, after);
    const partners = this.#seen.get(older) ?? new Set();
    if (partners.has(newer)) return;
    this.#seen.set(older, partners.add(newer));
    const kinds = [older.layout.kind, newer.layout.kind];
    if (kinds[0] !== kinds[1]) {
      const wider = kinds[1] === "any";
      const message = `${KINDS[older.layout.kind]} became ${KINDS[newer.layout.kind]}`;
      const why = wider ? "files stay valid, but code gets a value of no stated type" : REFUSED;
      this.#changes.add("breaking", newer, message, why);
      return;
    }
    diffStorage(older, newer, this.#changes);
    diffConditions(older, newer, this.#changes);
    diffArrays(older, newer, this.#changes);
    diffMeaning(older, newer, this.#changes);
    this.#children(older, newer);
  }

  #children(older: Field, newer: Field): void {
    if (older.layout.kind === "object") this.#properties(older, newer);
    this.#rest(older, newer, "additional", "other keys");
    this.#rest(older, newer, "items", "further items");
    this.#pairs(newer, "prefix", older.prefix, newer.prefix);
    this.#pairs(newer, "branches", older.branches, newer.branches);
    for (const { pattern, field } of older.patterns) {
      const twin = newer.patterns.find((other) => other.pattern === pattern);
      if (twin) this.fields(field, twin.field);
      else
        this.#changes.add(
          "breaking",
          field,
          `keys like ${pattern} are not described any more`,
          "code that reads them finds no type",
        );
    }
    for (const { pattern, field } of newer.patterns) {
      if (!older.patterns.some((other) => other.pattern === pattern))
        this.#changes.add("breaking", field, `keys like ${pattern} have a form now`, REFUSED);
    }
  }

  /** What is not described one by one; the layout says `false` where there may be none. */
  #rest(older: Field, newer: Field, key: "additional" | "items", what: string): void {
    const [before, after] = [older[key], newer[key]];
    if (before && after) this.fields(before, after);
    const [had, has] = [allows(older, key), allows(newer, key)];
    if (had && !has) this.#changes.add("breaking", newer, `${what} are refused`, REFUSED);
    else if (!had && has) this.#changes.add("compatible", newer, `${what} are allowed`, STAYS_VALID);
    else if (!before && after) this.#changes.add("breaking", after, `${what} have a form now`, REFUSED);
    else if (before && !after && has)
      this.#changes.add("breaking", before, `${what} are not described any more`, "code that reads them finds no type");
  }

  #pairs(newer: Field, key: "prefix" | "branches", before: readonly Field[], after: readonly Field[]): void {
    for (const [index, field] of before.entries()) {
      const twin = after[index];
      if (twin) this.fields(field, twin);
    }
    const what = key === "branches" ? "forms" : "leading items";
    if (after.length < before.length)
      this.#changes.add("breaking", newer, `${after.length} ${what} in place of ${before.length}`, REFUSED);
    if (after.length > before.length)
      this.#changes.add(
        key === "branches" ? "compatible" : "breaking",
        newer,
        `${after.length} ${what} in place of ${before.length}`,
        key === "branches" ? STAYS_VALID : REFUSED,
      );
  }

  #properties(older: Field, newer: Field): void {
    const byKey = new Map(newer.properties.map((property) => [property.key, property]));
    for (const before of older.properties) {
      const after = byKey.get(before.key);
      if (!after) this.#removed(before, newer);
      else {
        this.#required(before, after, newer);
        this.fields(before.field, after.field);
      }
    }
    const known = new Set(older.properties.map(({ key }) => key));
    for (const after of newer.properties) if (!known.has(after.key)) this.#added(after, older, newer);
  }

  #required(before: Property, after: Property, newer: Field): void {
    const place = { file: newer.file, pointer: child(newer.pointer, "required") };
    if (before.required && !after.required)
      this.#changes.add("compatible", place, `${show(after.key)} may be absent`, "files made before have it");
    if (before.required || !after.required) return;
    this.#nowRequired(after, place);
  }

  #nowRequired({ key, field }: Property, place: { readonly file: string; readonly pointer: string }): void {
    if (field.layout.default !== undefined)
      this.#changes.add(
        "upgrade",
        place,
        `${show(key)} is required, by default ${show(field.layout.default)}`,
        REWRITTEN,
      );
    else this.#changes.add("breaking", place, `${show(key)} is required`, "files made before may lack it");
  }

  #removed({ key, field }: Property, newer: Field): void {
    const heir = newer.properties.find(({ field: other }) => namesOf(other).includes(storedName(key, field)));
    if (heir) {
      const message = `${show(key)} is called ${show(heir.key)}`;
      this.#changes.add("upgrade", heir.field, message, "files made before are read under the former name");
      this.fields(field, heir.field);
    } else if (allows(newer, "additional")) {
      this.#changes.add(
        "breaking",
        field,
        `${show(key)} is not described any more`,
        "files still open, but code that reads it finds no type",
      );
    } else
      this.#changes.add("breaking", field, `${show(key)} is not allowed any more`, "files that have it are refused");
  }

  #added(after: Property, older: Field, newer: Field): void {
    const renamed = older.properties.some(({ key, field }) => namesOf(after.field).includes(storedName(key, field)));
    if (renamed) return;
    const place = { file: newer.file, pointer: child(newer.pointer, "required") };
    if (after.required) this.#nowRequired(after, place);
    else this.#changes.add("compatible", after.field, `${show(after.key)} is new`, "files made before do without it");
  }
}

const KINDS: Readonly<Record<Field["layout"]["kind"], string>> = {
  array: "an array",
  sparse: "a sparse array",
  object: "an object",
  list: "a list",
  scalar: "a single value",
  any: "any value",
  choice: "a choice of forms",
  ref: "a reference",
};

function resolved(dataset: Dataset, field: Field): Field {
  let found = field;
  for (let hops = 0; found.layout.kind === "ref" && hops < 64; hops++) {
    const { name } = found.layout;
    found = dataset.defs.find((part) => part.name === name)?.field ?? found;
  }
  return found;
}

function allows({ layout }: Field, key: "additional" | "items"): boolean {
  if (key === "additional") return layout.kind === "object" && layout.additional !== false;
  return layout.kind === "list" && layout.items !== false;
}

function namesOf({ layout }: Field): readonly string[] {
  return layout.stored?.aliases ?? [];
}

function storedName(key: string, { layout }: Field): string {
  return layout.stored?.name ?? key;
}

/** Where and under which name the value is, its default, its unit, what became of it. */
function diffStorage(older: Field, newer: Field, changes: Changes): void {
  const [before, after] = [older.layout, newer.layout];
  const [oldName, newName] = [before.stored?.name, after.stored?.name];
  if (oldName !== newName) {
    const message = `it is stored as ${show(newName ?? "its key")} in place of ${show(oldName ?? "its key")}`;
    const former = oldName ?? older.pointer.split("/").at(-1) ?? "";
    if (after.stored?.aliases?.includes(former)) changes.add("upgrade", newer, message, REWRITTEN);
    else changes.add("breaking", newer, message, "files made before have it under the other name");
  }
  const lost = (before.stored?.aliases ?? []).filter(
    (alias) => !after.stored?.aliases?.includes(alias) && alias !== newName,
  );
  if (lost.length > 0)
    changes.add(
      "breaking",
      newer,
      `the former names ${lost.map(show).join(", ")} are forgotten`,
      "older files have it under them",
    );
  if (before.stored?.as !== after.stored?.as)
    changes.add(
      "compatible",
      newer,
      `it is written as ${after.stored?.as ?? "it is"}`,
      "every form that gives the value is read",
    );
  if (!same(before.place, after.place))
    changes.add("breaking", newer, "it lies in another place of the file", "files made before have it where it was");
  if (!same(before.default, after.default))
    changes.add(
      before.default === undefined ? "compatible" : "breaking",
      newer,
      `the default is ${show(after.default)} in place of ${show(before.default)}`,
      before.default === undefined
        ? "it is filled in where the key is absent"
        : "files without the key mean something else",
    );
  if (before.unit !== after.unit)
    changes.add(
      before.unit === undefined || after.unit === undefined ? "compatible" : "breaking",
      newer,
      `the unit is ${after.unit ?? "not stated"} in place of ${before.unit ?? "none"}`,
      before.unit === undefined || after.unit === undefined
        ? "numbers stay what they are"
        : "the same numbers mean something else",
    );
  if (!same(before.becomes, after.becomes) && after.becomes)
    changes.add("upgrade", newer, `${after.becomes.map(show).join(", ")} took its place`, REWRITTEN);
}
