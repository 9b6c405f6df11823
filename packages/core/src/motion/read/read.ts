import type { OpenFile } from "../../engine/open.js";
import { dereference } from "../../engine/resolve.js";
import { FormatError } from "../../errors.js";
import type { WorkOptions } from "../../source/source.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { MotionInfo, MotionSequence, MotionSource, UnusedValues } from "../motion.js";
import { type MotionLevel, memberOf, motionPlan, sequenceForm, sequenceWay } from "../plan.js";
import { arraySequence, peopleSequence } from "./forms.js";
import { crowdSequences } from "./frame-files.js";
import { framesSequence } from "./frames.js";
import { infoOf, splitsByName } from "./info.js";
import { follow, type Place, placeOf, placesBelow, readValue } from "./place.js";
import { rowSequences } from "./rows.js";
import { tableSequences } from "./tables.js";
import { pathBelow, UnusedCounter, type Visit } from "./unused.js";

/**
 * The people of an open file, by what its schema marks. Throws `FormatError` `unsupported` for a data set whose schema marks no
 * keypoints and no vertices; sequences throw what reading throws, and `limit` for more frames than can be looked at.
 */
export function openMotion(file: OpenFile): MotionSource {
  const level = motionPlan(file.layout);
  if (!level) throw new FormatError("unsupported", `${file.layout.title} says of nothing that it is people who move`);
  return new FileMotion(file, level);
}

class FileMotion implements MotionSource {
  readonly #file: OpenFile;
  readonly #level: MotionLevel;
  readonly #unused: UnusedCounter;
  #counted = false;
  #splits: readonly string[] = [];

  constructor(file: OpenFile, level: MotionLevel) {
    this.#file = file;
    this.#level = level;
    this.#unused = new UnusedCounter(file.layout, level);
  }

  get unused(): UnusedValues {
    return this.#unused.counts;
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
    place: Place,
    level: MotionLevel,
    path: string,
    visit: Visit | undefined,
    options: WorkOptions,
  ): AsyncGenerator<MotionSequence, void, void> {
    const form = sequenceForm(level);
    const below = visit && { visit, path };
    const info: MotionInfo = await infoOf(place, level, options);
    if (form === "tables") yield* tableSequences(place, level, info, { ...options, visit });
    else if (form === "crowd") yield* crowdSequences(place, level, info, { ...options, below });
    else if (form === "rows") yield* rowSequences(place, level, info, options);
    else if (form === "people") yield await peopleSequence(place, level, info, { ...options, below });
    else if (form === "frames") yield await framesSequence(place, level, info, { ...options, below });
    else yield* arraySequence(place, level, info, options);
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
