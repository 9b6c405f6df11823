import { sizeAlong } from "../engine/select/sizes.js";
import { isFormatError } from "../errors.js";
import { type DictContent, recordOf } from "./content.js";

/**
 * Finds the sizes that are not known in the first members that have them. A member that should have one and has not (an
 * object without the array that it requires) leaves it unknown, or is an error with `required`.
 */
export function inferSizes(content: DictContent, { required = false }: { readonly required?: boolean } = {}): void {
  const { rules, sizes } = content;
  for (const { symbol, key } of rules.sizes) {
    // Without ranges, the number of what they would describe is that of the positions.
    if (sizes.has(key) || (rules.ranges?.along === symbol && !content.items.has(rules.ranges.key))) continue;
    try {
      const size = sizeAlong(rules.layout, recordOf(content), symbol);
      if (size !== undefined) sizes.set(key, size);
    } catch (error) {
      if (required || !isFormatError(error)) throw error;
    }
  }
}
