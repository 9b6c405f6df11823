import { equal } from "./equal.js";
import type { MakeRule, Rule } from "./rule.js";
import { countBreach } from "./scalar-rules.js";
import type { StructureRules, StructureSchema } from "./schema.js";

type List = readonly unknown[];

export function listRules(schema: StructureRules, at: string, make: MakeRule): Rule<List>[] {
  const { minItems, maxItems, prefixItems = [], items, uniqueItems } = schema;
  const rules: Rule<List>[] = [];
  if (maxItems !== undefined) {
    const breach = countBreach({ keyword: "maxItems", limit: maxItems, than: "more", of: "items", at });
    rules.push((list, trace) => list.length <= maxItems || (trace?.add(breach) ?? false));
  }
  if (minItems !== undefined) {
    const breach = countBreach({ keyword: "minItems", limit: minItems, than: "fewer", of: "items", at });
    rules.push((list, trace) => list.length >= minItems || (trace?.add(breach) ?? false));
  }
  for (const [index, item] of prefixItems.entries()) {
    const rule = make(item, `${at}/prefixItems/${index}`);
    if (rule) rules.push(itemsRule(rule, index, index + 1));
  }
  if (items === false && prefixItems.length > 0) {
    const limit = prefixItems.length;
    const breach = countBreach({ keyword: "items", limit, than: "more", of: "items", at });
    rules.push((list, trace) => list.length <= limit || (trace?.add(breach) ?? false));
  } else if (items !== undefined) {
    const rule = make(items, `${at}/items`);
    const start = prefixItems.length;
    if (rule) {
      const itemwise = itemsRule(rule, start, Number.POSITIVE_INFINITY);
      rules.push(areNumbers(items) ? (list, trace) => hasNumbersFrom(list, start) || itemwise(list, trace) : itemwise);
    }
  }
  if (uniqueItems === true) rules.push(uniqueRule(at, areScalars(items)));
  return rules;
}

/** The items from index `start` on, up to but without `stop`. */
function itemsRule(rule: Rule, start: number, stop: number): Rule<List> {
  return (list, trace) => {
    const end = Math.min(stop, list.length);
    let fits = true;
    for (let index = start; index < end; index++) {
      trace?.enter(index);
      const fitting = rule(list[index], trace);
      trace?.leave();
      if (fitting) continue;
      if (trace === undefined) return false;
      fits = false;
    }
    return fits;
  };
}

/** Whether any number will do, and nothing else. */
function areNumbers(items: StructureSchema): boolean {
  if (typeof items !== "object" || Object.keys(items).join() !== "type") return false;
  const types = [items.type].flat();
  return types.includes("number") && types.every((type) => type === "number" || type === "integer");
}

/** Long lists hold numbers: this loop takes a twentieth of the time of one that calls a rule for each. */
function hasNumbersFrom(list: List, start: number): boolean {
  for (let index = start; index < list.length; index++) if (typeof list[index] !== "number") return false;
  return true;
}

function areScalars(items: StructureSchema | undefined): boolean {
  const type = typeof items === "object" ? items.type : undefined;
  if (type === undefined) return false;
  return ![type].flat().some((name) => name === "array" || name === "object");
}

/** Scalars are looked up among those behind them; whatever else there is has to be compared in pairs. */
function uniqueRule(at: string, scalars: boolean): Rule<List> {
  const find = scalars ? equalScalars : equalPair;
  return (list, trace) => {
    const pair = find(list);
    if (pair === undefined) return true;
    const [i, j] = pair;
    const message = `must NOT have duplicate items (items ## ${j} and ${i} are identical)`;
    return trace?.add({ rule: `${at}/uniqueItems`, keyword: "uniqueItems", params: { i, j }, message }) ?? false;
  };
}

function equalScalars(list: List): [number, number] | undefined {
  const places = new Map<unknown, number>();
  for (let index = list.length - 1; index >= 0; index--) {
    const item = list[index];
    if (typeof item === "object" && item !== null) continue;
    const other = places.get(item);
    if (other !== undefined) return [index, other];
    places.set(item, index);
  }
  return undefined;
}

function equalPair(list: List): [number, number] | undefined {
  for (let i = list.length - 1; i > 0; i--) for (let j = i - 1; j >= 0; j--) if (equal(list[i], list[j])) return [i, j];
  return undefined;
}
