import { quote } from "./text.js";

/** An expression to be printed as it stands, such as an imported name. */
export class Code {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Data that can be printed as a literal; members that are undefined are left out. */
export type Literal = null | boolean | number | string | Code | readonly Literal[] | LiteralObject;
export interface LiteralObject {
  readonly [key: string]: Literal | undefined;
}

const WIDTH = 120;

/**
 * `value` as a TypeScript expression: on one line where it fits behind `column`, else one member a line. Anything may
 * stand in its strings and keys.
 */
export function printLiteral(
  value: Literal,
  options: { readonly indent?: number; readonly column?: number } = {},
): string {
  const { indent = 0, column = indent } = options;
  const flat = flatLiteral(value, WIDTH - column);
  if (flat !== undefined) return flat;
  const inner = " ".repeat(indent + 2);
  const close = `\n${" ".repeat(indent)}`;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item === "number")) return `[\n${fill(value, indent + 2)}${close}]`;
    const items = value.map(
      (item: Literal) => `${inner}${printLiteral(item, { indent: indent + 2, column: indent + 3 })},\n`,
    );
    return `[\n${items.join("").trimEnd()}${close}]`;
  }
  const members = membersOf(value as LiteralObject).map(([key, member]) => {
    const text = printLiteral(member, { indent: indent + 2, column: indent + 2 + memberKey(key).length + 3 });
    return `${inner}${memberOf(key, member, text)},\n`;
  });
  return `{\n${members.join("").trimEnd()}${close}}`;
}

/** The literal on one line, or undefined when that takes more than `room` characters. Scalars always fit. */
function flatLiteral(value: Literal, room: number): string | undefined {
  if (value instanceof Code) return value.text;
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return String(value);
  const parts: string[] = [];
  let left = room - 4;
  const entries = Array.isArray(value)
    ? value.map((item: Literal) => ["", item] as const)
    : membersOf(value as LiteralObject);
  for (const [key, member] of entries) {
    const text = flatLiteral(member, left);
    if (text === undefined) return undefined;
    const part = Array.isArray(value) ? text : memberOf(key, member, text);
    left -= part.length + 2;
    if (left < -2) return undefined;
    parts.push(part);
  }
  if (Array.isArray(value)) return `[${parts.join(", ")}]`;
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}

function fill(numbers: readonly number[], indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const number of numbers) {
    if (line !== "" && indent + line.length + String(number).length + 2 > WIDTH) {
      lines.push(line);
      line = "";
    }
    line += `${line === "" ? "" : " "}${number},`;
  }
  return [...lines, line].map((text) => " ".repeat(indent) + text).join("\n");
}

/**
 * A member of an object literal. Under a key that all objects inherit TypeScript does not see which type is wanted, and
 * would take the words inside for any strings.
 */
function memberOf(key: string, value: Literal, text: string): string {
  const name = memberKey(key);
  if (name === text) return name;
  const needsHelp = key in Object.prototype && typeof value === "object" && value !== null && !(value instanceof Code);
  return `${name}: ${text}${needsHelp ? " as const" : ""}`;
}

function membersOf(value: LiteralObject): [string, Literal][] {
  return Object.entries(value).filter((entry): entry is [string, Literal] => entry[1] !== undefined);
}

const NAME = /^[A-Za-z_$][\w$]*$/;

/** The key of an object literal's member. Only a computed `__proto__` is a member: the plain one sets the prototype. */
function memberKey(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return propertyName(key);
}

/** The name of a member of a class, interface or literal, quoted where it is no identifier. */
export function propertyName(key: string): string {
  return NAME.test(key) ? key : quote(key);
}
