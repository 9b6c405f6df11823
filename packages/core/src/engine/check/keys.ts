import type { ObjectLayout } from "../../layout/layout.js";
import type { GroupNode } from "../../tree/node.js";
import type { Value } from "../../value/value.js";
import { exactValue } from "../exact.js";
import { type MemberField, storedNames } from "../resolve.js";
import { plainScalar } from "../scalar.js";
import type { Walk } from "./state.js";
import { nearest } from "./suggest.js";

/** A key as it was met. */
export interface FoundKey {
  readonly key: string;
  readonly path: string;
  /** The field that describes it; undefined when the schema allows no such key. */
  readonly known: MemberField | undefined;
  /** Whether the object allows supported keys only. */
  readonly closed: boolean;
}

/** Reports a key that the schema does not have, or does not allow in a closed object. */
export function reportUnknown(walk: Walk, object: ObjectLayout, { key, path, known, closed }: FoundKey): void {
  const say = (message: string, severity: "error" | "info"): void => {
    const hint = nearest(key, Object.keys(object.properties));
    walk.report.add({ code: "unknown-key", severity, path, message, actual: key, rule: object.rule, hint });
  };
  const quoted = JSON.stringify(key);
  if (!known) say(`${quoted} is not a key that the schema knows`, "error");
  else if (closed && (known.by !== "property" || known.field.extension === true)) {
    say(`${quoted} is not a supported key, and ${object.closed?.when} is true`, "error");
  } else if (object.closed && known.by === "additional") say(`${quoted} is not a supported key`, "info");
}

/** The whole number, or truth value as 0 or 1, that a sibling holds; undefined when there is none. */
export async function integerAt(
  walk: Walk,
  field: ObjectLayout,
  group: GroupNode,
  key: string,
): Promise<number | undefined> {
  const member = field.properties[key];
  const name = member ? storedNames(member, key).find((candidate) => group.keys.includes(candidate)) : key;
  const node = name === undefined ? undefined : await group.child(name, walk.options).catch(() => undefined);
  if (!node || node.kind === "group" || node.kind === "list") return undefined;
  const value = await exactValue(node, walk.options).catch(() => undefined);
  const plain = plainScalar(value as Value);
  if (typeof plain === "boolean") return plain ? 1 : 0;
  return typeof plain === "number" && Number.isInteger(plain) ? plain : undefined;
}
