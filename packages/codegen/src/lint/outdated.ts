import type { FieldLayout } from "@somakit/core/gen/v1";
import type { Dataset, Field } from "../ir.js";
import { didYouMean } from "../load/suggest.js";
import type { LintContext } from "./rule.js";
import { inside, memberOf, resolved } from "./walk.js";

/** What an outdated key becomes must be current keys beside it that may hold its value. */
export function lintOutdated(context: LintContext): void {
  const named = new Set<Field>();
  for (const object of context.fields) {
    for (const { key, field } of object.properties) {
      named.add(field);
      for (const [index, successor] of (field.layout.becomes ?? []).entries()) {
        const fault = faultOf(object, { key, field, successor }, context.dataset);
        if (fault !== undefined) context.problems.error(inside(field, "becomes", index), fault);
      }
    }
  }
  for (const field of context.fields) {
    if (field.layout.becomes && !named.has(field))
      context.problems.error(inside(field, "becomes"), "only a property can become another key");
  }
}

interface Succession {
  readonly key: string;
  readonly field: Field;
  readonly successor: string;
}

function faultOf(object: Field, { key, field, successor }: Succession, dataset: Dataset): string | undefined {
  const says = `"becomes" names ${JSON.stringify(successor)}`;
  if (successor === key) return `${says}, which is the outdated key itself`;
  const found = memberOf(object, successor);
  const keys = object.properties.map((property) => property.key);
  if (!found) return `${says}, which is not there${didYouMean(successor, keys)}`;
  if (found.deprecated) return `${says}, which is deprecated itself`;
  const [before, after] = [formsOf(field, dataset), formsOf(found, dataset)];
  if (before.some((one) => after.some((other) => alike(one, other)))) return undefined;
  return `${says}, which is another kind of value`;
}

/** What a value may be, through references and choices. */
function formsOf(field: Field, dataset: Dataset): FieldLayout[] {
  const target = resolved(field, dataset);
  if (target.layout.kind !== "choice") return [target.layout];
  return target.branches.flatMap((branch) => formsOf(branch, dataset));
}

function alike(a: FieldLayout, b: FieldLayout): boolean {
  if (a.kind === "any" || b.kind === "any") return true;
  if (a.kind === "array" && b.kind === "array") {
    return a.shape.length === b.shape.length || a.shape.includes("...") || b.shape.includes("...");
  }
  return a.kind === b.kind;
}
