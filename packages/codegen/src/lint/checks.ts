import type { ArrayLayout, FieldLayout, ListLayout, ObjectLayout, References } from "@somakit/core/gen/v1";
import type { Dataset, Field, JsonObject } from "../ir.js";
import { everySchema } from "../load/keywords.js";
import { members } from "../load/shape.js";
import { didYouMean } from "../load/suggest.js";
import { compileFault } from "./patterns.js";
import type { LintContext } from "./rule.js";
import { inside, memberOf, resolved, type Visit } from "./walk.js";

/** Rules about contents must have something to be about, and the names in them must lead somewhere. */
export function lintChecks(context: LintContext): void {
  for (const field of context.fields) {
    lintSeverity(field, context);
    lintLabels(field, context);
    for (const { fault, segments } of faultsOf(field, context.dataset))
      context.problems.error(inside(field, ...segments), fault);
  }
  for (const visit of context.visits) {
    for (const { fault, segments } of faultsBeside(visit, context.dataset))
      context.problems.error(inside(visit.field, ...segments), fault);
  }
}

interface Fault {
  readonly fault: string;
  readonly segments: readonly (string | number)[];
}

/** A severity is that of a keyword of the same node, also in conditions. */
function lintSeverity(field: Field, { problems }: LintContext): void {
  const { pointer, file, schema } = field;
  for (const node of [{ schema, pointer }, ...conditionsOf(field)]) {
    for (const [keyword] of members(node.schema, "severity")) {
      if (node.schema[keyword] !== undefined) continue;
      const place = { file, pointer: `${node.pointer}/severity/${keyword}` };
      problems.error(place, `there is no "${keyword}" beside "severity" that could be broken`);
    }
  }
}

/** Labels count the names of a list that there is. */
function lintLabels(field: Field, { lists, problems }: LintContext): void {
  const name = field.schema["labels"];
  if (typeof name !== "string" || lists.has(name)) return;
  const message = `there is no list of names ${JSON.stringify(name)}${didYouMean(name, lists.keys())}`;
  problems.error(inside(field, "labels"), message);
}

function conditionsOf({ schema, pointer }: Field): { readonly schema: JsonObject; readonly pointer: string }[] {
  return ["allOf", "if", "then", "else", "not"].flatMap((keyword) => {
    const found = schema[keyword];
    const conditions = Array.isArray(found)
      ? found.map((one, index) => [one, `/${index}`] as const)
      : [[found, ""] as const];
    return conditions.flatMap(([condition, way]) =>
      condition === undefined ? [] : [...everySchema(condition, `${pointer}/${keyword}${way}`)],
    );
  });
}

function faultsOf(field: Field, dataset: Dataset): Fault[] {
  const { layout, schema } = field;
  const idle =
    schema["numberKeys"] !== undefined && !(layout.kind === "any" && layout.is === "dict")
      ? [{ fault: '"numberKeys" has no effect: the keys of this object are described', segments: ["numberKeys"] }]
      : [];
  switch (layout.kind) {
    case "array":
      return arrayFaults(layout);
    case "list":
      return listFaults(field, layout, dataset);
    case "object":
      return [...idle, ...objectFaults(layout)];
    case "scalar":
      return layout.references ? referenceFaults(layout.references, schema, dataset) : [];
    default:
      return idle;
  }
}

function arrayFaults({ dtype, shape, finite, ascending, where = {} }: ArrayLayout): Fault[] {
  const faults: Fault[] = [];
  if (finite && !dtype.some((name) => /^(float|complex)/.test(name)))
    faults.push({ fault: `"finite" has no effect: ${dtype.join(" and ")} has no other values`, segments: ["finite"] });
  if (ascending && (shape.length !== 1 || shape[0] === "..."))
    faults.push({ fault: '"ascending" needs an array with one axis', segments: ["ascending"] });
  for (const symbol of Object.keys(where)) {
    if (shape.includes(symbol)) continue;
    const fault = `${JSON.stringify(symbol)} is no symbol of the shape`;
    faults.push({ fault, segments: ["ndarray", "where", symbol] });
  }
  return faults;
}

