import type { SchemaWithin } from "./compile.js";
import { step } from "./rule.js";
import type { StructureRules, StructureSchema } from "./schema.js";

/** Keywords of the object around a list that do not look into it. */
const AROUND: ReadonlySet<string> = new Set(["$defs", "type", "required", "properties", "dependentRequired"]);
/** Those of a list whose items are checked one by one. */
const OF_LIST: ReadonlySet<string> = new Set(["$defs", "type", "items"]);

/** The schema of the items of a list that have nothing to do with each other; undefined where any rule says that they have. */
export function itemsWithin(root: StructureSchema, key: string | undefined): SchemaWithin | undefined {
  if (key === undefined) return itemsOf(root, "#");
  if (typeof root === "boolean" || !hasOnly(root, AROUND)) return undefined;
  const { properties = {} } = root;
  const list = Object.hasOwn(properties, key) ? properties[key] : undefined;
  return list === undefined ? undefined : itemsOf(list, `#/properties${step(key)}`);
}

function itemsOf(list: StructureSchema, at: string): SchemaWithin | undefined {
  if (typeof list === "boolean" || list.items === undefined || !hasOnly(list, OF_LIST)) return undefined;
  return { schema: list.items, at: `${at}/items` };
}

function hasOnly(schema: StructureRules, keywords: ReadonlySet<string>): boolean {
  return Object.keys(schema).every((keyword) => keywords.has(keyword));
}
