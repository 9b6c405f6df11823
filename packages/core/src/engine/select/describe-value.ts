import { FormatError } from "../../errors.js";
import { NdArray } from "../../ndarray/ndarray.js";
import { Float, NumpyScalar } from "../../value/value.js";
import { shapeLabel } from "../shape.js";
import { isDict } from "./member.js";

interface Numbered {
  readonly index: number;
  readonly plan: { readonly value: unknown };
}

/** Throws `FormatError` `mismatch` for values of different kinds under one key. Lists and tuples are one kind. */
export function verifyKinds(parts: readonly Numbered[], path: string): void {
  const [first, ...others] = parts;
  if (first && others.some(({ plan }) => kindOf(plan.value) !== kindOf(first.plan.value)))
    differing(parts, path, "values of one kind");
}

/** Throws a `FormatError` `mismatch` that says what each record has. */
export function differing(parts: readonly Numbered[], path: string, expected: string): never {
  const found = parts.map(({ index, plan }) => `${labelOf(plan.value)} in record ${index}`);
  throw new FormatError("mismatch", `${expected} expected, found ${found.join(", ")}`, { path });
}

function kindOf(value: unknown): string {
  const inner: unknown = value instanceof NumpyScalar ? value.value : value;
  if (inner instanceof NdArray) return "an array";
  if (Array.isArray(inner)) return "a list";
  if (isDict(inner)) return "a dict";
  if (inner === null) return "None";
  if (inner instanceof Float) return "a number";
  const names: Readonly<Record<string, string>> = {
    string: "text",
    boolean: "a bool",
    number: "a number",
    bigint: "a number",
  };
  return names[typeof inner] ?? inner?.constructor.name ?? "nothing";
}

const SHOWN = 40;

/** Short values themselves, what others are. */
function labelOf(value: unknown): string {
  if (value instanceof NdArray) return `${value.dtype} array ${shapeLabel(value.shape)}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const kind = kindOf(value);
  const shown = kind === "text" ? JSON.stringify(value) : /number|bool/.test(kind) ? String(value) : kind;
  return shown.length > SHOWN ? kind : shown;
}
