import type { OpenFile } from "../../engine/open.js";
import { FormatError } from "../../errors.js";
import type { MotionLayer } from "../motion.js";
import { isPoints } from "../plan.js";
import { isGroup } from "./info.js";
import { itemsOf, type Place, wholeNumber } from "./place.js";
import { type Key, keyOf, type Row, rowOf, rowsOf, type Tables, type TablesOptions } from "./table-rows.js";
import { pathBelow } from "./unused.js";

/** What a category says of its members. */
interface Category {
  /** Names of their keypoints, where it lists any. */
  readonly names: Names | undefined;
  /** Whether it is what new files have: people. */
  readonly isPeople: boolean;
}

interface Names extends Pick<MotionLayer, "spelled"> {
  readonly names: readonly string[];
}

/** The categories by their ids. */
export async function categoriesOf(
  root: Place | OpenFile,
  tables: Tables,
  options: TablesOptions,
): Promise<ReadonlyMap<Key, Category>> {
  const all = new Map<Key, Category>();
  for await (const { reader } of rowsOf(root, tables.categories, options)) {
    const listed = itemsOf(await reader.value("keypoint-names")) ?? [];
    const isNamed = listed.length > 0 && listed.every((name) => typeof name === "string");
    const { spelled } = reader.member("keypoint-names")?.mark ?? {};
    all.set(keyOf(await reader.value("id")), {
      names: isNamed ? { names: listed as readonly string[], spelled } : undefined,
      isPeople: await reader.isAsNew(),
    });
  }
  return all;
}

/** What is known when people are given to frames. */
export interface Assigning {
  readonly frames: Map<Key, Row>;
  readonly categories: ReadonlyMap<Key, Category>;
  /** Categories of people who have points; filled. */
  readonly used: Set<Key>;
  /** Keys of all that people have; filled. */
  readonly keys: Set<string>;
}

/**
 * Gives everybody who has points to their frame; where nobody has any, those people who have a box. Groups are nobody, and what has
 * no points is no person. Throws `FormatError` `mismatch` for people whose frame there is not.
 */
export async function assignPeople(
  root: Place | OpenFile,
  tables: Tables,
  { frames, categories, used, keys: all }: Assigning,
  options: TablesOptions,
): Promise<void> {
  const { members } = tables.people.level;
  const path = pathBelow("", tables.people);
  const keysOf = (isOne: (member: (typeof members)[number]) => boolean): readonly (string | undefined)[] =>
    members.filter(isOne).map(({ keys }) => keys[0]);
  const points = keysOf(isPoints);
  const boxes = keysOf(({ part }) => part === "box");
  const without: { readonly row: Row; readonly person: Row["members"][number] | undefined }[] = [];
  let anyPoints = false;
  for await (const { place, reader } of rowsOf(root, tables.people, options)) {
    options.signal?.throwIfAborted();
    const { group, again } = place;
    const has = (keys: readonly (string | undefined)[]): boolean =>
      keys.some((key) => key !== undefined && group.keys.includes(key));
    const of = keyOf(await reader.value("of-frame"));
    const row = frames.get(of) ?? (tables.frames ? undefined : rowOf(undefined, { imageId: of }));
    if (has(points) && (!row || of === undefined))
      throw new FormatError("mismatch", `its frame, ${String(of)}, is not there`, { path: group.path });
    if (!row) continue;
    frames.set(of, row);
    for (const key of group.keys) all.add(key);
    if (await isGroup(place, tables.people.level, options)) {
      row.dropped.push(`${path}: groups of people`);
      continue;
    }
    const key = keyOf(await reader.value("of-category"));
    const category = categories.get(key);
    const id = wholeNumber(await reader.value("person-number"));
    const person = { open: again, id };
    if (has(points)) {
      anyPoints = true;
      if (category?.names) used.add(key);
      row.members.push(person);
    } else {
      const isPerson = has(boxes) && category?.isPeople !== false && (await reader.isAsNew());
      without.push({ row, person: isPerson ? person : undefined });
    }
  }
  for (const { row, person } of without)
    if (person && !anyPoints) row.members.push(person);
    else row.dropped.push(`${path}: things without keypoints`);
}

/** The names that all people's keypoints have. Throws `FormatError` for several kinds of them. */
export function namedOf({ categories, used }: Assigning, path: string): Names | undefined {
  const [first, ...others] = [...used].flatMap((key) => categories.get(key)?.names ?? []);
  const odd = others.find(({ names }) => names.join("\n") !== first?.names.join("\n"));
  if (!odd) return first;
  throw new FormatError("unsupported", "keypoints of several categories, which have other names each", { path });
}