/** Keys and symbols that items of a list are compared by. */
function listFaults(field: Field, { unique, uniform = [], allOrNone = [] }: ListLayout, dataset: Dataset): Fault[] {
  if (unique === undefined && uniform.length + allOrNone.length === 0) return [];
  const item = field.items && resolved(field.items, dataset);
  const [first] = [unique !== undefined && "unique", uniform.length > 0 && "uniform", "allOrNone"].filter(Boolean);
  if (item?.layout.kind !== "object")
    return [{ fault: `"${first}" needs items that are objects with described keys`, segments: [first as string] }];
  const object = item.layout;
  const keyed = [
    ...(unique === undefined ? [] : [{ key: unique, segments: ["unique"] }]),
    ...allOrNone.map((key, index) => ({ key, segments: ["allOrNone", index] })),
  ];
  return [
    ...keyed.flatMap(({ key, segments }) => missingKey(key, object, segments)),
    ...uniform.flatMap((symbol, index) => undeclared(symbol, object, ["uniform", index])),
  ];
}

function missingKey(key: string, { properties }: ObjectLayout, segments: Fault["segments"]): Fault[] {
  if (Object.hasOwn(properties, key)) return [];
  const near = didYouMean(key, Object.keys(properties));
  return [{ fault: `items have no property ${JSON.stringify(key)}${near}`, segments }];
}

function undeclared(symbol: string, { dims = {} }: ObjectLayout, segments: Fault["segments"]): Fault[] {
  if (Object.hasOwn(dims, symbol)) return [];
  const near = didYouMean(symbol, Object.keys(dims));
  return [{ fault: `items declare no symbol ${JSON.stringify(symbol)} in "dims"${near}`, segments }];
}

function objectFaults({ disjoint }: ObjectLayout): Fault[] {
  const fault = disjoint === undefined ? undefined : compileFault(disjoint);
  if (fault === undefined) return [];
  return [{ fault: `pattern ${JSON.stringify(disjoint)} does not compile: ${fault}`, segments: ["disjoint"] }];
}

function referenceFaults({ list, key }: References, schema: Field["schema"], dataset: Dataset): Fault[] {
  const root = resolved(dataset.root, dataset);
  const found = memberOf(root, list);
  const target = found && resolved(found, dataset);
  const item = target?.items && resolved(target.items, dataset);
  if (root.layout.kind !== "object" || !target)
    return [{ fault: `the root has no list ${JSON.stringify(list)}`, segments: ["references", "list"] }];
  if (item?.layout.kind !== "object")
    return [{ fault: `${JSON.stringify(list)} is no list of objects`, segments: ["references", "list"] }];
  const object = item.layout;
  const listed = Array.isArray((schema["references"] as Record<string, unknown>)["key"]);
  return key.flatMap((name, index) => missingKey(name, object, ["references", "key", ...(listed ? [index] : [])]));
}

/** Keys beside a value that must be there. */
function faultsBeside({ field, owner }: Visit, dataset: Dataset): Fault[] {
  const { layout } = field;
  const within = layout.kind === "array" ? layout.within : undefined;
  const named = [
    ...(layout.requires ?? []).map((key, index) => ({ key, segments: ["requires", index] })),
    ...(layout.recommends ?? []).map((key, index) => ({ key, segments: ["recommends", index] })),
    ...(within ? [{ key: within.key, segments: ["within", "key"] }] : []),
  ];
  return named.flatMap(({ key, segments }): Fault[] => {
    const [keyword] = segments;
    if (!owner) return [{ fault: `"${keyword}" names a key beside it, but elements of lists have none`, segments }];
    const found = memberOf(owner.field, key);
    const near = didYouMean(
      key,
      owner.field.properties.map((property) => property.key),
    );
    if (!found) return [{ fault: `"${keyword}" names ${JSON.stringify(key)}, which is not there${near}`, segments }];
    if (key === owner.key) return [{ fault: `"${keyword}" names the key itself`, segments }];
    const holds = keyword !== "within" || holdsLimits(resolved(found, dataset).layout, within?.elements);
    const what = within?.elements ? "no list of numbers" : "no number";
    return holds ? [] : [{ fault: `"within" names ${JSON.stringify(key)}, which is ${what}`, segments }];
  });
}

function holdsLimits(layout: FieldLayout, elements: readonly number[] | undefined): boolean {
  if (layout.kind === "any" || layout.kind === "choice") return true;
  if (elements) return layout.kind === "list" || layout.kind === "array";
  return layout.kind === "scalar" && layout.types.some((type) => type === "integer" || type === "number");
}
