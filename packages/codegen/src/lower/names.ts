/**
 * Words that a generated file needs for itself: globals and what it imports from core. A type of such a name would hide
 * them.
 */
const TAKEN: ReadonlySet<string> = new Set([
  "AnyLayout",
  "Array",
  "ArrayBuffer",
  "BigInt",
  "Boolean",
  "Date",
  "Error",
  "FileAccessor",
  "Float",
  "Function",
  "GroupAccessor",
  "Infinity",
  "Issue",
  "Layout",
  "ListAccessor",
  "LoadOptions",
  "Map",
  "NaN",
  "NdArray",
  "Number",
  "Object",
  "Partial",
  "Promise",
  "Readonly",
  "ReadonlyArray",
  "ReadonlyMap",
  "ReadonlySet",
  "Record",
  "RegistryEntry",
  "Set",
  "Shape",
  "String",
  "StructureValidator",
  "Symbol",
  "Uint8Array",
  "Value",
]);

/**
 * A PascalCase identifier made from any text: `smpl_params` is `SmplParams`, `SMPL` stays. What no identifier can hold
 * separates words; a name of nothing else is `Unnamed`.
 */
export function pascalCase(text: string): string {
  const words = text.split(/[^\p{ID_Continue}]+|_+/u).filter((word) => word !== "");
  const joined = words.map((word) => capital(word)).join("");
  if (joined === "") return "Unnamed";
  const start = /^\p{ID_Start}/u.test(joined) ? joined : `N${joined}`;
  return TAKEN.has(start) ? `${start}$` : start;
}

function capital(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) as number);
  return first.toUpperCase() + word.slice(first.length);
}

/** `name`, or with the first number behind it that is free. Takes it. */
export function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate); number++) candidate = `${name}${number}`;
  taken.add(candidate);
  return candidate;
}
