import type { Dataset, Field } from "../ir.js";
import { child } from "../load/pointer.js";
import type { Place } from "../load/problems.js";

/** What is known of a symbol in a scope: the only sizes allowed, if they are stated. */
export type Scope = ReadonlyMap<string, readonly number[] | undefined>;

/** The object whose key a field describes. */
export interface Owner {
  readonly field: Field;
  /** `undefined` when the field describes all keys of a pattern. */
  readonly key: string | undefined;
}

/** A field as met on one way from the root. */
export interface Visit {
  readonly field: Field;
  /** Symbols of the objects around it and of itself. */
  readonly scope: Scope;
  /** Symbols whose sizes these objects state. */
  readonly stated: ReadonlySet<string>;
  /** The nearest object around it; not for elements of lists. */
  readonly owner: Owner | undefined;
  /** The reference by which its part was entered, for messages. */
  readonly via: Place | undefined;
}

/** So many different surroundings are looked at. Schemas made by people have dozens; crafted ones could have billions. */
const MOST_SURROUNDINGS = 20_000;

export interface Visits {
  readonly visits: readonly Visit[];
  /** Whether all surroundings were looked at. */
  readonly complete: boolean;
}

/** Every field of a data set, parts once for each different surrounding they are referred to from. */
export function visitsOf(dataset: Dataset): Visits {
  const parts = new Map(dataset.defs.map(({ name, field }) => [name, field]));
  const entered = new Set<string>();
  const numbers = new Map<Field, number>();
  const found: Visit[] = [];
  // Parts wait their turn: references may lead deeper than the stack does.
  const waiting: Visit[] = [];

  const visit = (given: Visit): void => {
    const { field, owner } = given;
    const scope = within(field, given.scope);
    const here = { ...given, scope, stated: statedWithin(field, given.stated) };
    found.push(here);
    if (field.layout.kind === "ref") enter(field.layout.name, here);
    for (const branch of field.branches) visit({ ...here, field: branch, owner });
    for (const item of [...field.prefix, field.items]) {
      if (item) visit({ ...here, field: item, owner: undefined });
    }
    for (const property of field.properties)
      visit({ ...here, field: property.field, owner: { field, key: property.key } });
    for (const pattern of field.patterns) visit({ ...here, field: pattern.field, owner: { field, key: undefined } });
    if (field.additional) visit({ ...here, field: field.additional, owner: { field, key: undefined } });
  };
  const enter = (name: string, from: Visit): void => {
    const part = parts.get(name);
    const key = JSON.stringify([name, [...from.scope].sort(), [...from.stated].sort(), ownerKey(from.owner)]);
    if (!part || entered.has(key) || entered.size >= MOST_SURROUNDINGS) return;
    entered.add(key);
    waiting.push({ ...from, field: part, via: { file: from.field.file, pointer: from.field.pointer } });
  };
  const ownerKey = (owner: Owner | undefined): readonly unknown[] => {
    if (!owner) return [];
    const number = numbers.get(owner.field) ?? numbers.size;
    numbers.set(owner.field, number);
    return [number, owner.key ?? null];
  };

  visit({ field: dataset.root, scope: new Map(), stated: new Set(), owner: undefined, via: undefined });
  for (let next = waiting.shift(); next; next = waiting.shift()) visit(next);
  return { visits: found, complete: entered.size < MOST_SURROUNDINGS };
}

function within({ layout }: Field, scope: Scope): Scope {
  if (layout.kind !== "object" || !layout.dims) return scope;
  return new Map([...scope, ...Object.entries(layout.dims).map(([symbol, dim]) => [symbol, dim.size] as const)]);
}

function statedWithin({ layout }: Field, stated: ReadonlySet<string>): ReadonlySet<string> {
  if (layout.kind !== "object" || !layout.dims) return stated;
  const own = Object.entries(layout.dims);
  const saying = own.filter(([, { equals, size }]) => equals !== undefined || size?.length === 1);
  const outer = [...stated].filter((symbol) => !own.some(([name]) => name === symbol));
  return new Set([...outer, ...saying.map(([symbol]) => symbol)]);
}

/** The place of something inside a field's schema. */
export function inside(field: Field, ...segments: readonly (string | number)[]): Place {
  return { file: field.file, pointer: child(field.pointer, ...segments) };
}

/** The field that a reference stands for, through all references. */
export function resolved(field: Field, dataset: Dataset): Field {
  let current = field;
  for (let hops = 0; current.layout.kind === "ref" && hops < 100; hops++) {
    const { name } = current.layout;
    const part = dataset.defs.find((def) => def.name === name);
    if (!part) return current;
    current = part.field;
  }
  return current;
}

/** The field that describes `key` of an object: by name, by pattern, or as any other key. */
export function memberOf(object: Field, key: string): Field | undefined {
  const property = object.properties.find((candidate) => candidate.key === key);
  return property?.field ?? object.patterns.find(({ pattern }) => matches(pattern, key))?.field ?? object.additional;
}

function matches(pattern: string, key: string): boolean {
  try {
    return new RegExp(pattern, "u").test(key);
  } catch {
    // Said elsewhere; until it is mended the pattern may mean any key.
    return true;
  }
}
