import type { Dict } from "./kinds.js";
import { type MakeRule, type Rule, step } from "./rule.js";
import type { StructureRules, StructureSchema } from "./schema.js";
import type { Trace } from "./trace.js";

export function dictRules(schema: StructureRules, at: string, make: MakeRule): (Rule<Dict> | undefined)[] {
  const { required, propertyNames, dependentRequired } = schema;
  return [
    required && requiredRule(required, at),
    propertyNames === undefined ? undefined : namesRule(make(propertyNames, `${at}/propertyNames`), at),
    additionalRule(schema, at, make),
    propertiesRule(schema.properties ?? {}, `${at}/properties`, make),
    ...Object.entries(schema.patternProperties ?? {}).map(([pattern, member]) =>
      patternRule(new RegExp(pattern, "u"), make(member, `${at}/patternProperties${step(pattern)}`)),
    ),
    ...Object.entries(dependentRequired ?? {}).map(([key, wanted]) => dependentRule(key, wanted, at)),
  ];
}

/** Whether a dict has a member. What every object inherits (`constructor`) is none of its members. */
function presence(key: string): (dict: Dict) => boolean {
  if (key in Object.prototype) return (dict) => Object.hasOwn(dict, key) && dict[key] !== undefined;
  return (dict) => dict[key] !== undefined;
}

function requiredRule(required: readonly string[], at: string): Rule<Dict> {
  const members = required.map((key) => ({ key, isIn: presence(key) }));
  return (dict, trace) => {
    let fits = true;
    for (const { key, isIn } of members) {
      if (isIn(dict)) continue;
      if (trace === undefined) return false;
      const message = `must have required property '${key}'`;
      fits = trace.add({ rule: `${at}/required`, keyword: "required", params: { missingProperty: key }, message });
    }
    return fits;
  };
}

function namesRule(rule: Rule | undefined, at: string): Rule<Dict> | undefined {
  if (rule === undefined) return undefined;
  const message = "property name must be valid";
  return (dict, trace) => {
    let fits = true;
    for (const key of Object.keys(dict)) {
      if (rule(key, trace)) continue;
      if (trace === undefined) return false;
      const params = { propertyName: key };
      fits = trace.add({ rule: `${at}/propertyNames`, keyword: "propertyNames", params, message });
    }
    return fits;
  };
}

/** Members that neither `properties` nor `patternProperties` speak of. */
function additionalRule(schema: StructureRules, at: string, make: MakeRule): Rule<Dict> | undefined {
  const { additionalProperties, properties, patternProperties } = schema;
  if (additionalProperties === undefined) return undefined;
  const rule = additionalProperties === false ? undefined : make(additionalProperties, `${at}/additionalProperties`);
  if (additionalProperties !== false && rule === undefined) return undefined;
  const known = new Set(Object.keys(properties ?? {}));
  const patterns = Object.keys(patternProperties ?? {}).map((pattern) => new RegExp(pattern, "u"));
  const message = "must NOT have additional properties";
  const refuse = (key: string, trace: Trace | undefined): boolean =>
    trace?.add({
      rule: `${at}/additionalProperties`,
      keyword: "additionalProperties",
      params: { additionalProperty: key },
      message,
    }) ?? false;
  return (dict, trace) => {
    let fits = true;
    for (const key of Object.keys(dict)) {
      if (known.has(key) || patterns.some((pattern) => pattern.test(key))) continue;
      if (rule ? checkMember(rule, { dict, key }, trace) : refuse(key, trace)) continue;
      if (trace === undefined) return false;
      fits = false;
    }
    return fits;
  };
}

function propertiesRule(
  properties: Readonly<Record<string, StructureSchema>>,
  at: string,
  make: MakeRule,
): Rule<Dict> | undefined {
  const members = Object.entries(properties).flatMap(([key, schema]): Member[] => {
    const rule = make(schema, `${at}${step(key)}`);
    return rule ? [{ key, rule, isInherited: key in Object.prototype }] : [];
  });
  if (members.length === 0) return undefined;
  // By index and without taking members apart: no other loop runs as often.
  return (dict, trace) => {
    let fits = true;
    for (let index = 0; index < members.length; index++) {
      const member = members[index] as Member;
      const value = dict[member.key];
      if (value === undefined || (member.isInherited && !Object.hasOwn(dict, member.key))) continue;
      trace?.enter(member.key);
      const fitting = member.rule(value, trace);
      trace?.leave();
      if (fitting) continue;
      if (trace === undefined) return false;
      fits = false;
    }
    return fits;
  };
}

interface Member {
  readonly key: string;
  readonly rule: Rule;
  /** Whether every object inherits something of that name. */
  readonly isInherited: boolean;
}

function patternRule(pattern: RegExp, rule: Rule | undefined): Rule<Dict> | undefined {
  if (rule === undefined) return undefined;
  return (dict, trace) => {
    let fits = true;
    for (const key of Object.keys(dict)) {
      if (!pattern.test(key) || checkMember(rule, { dict, key }, trace)) continue;
      if (trace === undefined) return false;
      fits = false;
    }
    return fits;
  };
}

function checkMember(rule: Rule, { dict, key }: { dict: Dict; key: string }, trace: Trace | undefined): boolean {
  trace?.enter(key);
  const fits = rule(dict[key], trace);
  trace?.leave();
  return fits;
}

function dependentRule(key: string, wanted: readonly string[], at: string): Rule<Dict> {
  const isGiven = presence(key);
  const members = wanted.map((name) => ({ name, isIn: presence(name) }));
  const deps = wanted.join(", ");
  const message = `must have ${wanted.length === 1 ? "property" : "properties"} ${deps} when property ${key} is present`;
  return (dict, trace) => {
    if (!isGiven(dict)) return true;
    let fits = true;
    for (const { name, isIn } of members) {
      if (isIn(dict)) continue;
      if (trace === undefined) return false;
      const params = { property: key, missingProperty: name, depsCount: wanted.length, deps };
      fits = trace.add({ rule: `${at}/dependentRequired`, keyword: "dependentRequired", params, message });
    }
    return fits;
  };
}
