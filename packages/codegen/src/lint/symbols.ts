import type { AxisSize } from "@somakit/core/gen/v1";
import type { Field } from "../ir.js";
import { didYouMean } from "../load/suggest.js";
import type { LintContext } from "./rule.js";
import { inside } from "./walk.js";

/** Every symbol must be declared by an object around its use, on every way that leads there. */
export function lintSymbols({ visits, problems }: LintContext): void {
  for (const { field, scope, via } of visits) {
    for (const { size, segments } of uses(field)) {
      if (!isSymbol(size) || scope.has(size)) continue;
      const known = scope.size === 0 ? "" : didYouMean(size, scope.keys());
      const way = via ? `, where ${via.file}#${via.pointer} refers to it` : "";
      const hint = `declare it in "dims" of an object around it${way}`;
      problems.error(inside(field, ...segments), `symbol ${JSON.stringify(size)} is not declared${known}`, hint);
    }
  }
}

export function isSymbol(size: AxisSize): size is string {
  return typeof size === "string" && size !== "*" && size !== "...";
}

interface Use {
  readonly size: AxisSize;
  readonly segments: readonly (string | number)[];
}

function uses(field: Field): Use[] {
  return [...usesOfSizes(field), ...usesBeside(field)];
}

/** Symbols that keywords beside the shape name. */
function usesBeside({ layout, schema }: Field): Use[] {
  const { follows = [] } = layout;
  const listed = Array.isArray(schema["follows"]);
  const followed = follows.map((size, index) => ({ size, segments: ["follows", ...(listed ? [index] : [])] }));
  const ranges = layout.kind === "array" && layout.ranges !== undefined;
  return ranges ? [...followed, { size: layout.ranges, segments: ["ranges"] }] : followed;
}

function usesOfSizes({ layout }: Field): Use[] {
  if (layout.kind === "list") return layout.length === undefined ? [] : [{ size: layout.length, segments: ["length"] }];
  if (layout.kind === "sparse") return usesIn(layout.shape, "sparse", "shape");
  if (layout.kind !== "array") return [];
  const old = (layout.legacy ?? []).flatMap(({ shape = [] }, index) => usesIn(shape, "legacy", index, "shape"));
  return [...usesIn(layout.shape, "ndarray", "shape"), ...old];
}

function usesIn(shape: readonly AxisSize[], ...segments: readonly (string | number)[]): Use[] {
  return shape.map((size, index) => ({ size, segments: [...segments, index] }));
}
