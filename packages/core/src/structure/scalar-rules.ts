import { equal } from "./equal.js";
import type { Rule } from "./rule.js";
import type { StructureConstant, StructureRules } from "./schema.js";
import type { Breach } from "./trace.js";

/** Limits by keyword, in the order in which they are checked. NaN is within none. */
const LIMITS = {
  maximum: { sign: "<=", within: (value: number, limit: number) => value <= limit },
  minimum: { sign: ">=", within: (value: number, limit: number) => value >= limit },
  exclusiveMaximum: { sign: "<", within: (value: number, limit: number) => value < limit },
  exclusiveMinimum: { sign: ">", within: (value: number, limit: number) => value > limit },
} as const;

export function numberRules(schema: StructureRules, at: string): Rule<number>[] {
  const limits = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).flatMap((keyword): Rule<number>[] => {
    const limit = schema[keyword];
    if (limit === undefined) return [];
    const { sign, within } = LIMITS[keyword];
    const breach = {
      rule: `${at}/${keyword}`,
      keyword,
      params: { comparison: sign, limit },
      message: `must be ${sign} ${limit}`,
    };
    return [(value, trace) => within(value, limit) || (trace?.add(breach) ?? false)];
  });
  return schema.multipleOf === undefined ? limits : [...limits, multipleRule(schema.multipleOf, at)];
}

function multipleRule(multipleOf: number, at: string): Rule<number> {
  const message = `must be multiple of ${multipleOf}`;
  const breach = { rule: `${at}/multipleOf`, keyword: "multipleOf", params: { multipleOf }, message };
  return (value, trace) => Number.isInteger(value / multipleOf) || (trace?.add(breach) ?? false);
}

export function textRules(schema: StructureRules, at: string): Rule<string>[] {
  const { minLength, maxLength, pattern } = schema;
  const rules: Rule<string>[] = [];
  if (maxLength !== undefined) {
    const breach = countBreach({ keyword: "maxLength", limit: maxLength, than: "more", of: "characters", at });
    rules.push((value, trace) => codePoints(value) <= maxLength || (trace?.add(breach) ?? false));
  }
  if (minLength !== undefined) {
    const breach = countBreach({ keyword: "minLength", limit: minLength, than: "fewer", of: "characters", at });
    rules.push((value, trace) => codePoints(value) >= minLength || (trace?.add(breach) ?? false));
  }
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, "u");
    const message = `must match pattern "${pattern}"`;
    const breach = { rule: `${at}/pattern`, keyword: "pattern", params: { pattern }, message };
    rules.push((value, trace) => expression.test(value) || (trace?.add(breach) ?? false));
  }
  return rules;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** What is said where there is too much or too little of something. */
export function countBreach(options: {
  readonly keyword: string;
  readonly limit: number;
  readonly than: "more" | "fewer";
  readonly of: string;
  readonly at: string;
}): Breach {
  const { keyword, limit, than, of, at } = options;
  return { rule: `${at}/${keyword}`, keyword, params: { limit }, message: `must NOT have ${than} than ${limit} ${of}` };
}

export function constantRules(schema: StructureRules, at: string): Rule[] {
  const rules: Rule[] = [];
  const { const: constant, enum: constants } = schema;
  if (constant !== undefined) {
    const params = { allowedValue: constant };
    const breach = { rule: `${at}/const`, keyword: "const", params, message: "must be equal to constant" };
    rules.push((value, trace) => equal(value, constant) || (trace?.add(breach) ?? false));
  }
  if (constants !== undefined) rules.push(enumRule(constants, at));
  return rules;
}

function enumRule(constants: readonly StructureConstant[], at: string): Rule {
  const breach = {
    rule: `${at}/enum`,
    keyword: "enum",
    params: { allowedValues: constants },
    message: "must be equal to one of the allowed values",
  };
  const scalars = new Set<unknown>(constants.filter((constant) => !isCompound(constant)));
  const compounds = constants.filter(isCompound);
  return (value, trace) =>
    scalars.has(value) || compounds.some((constant) => equal(value, constant)) || (trace?.add(breach) ?? false);
}

function isCompound(constant: StructureConstant): boolean {
  return typeof constant === "object" && constant !== null;
}
