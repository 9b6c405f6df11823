import { asGroup } from "../../engine/decode.js";
import type { WorkOptions } from "../../source/source.js";
import { frameNames } from "../frame-name.js";
import type { MotionInfo, MotionSequence } from "../motion.js";
import { leadsToFrames, type MotionBelow, type MotionLevel, memberOf } from "../plan.js";
import { camerasAt } from "./cameras.js";
import { type CrowdFrame, type CrowdLook, type CrowdPerson, crowdSequence } from "./crowd.js";
import { isGroup, partValue } from "./info.js";
import { follow, itemsOf, type Place, placeOf, placesBelow, wholeNumber } from "./place.js";
import { pathBelow, type Visit } from "./unused.js";

interface CrowdOptions extends WorkOptions {
  /** Who wants to see the objects below, and where their parent is. */
  readonly below?: { readonly visit: Visit; readonly path: string } | undefined;
}

/**
 * The sequences of an object that has an object for each frame, in which people are objects, or which is a person itself.
 * Frames whose names say so belong to several. Only names are looked at before the first frame is wanted.
 */
export async function* crowdSequences(
  place: Place,
  level: MotionLevel,
  info: MotionInfo,
  { below: seen, ...options }: CrowdOptions,
): AsyncGenerator<MotionSequence, void, void> {
  const way = level.below.find(leadsToFrames) as MotionBelow;
  const looking = new Looking(way, seen);
  const template = memberOf(looking.frame, "frame-name")?.mark.template;
  const parsed = template === undefined ? undefined : frameNames(template);
  const runs = new Map<string | undefined, CrowdFrame[]>();
  for await (const { open, name, said } of framesBelow(place, way, { names: [], number: undefined }, options)) {
    const stated = name === undefined ? undefined : parsed?.(name);
    const sequence = stated?.name ?? (said.names.length > 0 ? said.names.join("/") : undefined);
    const frames = runs.get(sequence) ?? [];
    runs.set(sequence, frames);
    frames.push({ number: stated?.frame ?? said.number, look: async (how) => looking.look(await open(how), how) });
  }
  for (const [name, frames] of runs) {
    const crowd = {
      info: { ...info, ...(name !== undefined && { name }) },
      frames,
      level: looking.person,
      path: place.group.path,
      ids: await idsOf(frames, options),
    };
    yield await crowdSequence(crowd, options);
  }
}

/** What groups say of the frames in them, outermost first. */
interface Said {
  /** Of the sequence: that of a scene, that of a camera. */
  readonly names: readonly string[];
  readonly number: number | undefined;
}

interface UnopenedFrame {
  readonly name: string | undefined;
  readonly said: Said;
  open(options: WorkOptions): Promise<Place>;
}

/** The frames of a place, also those in groups, without opening them. */
async function* framesBelow(
  place: Place,
  way: MotionBelow,
  said: Said,
  options: WorkOptions,
): AsyncGenerator<UnopenedFrame, void, void> {
  const inner = way.level.part === "group" ? way.level.below.find(leadsToFrames) : undefined;
  if (inner) {
    for await (const group of placesBelow(place, way, options)) {
      const name = await partValue(group, way.level, "name", options);
      const number = wholeNumber(await partValue(group, way.level, "frame-number", options));
      const names = typeof name === "string" ? [...said.names, name] : said.names;
      yield* framesBelow(group, inner, { names, number: number ?? said.number }, options);
    }
    return;
  }
  const { object } = way.level;
  const found = await follow(place, way.keys, options);
  if (!found || !object) return;
  const { node } = found;
  const { file } = place;
  if (node.kind !== "list") {
    yield {
      name: undefined,
      said,
      open: async (how) => placeOf(file, object, await asGroup({ options: how }, node), place),
    };
    return;
  }
  const isNamed = memberOf(way.level, "name")?.field.place?.kind === "name";
  for (let index = 0; index < node.length; index++) {
    const name = node.nameAt?.(index);
    yield {
      name,
      said: isNamed && name !== undefined ? { ...said, names: [...said.names, name] } : said,
      open: async (how) => placeOf(file, object, await asGroup({ options: how }, await node.child(index, how)), place),
    };
  }
}

