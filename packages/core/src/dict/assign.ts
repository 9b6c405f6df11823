import { concrete, memberField } from "../engine/resolve.js";
import { IssueError } from "../errors.js";
import type { Issue } from "../issues.js";
import { nodeOfValue } from "../tree/value-node.js";
import { checkMember } from "./check-member.js";
import { type DictContent, isSize, refusal, takeState } from "./content.js";
import { isFirstWarning, type Logger } from "./logger.js";
import type { DictMessages } from "./messages.js";
import { maskAt, packed, packingOf, verifyPacked, verifyRank } from "./packing.js";
import { isMaskKey, isSupported } from "./rules.js";

/** How a dict speaks. */
export interface Voice {
  readonly log: Logger;
  readonly messages: DictMessages;
}

/** What is assigned, and in which form it comes. */
export interface Assignment {
  readonly key: string;
  readonly value: unknown;
  readonly form: "logical" | "stored";
}

/**
 * Stores a value after all checks; nothing has changed when it throws. While arrays are packed, masks stay as they are,
 * which is said and no error.
 */
export function assign(content: DictContent, voice: Voice, assignment: Assignment): void {
  const { key, value, form } = assignment;
  const { rules } = content;
  admit(content, voice, key);
  const found = judge(content, voice, key, value);
  if (isLocked(content, voice, key)) return;
  const packing = content.packed ? packingOf(rules, key, value) : undefined;
  let stored = value;
  if (packing) {
    verifyRank(content, packing);
    const mask = maskAt(content, packing.mask);
    if (!mask) throw withoutMask(content, voice, packing, "set");
    if (form === "stored") verifyPacked(rules, packing, mask);
    else stored = packed(rules, packing, mask);
  }
  for (const [stating, size] of found) content.sizes.set(stating, size);
  content.items.set(key, stored);
}

/** Refuses an unsupported key in strict dicts, warns of it in others: once for each key and process. */
function admit(content: DictContent, voice: Voice, key: string): void {
  const { rules, strict } = content;
  if (isSupported(rules, key)) return;
  const title = rules.layout.title;
  if (!memberField(rules.root, key)) throw refusal(rules, "unknown-key", key, `${title} has no such key`);
  if (strict) {
    const message = `${key} is no supported key of ${title}, and the dict is strict`;
    throw refusal(rules, "unknown-key", key, message, { actual: key });
  }
  warnUnsupported(content, voice, [key]);
}

/** Warns of those of `keys` that are not supported and were not warned of before. */
export function warnUnsupported({ rules }: DictContent, { log, messages }: Voice, keys: Iterable<string>): void {
  if (rules.strict === undefined) return;
  for (const key of keys) {
    if (isSupported(rules, key) || !isFirstWarning(key)) continue;
    log({ level: "warning", key, message: messages.unsupported(rules.layout.title, key) });
  }
}

/** Sizes with the value stored. Throws `IssueError` for what breaks the schema; remarks are logged. */
function judge(content: DictContent, voice: Voice, key: string, value: unknown): ReadonlyMap<string, number> {
  const { rules } = content;
  if (value === undefined) throw refusal(rules, "type", key, "undefined is no value; delete removes a key");
  const { errors, warnings, sizes } = checkMember(rules, content.sizes, { key, value });
  const [first] = errors;
  if (first) {
    const message = voice.messages.refused({ ...placeOf(content, key, value), issue: first });
    if (message !== undefined) voice.log({ level: "error", key, message, issue: first });
    throw new IssueError(errors as readonly [Issue, ...Issue[]]);
  }
  for (const issue of warnings)
    voice.log({
      level: "warning",
      key,
      message: `${issue.path}: ${issue.message}`,
      issue: { ...issue, severity: "warning" },
    });
  return sizes;
}

/** Throws `IssueError` for a supported array, or dict of arrays, that is not as long as the dict says that it is. */
export function verifySizes({ rules, sizes, items }: DictContent): void {
  for (const [key, value] of items) {
    if (!isSupported(rules, key) || rules.ranges?.key === key || Array.isArray(value)) continue;
    const issues = checkMember(rules, sizes, { key, value }).errors.filter(({ code }) => code === "symbol");
    if (issues.length > 0) throw new IssueError(issues as unknown as readonly [Issue, ...Issue[]]);
  }
}

function placeOf({ rules: { layout, root } }: DictContent, key: string, value: unknown) {
  const member = memberField(root, key)?.field;
  return { layout, key, value, field: member && concrete(layout, member, nodeOfValue(value)) };
}

/** Whether `key` is a mask that packed arrays rely on; says so. */
export function isLocked({ rules, packed: isPacked }: DictContent, { log, messages }: Voice, key: string): boolean {
  if (!isPacked || !isMaskKey(rules, key)) return false;
  log({ level: "warning", key, message: messages.locked(key) });
  return true;
}

/** Logs that an array has no mask, and gives the error that says so. */
export function withoutMask(
  { rules }: DictContent,
  { log, messages }: Voice,
  { key, mask }: { readonly key: string; readonly mask: string },
  doing: "set" | "pack" | "unpack",
): IssueError {
  const error = refusal(rules, "missing", key, `its mask ${mask} is missing`, { expected: mask });
  const message = messages.maskMissing(key, mask, doing);
  if (message !== undefined) log({ level: "error", key, message, issue: error.issues[0] });
  return error;
}

/** Sets what a state key says. Throws `IssueError` for what it cannot say, and for flags that need work to change. */
export function assignState(content: DictContent, key: string, value: unknown): void {
  const { rules } = content;
  if (key === rules.strict || key === rules.packed) {
    const hint = key === rules.strict ? "set strict instead" : "pack or unpack instead";
    throw refusal(rules, "type", key, `it is no item; ${hint}`);
  }
  const { unset } = rules.sizes.find((size) => size.key === key) ?? {};
  if (!isSize(value) && (unset === undefined || value !== unset)) {
    const expected = unset === undefined ? "a size" : `a size, or ${unset} when it is not known`;
    throw refusal(rules, "type", key, `${expected} is needed, ${String(value)} given`, { expected });
  }
  takeState(content, key, value);
}
