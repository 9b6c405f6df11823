import type { Layout } from "../../layout/layout.js";

/** One thing that bringing a record up to date has changed. */
export interface Change {
  /** Where, such as `smpl.body_pose`. */
  readonly path: string;
  readonly message: string;
  /** The schema rule that says so: `$id` and JSON pointer. */
  readonly rule: string;
}

/** Collects changes in the order in which they are made. */
export class Changes {
  readonly #layout: Layout;
  readonly #changes: Change[] = [];

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  get layout(): Layout {
    return this.#layout;
  }

  add(path: string, message: string, rule: string): void {
    this.#changes.push({ path, message, rule: `${this.#layout.schema}#${rule}` });
  }

  get count(): number {
    return this.#changes.length;
  }

  all(): readonly Change[] {
    return this.#changes;
  }
}