/** How frames are looked at, and who is told of what lies in them. */
class Looking {
  readonly frame: MotionLevel;
  readonly person: MotionLevel;
  readonly #people: MotionBelow | undefined;
  readonly #seen: CrowdOptions["below"];
  readonly #path: string;
  readonly #visited = new Set<string>();

  constructor(way: MotionBelow, seen: CrowdOptions["below"]) {
    let inner = way;
    let path = pathBelow(seen?.path ?? "", way);
    for (
      let next: MotionBelow | undefined = way;
      next;
      next = inner.level.part === "group" ? inner.level.below.find(leadsToFrames) : undefined
    ) {
      if (next !== way) path = pathBelow(path, next);
      inner = next;
    }
    this.frame = inner.level;
    this.#people = this.frame.below.find(({ level }) => level.part === "person");
    this.person = this.#people?.level ?? this.frame;
    this.#seen = seen;
    this.#path = path;
  }

  async look(frame: Place, options: WorkOptions): Promise<CrowdLook> {
    const isNew = this.#seen !== undefined && !this.#visited.has(frame.group.path);
    if (isNew) {
      this.#visited.add(frame.group.path);
      this.#seen?.visit(frame, this.frame, this.#path);
    }
    const people: CrowdPerson[] = [];
    if (!this.#people) people.push({ place: frame, id: undefined });
    else {
      const path = pathBelow(this.#path, this.#people);
      for await (const place of placesBelow(frame, this.#people, options)) {
        if (isNew) this.#seen?.visit(place, this.person, path);
        if (await isGroup(place, this.person, options)) continue;
        people.push({ place, id: await personId(place, this.person, options) });
      }
    }
    const camera = (await camerasAt(frame, this.frame, undefined, options))?.cameras;
    return { people, ...(camera && "parts" in camera && { camera }), ...(await imageOf(frame, this.frame, options)) };
  }
}

/** The path and the size of the image of a frame, as far as it has them. */
async function imageOf(
  frame: Place,
  level: MotionLevel,
  options: WorkOptions,
): Promise<Pick<CrowdLook, "imagePath" | "imageSize">> {
  const stated = await partValue(frame, level, "image-path", options);
  const path = typeof stated === "string" ? stated : imageFile(frame);
  const height = wholeNumber(await partValue(frame, level, "image-height", options));
  const width = wholeNumber(await partValue(frame, level, "image-width", options));
  return {
    ...(path !== undefined && { imagePath: path }),
    ...(height !== undefined && width !== undefined && { imageSize: [height, width] as const }),
  };
}

/** The first file of a frame that the schema says is its image. */
function imageFile({ object, group }: Place): string | undefined {
  for (const { pattern, field } of object.patterns) {
    if (field.motion?.part !== "image-path") continue;
    const expression = new RegExp(pattern, "u");
    const [first] = group.keys.filter((key) => expression.test(key)).sort();
    if (first !== undefined) return group.placeOf?.(first) ?? first;
  }
  return undefined;
}

/** The number of a person; undefined for none, and for one below 0. */
async function personId(place: Place, level: MotionLevel, options: WorkOptions): Promise<number | undefined> {
  const value = await partValue(place, level, "person-number", options);
  const number = wholeNumber(itemsOf(value)?.[0] ?? value);
  return number === undefined || number < 0 ? undefined : number;
}

/** The numbers of everybody in any frame, if all have one and no frame has one twice. Looks no further than it must. */
async function idsOf(frames: readonly CrowdFrame[], options: WorkOptions): Promise<readonly number[] | undefined> {
  const ids = new Set<number>();
  for (const frame of frames) {
    options.signal?.throwIfAborted();
    const { people } = await frame.look(options);
    const own = people.map(({ id }) => id);
    if (own.includes(undefined) || new Set(own).size < own.length) return undefined;
    for (const id of own) ids.add(id as number);
  }
  return ids.size > 0 ? [...ids].sort((a, b) => a - b) : undefined;
}
