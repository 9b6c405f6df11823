import { FormatError } from "../errors.js";
import type { Numbered } from "../layout/layout.js";
import type { WorkOptions } from "../source/source.js";
import type { GroupNode, ListNode, Node } from "../tree/node.js";
import { memberPath } from "../value/path.js";

/** A child of a group whose name states its place in a list. */
export interface NumberedChild {
  readonly number: number;
  readonly name: string;
}

/** The children of a group that one rule numbers, and what is wrong with their numbers. */
export interface NumberedNames {
  /** By number. */
  readonly children: readonly NumberedChild[];
  /** Names that look numbered and are not as the rule writes them: another number of digits, a number that is taken. */
  readonly odd: readonly string[];
  /** The first number that is left out where none may be; undefined when none is. */
  readonly gap: number | undefined;
}

/** A list whose items are numbered children of a group. */
export interface NumberedList extends ListNode {
  readonly children: readonly NumberedChild[];
}

/** The number that `name` states; undefined for one that `rule` does not number, whatever its digits look like. */
export function numberOf(name: string, { prefix, suffix, from }: Numbered): number | undefined {
  if (!name.startsWith(prefix) || !name.endsWith(suffix)) return undefined;
  const digits = name.slice(prefix.length, name.length - suffix.length);
  if (name.length < prefix.length + suffix.length || !/^[0-9]+$/.test(digits)) return undefined;
  const number = Number(digits);
  return Number.isSafeInteger(number) && number >= from ? number : undefined;
}

/** The name that `rule` gives a number. */
export function nameOf(number: number, { prefix, suffix, pad }: Numbered): string {
  return `${prefix}${String(number).padStart(pad, "0")}${suffix}`;
}

/** Sorts names of children by their numbers; names that the rule does not number are left out. Nothing is read. */
export function numberedNames(names: readonly string[], rule: Numbered): NumberedNames {
  const byNumber = new Map<number, string>();
  const odd: string[] = [];
  for (const name of names) {
    const number = numberOf(name, rule);
    if (number === undefined) continue;
    if (name === nameOf(number, rule)) byNumber.set(number, name);
    else odd.push(name);
  }
  const children = [...byNumber].map(([number, name]) => ({ number, name })).sort((a, b) => a.number - b.number);
  const gap = rule.gaps ? undefined : children.find((child, index) => child.number !== rule.from + index);
  return { children, odd, gap: gap && rule.from + children.indexOf(gap) };
}

/**
 * The numbered children of `group` as a list, by number. Children are loaded when they are asked for. Throws `FormatError`
 * `corrupt` for names that the rule would not give, or numbers left out where none may be.
 */
export function numberedList(group: GroupNode, rule: Numbered): NumberedList {
  const { children, odd, gap } = numberedNames(group.keys, rule);
  const [first] = odd;
  if (first !== undefined) {
    const expected = nameOf(numberOf(first, rule) ?? rule.from, rule);
    throw new FormatError("corrupt", `a child of this number is called ${expected}`, {
      path: memberPath(group.path, first),
    });
  }
  if (gap !== undefined)
    throw new FormatError("corrupt", `${nameOf(gap, rule)} is missing: numbers are not left out`, { path: group.path });
  return {
    kind: "list",
    path: memberPath(group.path, `${rule.prefix}*${rule.suffix}`),
    length: children.length,
    children,
    child: (index, options) => childAt(group, children, index, options),
  };
}

async function childAt(
  group: GroupNode,
  children: readonly NumberedChild[],
  index: number,
  options: WorkOptions = {},
): Promise<Node> {
  const name = children[index]?.name;
  const node = name === undefined ? undefined : await group.child(name, options);
  return node ?? Promise.reject(new FormatError("missing", `there is no item ${index}`, { path: group.path }));
}
