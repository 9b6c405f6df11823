import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import { memberPath } from "../../value/path.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { MotionInfo, MotionSequence } from "../motion.js";
import { isPoints, type MotionBelow, type MotionLevel, type MotionMember } from "../plan.js";
import { type CrowdFrame, type CrowdPerson, crowdSequence } from "./crowd.js";
import { itemsOf, memberAt, type Place, placeOf, placesBelow, readValue, wholeNumber } from "./place.js";
import { pathBelow, type Visit } from "./unused.js";

/** The lists of a file whose frames and people stand side by side. */
export interface Tables {
  readonly sequences: MotionBelow | undefined;
  readonly frames: MotionBelow;
  readonly people: MotionBelow;
  readonly categories: MotionBelow | undefined;
}

/** The lists of a level. Throws `TypeError` for one that has no frames. */
export function tablesOf({ below }: MotionLevel): Tables {
  const of = (part: MotionLevel["part"]): MotionBelow | undefined => below.find(({ level }) => level.part === part);
  const [frames, people] = [of("frame"), of("person")];
  if (!frames || !people) throw new TypeError("people refer to frames that the schema has not");
  return { sequences: of("sequence"), frames, people, categories: of("category") };
}

/** What a sequence is called by the frames that belong to it; none where frames belong to none. */
type Key = string | number | undefined;

interface Table {
  readonly key: Key;
  readonly info: MotionInfo;
  readonly frames: Row[];
}

interface Row extends CrowdFrame {
  /** Where people have what nothing is made of. */
  readonly dropped: string[];
  readonly members: { readonly open: () => Promise<Place>; readonly id: number | undefined }[];
}

interface TablesOptions extends WorkOptions {
  readonly visit?: Visit | undefined;
}

/**
 * The sequences of a file whose frames and people are lists side by side: frames that belong to no sequence are one. Numbers of
 * frames and people are held, points are not. Throws `FormatError` `mismatch` for people whose frame there is not.
 */
export async function* tableSequences(
  root: Place,
  level: MotionLevel,
  info: MotionInfo,
  options: TablesOptions,
): AsyncGenerator<MotionSequence, void, void> {
  const tables = tablesOf(level);
  const sequences = new Map<Key, Table>();
  for await (const { reader } of rowsOf(root, tables.sequences, options)) {
    const key = keyOf(await reader.value("id"));
    sequences.set(key, { key, info: { ...info, ...(await sequenceInfo(reader)) }, frames: [] });
  }
  const frames = await framesOf(root, tables, { sequences, info }, options);
  const names = await categoriesOf(root, tables, options);
  const used = new Set<Key>();
  await assignPeople(root, tables, { frames, names, used }, options);
  const named = namedOf(names, used, root.group.path);
  for (const { info: own, frames: rows } of sequences.values()) {
    if (rows.length === 0) continue;
    const ids = idsOf(rows);
    const dropped = rows.flatMap((row) => row.dropped);
    yield await crowdSequence(
      {
        info: own,
        frames: rows,
        level: tables.people.level,
        path: root.group.path,
        ids,
        named,
        dropped,
        hasImages: true,
      },
      { signal: options.signal },
    );
  }
}

/** Values of an object by the parts that they play. */
class RowReader {
  readonly #place: Place;
  readonly #level: MotionLevel;
  readonly #options: WorkOptions;

  constructor(place: Place, level: MotionLevel, options: WorkOptions) {
    this.#place = place;
    this.#level = level;
    this.#options = options;
  }

  member(part: MotionMember["part"]): MotionMember | undefined {
    return this.#level.members.find((member) => member.part === part && member.keys.length === 1);
  }

