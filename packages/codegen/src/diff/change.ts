/**
 * What a change of a schema means to what was made under the old one. `compatible`: files stay valid and mean the same.
 * `upgrade`: files still open, and an upgrade rewrites them. `breaking`: files or code that were right are not any more.
 */
export type ChangeKind = "compatible" | "upgrade" | "breaking";

/** A difference between two versions of a schema, and what it means to files. */
export interface SchemaChange {
  readonly kind: ChangeKind;
  /** Id of the data set; the name of the convention or list for theirs. */
  readonly of: string;
  /** Schema file, relative to its folder. That of the old one for what is there no more. */
  readonly file: string;
  readonly pointer: string;
  readonly message: string;
  /** Why it is of that kind. */
  readonly why: string;
}

/** Where a change is, and where to put it. */
export class Changes {
  readonly found: SchemaChange[] = [];
  readonly #of: string;

  constructor(of: string) {
    this.#of = of;
  }

  add(
    kind: ChangeKind,
    place: { readonly file: string; readonly pointer: string },
    message: string,
    why: string,
  ): void {
    const { file, pointer } = place;
    this.found.push({ kind, of: this.#of, file, pointer, message, why });
  }
}

export const STAYS_VALID = "files made before stay valid";
export const REFUSED = "files made before may break the new rule";
export const REWRITTEN = "files made before still open, and an upgrade rewrites them";

/** JSON as text, with keys in order, to be compared. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) as string;
}

export function same(one: unknown, other: unknown): boolean {
  return canonical(one ?? null) === canonical(other ?? null);
}

export function show(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}
