import type { ArrayLayout, AxisSize } from "@somakit/core/gen/v1";
import type { Field } from "../ir.js";
import { isWhole } from "./kinds.js";
import type { LintContext } from "./rule.js";
import { isSymbol } from "./symbols.js";
import { inside, resolved } from "./walk.js";

/** `follows` needs a value whose first axis may have several sizes, `ranges` an array of first and last positions. */
export function lintFollows({ fields, dataset, problems }: LintContext): void {
  for (const field of fields) {
    const reason = field.layout.follows && whyNothingFollows(resolved(field, dataset));
    if (reason !== undefined) problems.error(inside(field, "follows"), `"follows" has no effect: ${reason}`);
    if (field.layout.kind !== "array" || field.layout.ranges === undefined) continue;
    for (const { fault, segments } of rangeFaults(field.layout, field.layout.ranges))
      problems.error(inside(field, ...segments), fault);
  }
}

/** Why the first axis of a value follows no symbol; `undefined` when it may. */
function whyNothingFollows({ layout, items }: Field): string | undefined {
  switch (layout.kind) {
    case "array":
      return fixedAxis(layout.shape[0]);
    case "sparse":
      return "the shape of a sparse array states all sizes";
    case "list":
      if (layout.items === false && !items) return `the list never has more than ${layout.prefix.length} items`;
      return layout.length === undefined ? undefined : fixedAxis(layout.length);
    case "scalar":
      return "a scalar has no axes";
    case "object":
      return "the keys of this object are described; say it of its members";
    case "choice":
      return "there are several forms; say it of each";
    case "any":
    case "ref":
      return undefined;
  }
}

function fixedAxis(size: AxisSize | undefined): string | undefined {
  if (size === undefined) return "an array without axes has no items";
  return typeof size === "number" ? `there are always ${size} items` : undefined;
}

interface Fault {
  readonly fault: string;
  readonly segments: readonly string[];
}

function rangeFaults({ shape, dtype }: ArrayLayout, ranges: string): Fault[] {
  const [of, two] = shape;
  const faults: Fault[] = [];
  if (shape.length !== 2 || of === undefined || !isSymbol(of) || two !== 2) {
    const found = `[${shape.join(", ")}]`;
    faults.push({ fault: `"ranges" needs the shape [symbol, 2], not ${found}`, segments: ["ndarray", "shape"] });
  } else if (of === ranges) {
    const fault = `"ranges" needs another symbol than ${JSON.stringify(of)}, whose items have the ranges`;
    faults.push({ fault, segments: ["ranges"] });
  }
  const odd = dtype.find((name) => !isWhole(name));
  if (odd !== undefined)
    faults.push({ fault: `"ranges" needs whole numbers, which ${odd} does not hold`, segments: ["ndarray", "dtype"] });
  return faults;
}
