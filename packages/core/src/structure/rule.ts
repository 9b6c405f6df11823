import type { StructureSchema } from "./schema.js";
import type { Trace } from "./trace.js";

/**
 * A schema, or a keyword of one, made ready: whether `value` keeps it. With a trace everything that breaks it is noted
 * there; without one the first thing that does ends the check, and places are not kept, which most checks need no more than.
 */
export type Rule<T = unknown> = (value: T, trace: Trace | undefined) => boolean;

/** Makes the rule of a schema that stands at the pointer `at`; undefined where everything passes. */
export type MakeRule = (schema: StructureSchema, at: string) => Rule | undefined;

/** Several rules as one: undefined where there are none. All are checked as long as there is a trace. */
export function every<T>(rules: readonly (Rule<T> | undefined)[]): Rule<T> | undefined {
  const kept = rules.filter((rule) => rule !== undefined);
  const [first, second] = kept;
  if (second === undefined) return first;
  return (value, trace) => {
    let fits = true;
    for (let index = 0; index < kept.length; index++) {
      if ((kept[index] as Rule<T>)(value, trace)) continue;
      if (trace === undefined) return false;
      fits = false;
    }
    return fits;
  };
}

/** A step of a JSON pointer. */
export function step(key: string): string {
  return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
