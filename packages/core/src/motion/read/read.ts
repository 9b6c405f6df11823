import { elsewhereKey, OtherFiles } from "../../engine/elsewhere.js";
import type { OpenFile } from "../../engine/open.js";
import { dereference } from "../../engine/resolve.js";
import { FormatError, isFormatError } from "../../errors.js";
import type { Folder, WorkOptions } from "../../source/source.js";
import type { GroupNode } from "../../tree/node.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { MotionInfo, MotionSequence, MotionSource, UnusedValues } from "../motion.js";
import { isPoints, type MotionLevel, memberOf, motionPlan, sequenceForm, sequenceWay } from "../plan.js";
import { MotionError } from "../report.js";
import { framedRows } from "../row-dims.js";
import { arraySequence, peopleSequence } from "./forms.js";
import { crowdSequences } from "./frame-files.js";
import { framesSequence } from "./frames.js";
import { infoOf, splitsByName } from "./info.js";
import { layersAt, textAt } from "./layer.js";
import { follow, type Place, placeOf, placesBelow, readValue } from "./place.js";
import { rowSequences } from "./rows.js";
import { tableSequences } from "./tables.js";
import { pathBelow, UnusedCounter, type Visit } from "./unused.js";

export interface OpenMotionOptions {
  /** The folder from which paths of other files start, in which a file leaves the points of its sequences. */
  readonly root?: Folder | undefined;
}

/**
 * The people of an open file, by what its schema marks. Sequences whose points are in other files are read from these where `root`
 * is given, and left out elsewhere. Throws `FormatError` `unsupported` for a data set whose schema marks nothing that people
 * have; sequences throw what reading throws, and `limit` for more frames than can be looked at.
 */
export function openMotion(file: OpenFile, { root }: OpenMotionOptions = {}): MotionSource {
  const level = motionPlan(file.layout);
  if (!level) throw new FormatError("unsupported", `${file.layout.title} says of nothing that it is people who move`);
  return new FileMotion(file, level, root && new OtherFiles(root, file.container));
}

/** What is known of a file that is a list. */
const NOTHING: MotionInfo = {};

class FileMotion implements MotionSource {
  readonly #file: OpenFile;
  readonly #level: MotionLevel;
  readonly #unused: UnusedCounter;
  #counted = false;
  #splits: readonly string[] = [];
  readonly #others: OtherFiles | undefined;
  readonly #elsewhere = new Map<string, string>();

  constructor(file: OpenFile, level: MotionLevel, others: OtherFiles | undefined) {
    this.#file = file;
    this.#level = level;
    this.#others = others;
    this.#unused = new UnusedCounter(file.layout, level);
  }

  get unused(): UnusedValues {
    return this.#unused.counts;
  }

  get elsewhere(): MotionSource["elsewhere"] {
    const [path] = this.#elsewhere.values();
    return path === undefined ? undefined : { sequences: this.#elsewhere.size, path };
  }

  get splits(): readonly string[] {
    return this.#splits;
  }

  async *sequences(options: WorkOptions = {}): AsyncGenerator<MotionSequence, void, void> {
    const visit = this.#counted ? undefined : this.#unused.visit;
    this.#counted = true;
    const file = this.#file;
    const root = this.#rootPlace();
    const way = sequenceWay(this.#level);
    if (root) visit?.(root, this.#level, "");
    if (!way) {
      if (root) yield* this.#sequencesOf(root, this.#level, "", visit, options);
      else if (sequenceForm(this.#level) === "tables")
        yield* tableSequences(file, this.#level, NOTHING, { ...options, visit });
      return;
    }
    const splits = await this.#namesBySplit(root, options);
    const path = pathBelow("", way);
    for await (const place of placesBelow(root ?? file, way, options)) {
      visit?.(place, way.level, path);
      for await (const sequence of this.#sequencesOf(place, way.level, path, visit, options)) {
        const names = sequence.info.name === undefined ? undefined : splits.get(sequence.info.name);
        yield names ? { ...sequence, info: { ...sequence.info, splits: names } } : sequence;
      }
    }
  }

  async *#sequencesOf(
    given: Place,
    level: MotionLevel,
    path: string,
    visit: Visit | undefined,
    options: WorkOptions,
  ): AsyncGenerator<MotionSequence, void, void> {
    const place = await this.#whole(given, level, options);
    const form = sequenceForm(level);
    const below = visit && { visit, path };
    const info: MotionInfo = await infoOf(place, level, options);
    if (form === "tables") yield* tableSequences(place, level, info, { ...options, visit });
    else if (form === "crowd") yield* crowdSequences(place, level, info, { ...options, below });
    else if (form === "rows") yield* rowSequences(place, level, info, options);
    else if (form === "people") yield await peopleSequence(place, level, info, { ...options, below });
    else if (form === "frames") yield await framesSequence(place, level, info, { ...options, below });
    else if (await hasFramedRows(place, level, options)) yield* rowSequences(place, level, info, options);
    else yield* arraySequence(place, level, info, options);
  }

  /** An object with what another file has of it. */
  async #whole(place: Place, { members }: MotionLevel, options: WorkOptions): Promise<Place> {
    const { object, group, file } = place;
    const said = elsewhereKey(object);
    if (!said) return place;
    const [path, name] = [await textAt(place, said.key, options), await textAt(place, said.entry, options)];
    if (path === undefined || name === undefined) return place;
    if (this.#others) return placeOf(file, object, await this.#joined(group, { path, name, object }, options), place);
    const isThere = members.some((member) => isPoints(member) && group.keys.includes(member.keys[0] as string));
    if (!isThere) this.#elsewhere.set(group.path, path);
    return place;
  }

  async #joined(own: GroupNode, said: Parameters<OtherFiles["whole"]>[1], options: WorkOptions): Promise<GroupNode> {
    try {
      return (await this.#others?.whole(own, said, options)) ?? own;
    } catch (error) {
      if (!isFormatError(error, "missing")) throw error;
      throw new MotionError(`the keypoints of ${said.name} should be in ${said.path}: ${error.reason}`, "root");
    }
  }

  #rootPlace(): Place | undefined {
    const { layout, root } = this.#file;
    const object = dereference(layout, layout.root);
    return object.kind === "object" && root.kind === "group" ? placeOf(this.#file, object, root) : undefined;
  }

  async #namesBySplit(root: Place | undefined, options: WorkOptions): Promise<ReadonlyMap<string, readonly string[]>> {
    const member = memberOf(this.#level, "split");
    const found = root && member && (await follow(root, member.keys, options));
    const value = found && plain((await readValue(found, options)) as Value);
    if (typeof value !== "object" || value === null) return new Map();
    this.#splits = Object.keys(value);
    return splitsByName(value);
  }
}

/** Whether the points of an object are rows that tell their frames. */
async function hasFramedRows(place: Place, level: MotionLevel, options: WorkOptions): Promise<boolean> {
  const framed = framedRows(place.object);
  if (!framed || !place.group.keys.includes(framed.key)) return false;
  return (await layersAt(place, level, options)).some(({ isRows }) => isRows);
}
