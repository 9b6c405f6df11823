import { every, type MakeRule, type Rule } from "./rule.js";
import type { StructureRules, StructureSchema } from "./schema.js";

/** Rules that ask other schemas about the same value. */
export function choiceRules(schema: StructureRules, at: string, make: MakeRule): (Rule | undefined)[] {
  const { not, anyOf, oneOf, allOf } = schema;
  const branches = (schemas: readonly StructureSchema[], keyword: string): (Rule | undefined)[] =>
    schemas.map((branch, index) => make(branch, `${at}/${keyword}/${index}`));
  return [
    not === undefined ? undefined : notRule(make(not, `${at}/not`), at),
    anyOf && anyRule(branches(anyOf, "anyOf"), at),
    oneOf && oneRule(branches(oneOf, "oneOf"), at),
    allOf && every(branches(allOf, "allOf")),
    conditionRule(schema, at, make),
  ];
}

function notRule(rule: Rule | undefined, at: string): Rule {
  const breach = { rule: `${at}/not`, keyword: "not", params: {}, message: "must NOT be valid" };
  return (value, trace) => (rule !== undefined && !rule(value, undefined)) || (trace?.add(breach) ?? false);
}

/** One branch at least. Where none fits, what is wrong with each of them is noted first. */
function anyRule(branches: readonly (Rule | undefined)[], at: string): Rule | undefined {
  const rules = branches.filter((rule) => rule !== undefined);
  if (rules.length < branches.length) return undefined;
  const breach = { rule: `${at}/anyOf`, keyword: "anyOf", params: {}, message: "must match a schema in anyOf" };
  return (value, trace) => {
    for (const rule of rules) if (rule(value, undefined)) return true;
    if (trace === undefined) return false;
    for (const rule of rules) rule(value, trace);
    return trace.add(breach);
  };
}

/** One branch exactly. */
function oneRule(branches: readonly (Rule | undefined)[], at: string): Rule {
  return (value, trace) => {
    const passing: number[] = [];
    for (let index = 0; index < branches.length && passing.length < 2; index++)
      if (branches[index]?.(value, undefined) ?? true) passing.push(index);
    if (passing.length === 1) return true;
    if (trace === undefined) return false;
    // The branches up to the second that fits.
    const asked = passing.length === 2 ? branches.slice(0, passing[1]) : branches;
    for (const rule of asked) rule?.(value, trace);
    const params = { passingSchemas: passing.length === 2 ? passing : null };
    return trace.add({
      rule: `${at}/oneOf`,
      keyword: "oneOf",
      params,
      message: "must match exactly one schema in oneOf",
    });
  };
}

function conditionRule(schema: StructureRules, at: string, make: MakeRule): Rule | undefined {
  if (schema.if === undefined) return undefined;
  const condition = make(schema.if, `${at}/if`);
  const consequence = schema.then === undefined ? undefined : make(schema.then, `${at}/then`);
  const alternative = schema.else === undefined ? undefined : make(schema.else, `${at}/else`);
  if (consequence === undefined && alternative === undefined) return undefined;
  return (value, trace) => {
    const holds = condition?.(value, undefined) ?? true;
    const rule = holds ? consequence : alternative;
    if (rule === undefined || rule(value, trace)) return true;
    const clause = holds ? "then" : "else";
    const message = `must match "${clause}" schema`;
    return trace?.add({ rule: `${at}/if`, keyword: "if", params: { failingKeyword: clause }, message }) ?? false;
  };
}
