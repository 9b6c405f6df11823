import { type Voice, withoutMask } from "./assign.js";
import { type DictContent, refusal } from "./content.js";
import {
  lostRows,
  type Mask,
  maskAt,
  type Packing,
  packed,
  packingOf,
  packings,
  unpacked,
  verifyRank,
} from "./packing.js";

/**
 * Packs all arrays that have masks in the schema. Returns how many of their rows along the packed axes held something
 * and are gone. Nothing has changed when it throws.
 */
export function packAll(content: DictContent, voice: Voice): number {
  const { rules } = content;
  if (rules.packed === undefined) throw new TypeError(`${rules.layout.title} has nothing that is packed`);
  if (content.packed) throw refusal(rules, "encoding", rules.packed, "arrays are packed already");
  let lost = 0;
  const results = maskedArrays(content, voice, "pack").map(({ packing, mask }) => {
    verifyRank(content, packing);
    const array = packed(rules, packing, mask);
    const dropped = lostRows(packing, mask);
    lost += dropped;
    return { packing, array, dropped };
  });
  for (const { packing, array, dropped } of results) {
    content.items.set(packing.key, array);
    const message = `${packing.key}: ${dropped} rows that are not zero were left out, as ${packing.mask} says`;
    if (dropped > 0) voice.log({ level: "info", key: packing.key, message });
  }
  content.packed = true;
  return lost;
}

/** Undoes the packing. Nothing has changed when it throws. */
export function unpackAll(content: DictContent, voice: Voice): void {
  const { rules } = content;
  if (rules.packed === undefined) throw new TypeError(`${rules.layout.title} has nothing that is packed`);
  if (!content.packed) throw refusal(rules, "encoding", rules.packed, "arrays are not packed");
  const results = maskedArrays(content, voice, "unpack").map(
    ({ packing, mask }) => [packing.key, unpacked(rules, packing, mask)] as const,
  );
  for (const [key, array] of results) content.items.set(key, array);
  content.packed = false;
}

function maskedArrays(
  content: DictContent,
  voice: Voice,
  doing: "pack" | "unpack",
): readonly { readonly packing: Packing; readonly mask: Mask }[] {
  return packings(content).map((packing) => {
    const mask = maskAt(content, packing.mask);
    if (!mask) throw withoutMask(content, voice, packing, doing);
    return { packing, mask };
  });
}

/** The packings of the arrays under `keys`, all there are when left out. Throws `IssueError` for a key that has none. */
export function packingsOf(content: DictContent, keys: readonly string[] | undefined): readonly Packing[] {
  if (!keys) return packings(content);
  return keys.map((key) => {
    const packing = packingOf(content.rules, key, content.items.get(key));
    if (packing) return packing;
    if (!content.items.has(key)) throw refusal(content.rules, "missing", key, "there is no such value");
    throw refusal(content.rules, "type", key, "no array that a mask could be made for");
  });
}

/** The value as users hold it: unpacked when it is packed and its mask is there. */
export function logicalValue(content: DictContent, key: string, stored: unknown): unknown {
  const packing = content.packed ? packingOf(content.rules, key, stored) : undefined;
  const mask = packing && maskAt(content, packing.mask);
  return packing && mask ? unpacked(content.rules, packing, mask) : stored;
}
