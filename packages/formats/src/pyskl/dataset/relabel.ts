import type { Collection } from "@somakit/core";
import { FormatError } from "@somakit/core/errors";
import type { AnnotationAccessor } from "../pyskl.access.gen.js";

export interface RelabelOptions {
  /**
   * Clips of a class that has no new one: `error` (the default), `drop` leaves them out, `keep` leaves their class as it is.
   * Of a clip with several classes only the class is dropped, as long as another one is left.
   */
  readonly others?: "error" | "drop" | "keep" | undefined;
}

/** Clips without a label stay as they are. */
export async function relabelled<C extends Collection<AnnotationAccessor>>(
  clips: C,
  classes: ReadonlyMap<number, number> | ((label: number) => number | undefined),
  { others = "error" }: RelabelOptions = {},
): Promise<C> {
  const table = typeof classes === "function" ? classes : (label: number) => classes.get(label);
  const newClass = (label: number, path: string): number | undefined => {
    const found = table(label) ?? (others === "keep" ? label : undefined);
    if (found === undefined && others === "error")
      throw new FormatError("missing", `class ${label} has no new one`, { path });
    if (found !== undefined && !(Number.isSafeInteger(found) && found >= 0))
      throw new RangeError(`class ${label} cannot become ${found}: a class is a whole number from 0`);
    return found;
  };
  const labels = await clips.values("label");
  const renewed = labels.map((label, index) => {
    const path = `${clips.at(index).path}.label`;
    if (typeof label === "number") return newClass(label, path);
    if (!Array.isArray(label)) return label;
    const left = [...new Set(label.map((each) => newClass(Number(each), path)).filter((each) => each !== undefined))];
    return left.length > 0 || label.length === 0 ? left : undefined;
  });
  const kept = [...labels.keys()].filter((index) => renewed[index] !== undefined || labels[index] === undefined);
  const changed = await clips.edit((_, index) => {
    const label = renewed[index];
    return label === undefined || label === labels[index] ? undefined : { label };
  });
  return kept.length === labels.length ? changed : changed.select(kept);
}