  async value(part: MotionMember["part"]): Promise<unknown> {
    const key = this.member(part)?.keys[0];
    const found = key === undefined ? undefined : await memberAt(this.#place, key, this.#options);
    if (!found) return undefined;
    if (found.node.kind === "scalar") return plain(found.node.value);
    return plain((await readValue(found, this.#options)) as Value);
  }
}

/** The objects of a list, which somebody wants to see. */
async function* rowsOf(
  root: Place,
  below: MotionBelow | undefined,
  { visit, ...options }: TablesOptions,
): AsyncGenerator<{ readonly place: Place; readonly reader: RowReader }, void, void> {
  if (!below) return;
  const path = pathBelow("", below);
  for await (const place of placesBelow(root, below, options)) {
    visit?.(place, below.level, path);
    yield { place, reader: new RowReader(place, below.level, options) };
  }
}

async function sequenceInfo(reader: RowReader): Promise<MotionInfo> {
  const name = await reader.value("name");
  const fps = await reader.value("fps");
  return { ...(typeof name === "string" && { name }), ...(typeof fps === "number" && fps > 0 && { fps }) };
}

function keyOf(value: unknown): Key {
  return typeof value === "string" ? value : wholeNumber(value);
}

/** The frames by their ids; those of sequences that nobody lists make one that is called by what they say. */
async function framesOf(
  root: Place,
  tables: Tables,
  { sequences, info }: { readonly sequences: Map<Key, Table>; readonly info: MotionInfo },
  options: TablesOptions,
): Promise<ReadonlyMap<Key, Row>> {
  const frames = new Map<Key, Row>();
  for await (const { reader, place } of rowsOf(root, tables.frames, options)) {
    options.signal?.throwIfAborted();
    const key = keyOf(await reader.value("of-sequence"));
    const sequence = sequences.get(key) ?? {
      key,
      info: { ...info, ...(key !== undefined && { name: String(key) }) },
      frames: [],
    };
    sequences.set(key, sequence);
    const [height, width] = [
      wholeNumber(await reader.value("image-height")),
      wholeNumber(await reader.value("image-width")),
    ];
    const imageSize = height === undefined || width === undefined ? undefined : ([height, width] as const);
    const path = await reader.value("image-path");
    const members: Row["members"] = [];
    const row: Row = {
      dropped: [],
      number: wholeNumber(await reader.value("frame-number")),
      imageSize,
      members,
      look: async () => {
        const people: CrowdPerson[] = [];
        for (const { open, id } of members) people.push({ place: await open(), id });
        return { people, imageSize, ...(typeof path === "string" && { imagePath: path }) };
      },
    };
    const id = keyOf(await reader.value("id"));
    if (id === undefined || frames.has(id))
      throw new FormatError("mismatch", id === undefined ? "it has no id" : `id ${id} comes twice`, {
        path: place.group.path,
      });
    frames.set(id, row);
    sequence.frames.push(row);
  }
  return frames;
}

/** The names of keypoints of each category that has any. */
async function categoriesOf(root: Place, tables: Tables, options: TablesOptions): Promise<ReadonlyMap<Key, Names>> {
  const all = new Map<Key, Names>();
  for await (const { reader } of rowsOf(root, tables.categories, options)) {
    const names = itemsOf(await reader.value("keypoint-names"));
    if (!names?.length || !names.every((name) => typeof name === "string")) continue;
    const { spelled } = reader.member("keypoint-names")?.mark ?? {};
    all.set(keyOf(await reader.value("id")), { names: names as readonly string[], spelled });
  }
  return all;
}

interface Names {
  readonly names: readonly string[];
  readonly spelled: MotionMember["mark"]["spelled"];
}

/** Gives everybody who has points to their frame. */
async function assignPeople(
  root: Place,
  { people }: Tables,
  found: { readonly frames: ReadonlyMap<Key, Row>; readonly names: ReadonlyMap<Key, Names>; readonly used: Set<Key> },
  options: TablesOptions,
): Promise<void> {
  const path = pathBelow("", people);
  const boxes = people.level.members.flatMap(({ part, keys }) => (part === "box" ? [keys[0] as string] : []));
  const points = people.level.members.filter((member) => isPoints(member));
  for await (const { place, reader } of rowsOf(root, people, options)) {
    options.signal?.throwIfAborted();
    if (!points.some(({ keys }) => place.group.keys.includes(keys[0] as string))) continue;
    const of = keyOf(await reader.value("of-frame"));
    const frame = found.frames.get(of);
    if (!frame) throw new FormatError("mismatch", `its frame, ${String(of)}, is not there`, { path: place.group.path });
    const category = keyOf(await reader.value("of-category"));
    if (found.names.has(category)) found.used.add(category);
    const number = wholeNumber(await reader.value("person-number"));
    const { file, object, group } = place;
    for (const key of boxes) if (place.group.keys.includes(key)) frame.dropped.push(memberPath(path, key));
    frame.members.push({ open: async () => placeOf(file, object, group, root), id: number });
  }
}

/** The names that all people's keypoints have. Throws `FormatError` for several kinds of them. */
function namedOf(all: ReadonlyMap<Key, Names>, used: ReadonlySet<Key>, path: string): Names | undefined {
  const [first, ...others] = [...used].map((key) => all.get(key) as Names);
  const odd = others.find(({ names }) => names.join("\n") !== first?.names.join("\n"));
  if (!odd) return first;
  throw new FormatError("unsupported", "keypoints of several categories, which have other names each", { path });
}

/** Numbers of all people of a sequence, if all have one and no frame has one twice. */
function idsOf(frames: readonly Row[]): readonly number[] | undefined {
  const ids = new Set<number>();
  for (const { members } of frames) {
    const own = new Set<number>();
    for (const { id } of members) {
      if (id === undefined || own.has(id)) return undefined;
      own.add(id);
      ids.add(id);
    }
  }
  return ids.size > 0 ? [...ids].sort((a, b) => a - b) : undefined;
}
