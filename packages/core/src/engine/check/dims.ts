import type { Dim } from "../../layout/layout.js";
import { memberPath } from "../../value/path.js";
import type { Report } from "./report.js";

interface Binding {
  readonly size: number;
  /** What fixed the size, as messages say it: `__data_len__ is 9`, `bbox_xywh has 2 along axis 0`. */
  readonly because: string;
}

/** Axis symbols of one object, and those of the objects around it: the first size met binds a symbol, others must agree. */
export class Scope {
  readonly #dims: Readonly<Record<string, Dim>>;
  readonly #outer: Scope | undefined;
  readonly #bindings = new Map<string, Binding>();

  constructor(dims: Readonly<Record<string, Dim>>, outer?: Scope) {
    this.#dims = dims;
    this.#outer = outer;
  }

  /** The size of a symbol so far. */
  size(symbol: string): number | undefined {
    return Object.hasOwn(this.#dims, symbol) ? this.#bindings.get(symbol)?.size : this.#outer?.size(symbol);
  }

  /** Fixes a symbol by what a sibling states. */
  state(symbol: string, size: number, because: string): void {
    this.#bindings.set(symbol, { size, because });
  }

  /** Binds a symbol to a size met in the file, or reports that it differs from the one bound before. */
  bind(
    report: Report,
    symbol: string,
    size: number,
    place: { readonly path: string; readonly what: string; readonly rule: string },
  ): void {
    if (!Object.hasOwn(this.#dims, symbol)) {
      this.#outer?.bind(report, symbol, size, place);
      return;
    }
    const { path, what, rule } = place;
    const allowed = this.#dims[symbol]?.size;
    if (allowed && !allowed.includes(size)) {
      const expected = allowed.join(" or ");
      report.add({
        code: "shape",
        path,
        message: `${what} is ${size}, the schema has ${expected} (${symbol})`,
        expected,
        actual: String(size),
        rule,
      });
      return;
    }
    const bound = this.#bindings.get(symbol);
    if (!bound) {
      this.#bindings.set(symbol, { size, because: `${path} has ${size} (${what})` });
    } else if (bound.size !== size) {
      const message = `${what} is ${size}, but ${bound.because}; both are ${symbol}${this.meaning(symbol)}`;
      report.add({ code: "symbol", path, message, expected: String(bound.size), actual: String(size), rule });
    }
  }

  /** `, the number of frames`: what messages say of a symbol with a role. */
  meaning(symbol: string): string {
    const role = this.#dims[symbol]?.role;
    return role ? `, the number of ${role === "vertex" ? "vertices" : `${role}s`}` : "";
  }
}

/** Sizes that siblings state outright: `equals` of each symbol, read from `integers` by sibling name. */
export async function stateSizes(
  scope: Scope,
  dims: Readonly<Record<string, Dim>>,
  parent: string,
  integer: (key: string) => Promise<number | undefined>,
): Promise<void> {
  for (const [symbol, { equals, unset }] of Object.entries(dims)) {
    if (equals === undefined) continue;
    const keys = typeof equals === "string" ? [equals] : equals.minus;
    const values: number[] = [];
    for (const key of keys) {
      const value = await integer(key);
      if (value !== undefined && value !== unset) values.push(value);
    }
    if (values.length < keys.length) continue;
    const size = values.length === 1 ? (values[0] as number) : (values[0] as number) - (values[1] as number);
    const names = keys.map((key) => memberPath(parent, key)).join(" - ");
    scope.state(symbol, size, `${names} is ${size}`);
  }
}
