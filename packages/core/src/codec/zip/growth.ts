import { HARMLESS, MAX_GROWTH } from "../../source/allowance.js";
import type { ZipEntry } from "./entry.js";

type Sizes = Pick<ZipEntry, "size" | "compressedSize">;

/** Which contents of an archive may be in memory as a whole although they are far larger than their data. */
export class Growth {
  readonly #largest: number;

  /** Such contents may take twice the archive and what is harmless anyway, the smallest ones first. */
  constructor(entries: Iterable<Sizes>, archiveBytes: number) {
    let left = HARMLESS + 2 * archiveBytes;
    const sizes = [...entries].filter(isGrown).map(({ size }) => size);
    sizes.sort((a, b) => a - b);
    const tooMany = sizes.findIndex((size) => {
      left -= size;
      return left < 0;
    });
    this.#largest = tooMany < 0 ? Number.POSITIVE_INFINITY : (sizes[tooMany - 1] ?? 0);
  }

  allows(entry: Sizes): boolean {
    return !isGrown(entry) || entry.size <= this.#largest;
  }
}

function isGrown({ size, compressedSize }: Sizes): boolean {
  return size > MAX_GROWTH * compressedSize;
}
