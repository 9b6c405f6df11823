import type { OpenFile } from "../../engine/open.js";
import { FormatError } from "../../errors.js";
import type { MotionInfo, MotionSequence } from "../motion.js";
import type { MotionLevel } from "../plan.js";
import { crowdSequence } from "./crowd.js";
import { type Place, wholeNumber } from "./place.js";
import { assignPeople, categoriesOf, namedOf } from "./table-people.js";
import {
  type Key,
  keyOf,
  type Row,
  type RowReader,
  rowOf,
  rowsOf,
  type Tables,
  type TablesOptions,
  tablesOf,
} from "./table-rows.js";
import { WindowStore } from "./window-store.js";

interface Table {
  readonly key: Key;
  readonly info: MotionInfo;
  readonly frames: Row[];
}

/**
 * The sequences of a file whose frames and people are lists side by side: frames that belong to no sequence are one. Without a list of
 * frames these are what people refer to, in the order in which they come up. Numbers of frames and people are held, points are not.
 * Throws `FormatError` `mismatch` for people whose frame there is not.
 */
export async function* tableSequences(
  root: Place | OpenFile,
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
  const categories = await categoriesOf(root, tables, options);
  const assigning = { frames, categories, used: new Set<Key>(), keys: new Set<string>() };
  await assignPeople(root, tables, assigning, options);
  if (!tables.frames) sequences.set(undefined, { key: undefined, info, frames: [...frames.values()] });
  const path = "group" in root ? root.group.path : "";
  const named = namedOf(assigning, path);
  const store = new WindowStore();
  for (const { info: own, frames: rows } of sequences.values()) {
    if (rows.length === 0) continue;
    const ids = idsOf(rows);
    const dropped = rows.flatMap((row) => row.dropped);
    yield await crowdSequence(
      { info: own, frames: rows, level: tables.people.level, path, ids, named, dropped, keys: assigning.keys, store },
      { signal: options.signal },
    );
  }
}

async function sequenceInfo(reader: RowReader): Promise<MotionInfo> {
  const name = await reader.value("name");
  const fps = await reader.value("fps");
  return { ...(typeof name === "string" && { name }), ...(typeof fps === "number" && fps > 0 && { fps }) };
}

/** The frames by their ids; those of sequences that nobody lists make one that is called by what they say. */
async function framesOf(
  root: Place | OpenFile,
  tables: Tables,
  { sequences, info }: { readonly sequences: Map<Key, Table>; readonly info: MotionInfo },
  options: TablesOptions,
): Promise<Map<Key, Row>> {
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
    const id = keyOf(await reader.value("id"));
    const row = rowOf(wholeNumber(await reader.value("frame-number")), {
      imageId: id,
      imageSize,
      ...(typeof path === "string" && { imagePath: path }),
    });
    if (id === undefined || frames.has(id))
      throw new FormatError("mismatch", id === undefined ? "it has no id" : `id ${id} comes twice`, {
        path: place.group.path,
      });
    frames.set(id, row);
    sequence.frames.push(row);
  }
  return frames;
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
