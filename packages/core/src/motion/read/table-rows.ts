import type { OpenFile } from "../../engine/open.js";
import { presentName } from "../../engine/resolve.js";
import type { WorkOptions } from "../../source/source.js";
import { plain } from "../../value/plain.js";
import type { Value } from "../../value/value.js";
import type { ImageId } from "../motion.js";
import type { MotionBelow, MotionLevel, MotionMember } from "../plan.js";
import type { CrowdFrame, CrowdLook, CrowdPerson } from "./crowd.js";
import { type ListedPlace, memberAt, type Place, placesBelow, readValue, wholeNumber } from "./place.js";
import { pathBelow, type Visit } from "./unused.js";

/** The lists of a file whose frames and people stand side by side. */
export interface Tables {
  readonly sequences: MotionBelow | undefined;
  /** Undefined where frames are only known by the people who refer to them. */
  readonly frames: MotionBelow | undefined;
  readonly people: MotionBelow;
  readonly categories: MotionBelow | undefined;
}

/** The lists of a level. Throws `TypeError` for one that has no people. */
export function tablesOf({ below }: MotionLevel): Tables {
  const of = (part: MotionLevel["part"]): MotionBelow | undefined => below.find(({ level }) => level.part === part);
  const people = of("person");
  if (!people) throw new TypeError("there are no people in the schema");
  return { sequences: of("sequence"), frames: of("frame"), people, categories: of("category") };
}

/** What a sequence is called by the frames that belong to it; none where frames belong to none. */
export type Key = ImageId | undefined;

/** A frame, and who is in it. */
export interface Row extends CrowdFrame {
  /** Where people have what nothing is made of. */
  readonly dropped: string[];
  readonly members: { readonly open: ListedPlace["again"]; readonly id: number | undefined }[];
}

export interface TablesOptions extends WorkOptions {
  readonly visit?: Visit | undefined;
}

/** Values of an object by the parts that they play. */
export class RowReader {
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
    const member = this.member(part);
    return member && this.#valueOf(member);
  }

  /** Whether all constants that are there are what new files have. */
  async isAsNew(): Promise<boolean> {
    for (const member of this.#level.members) {
      if (member.part !== "constant" || member.keys.length > 1) continue;
      const value = await this.#valueOf(member);
      if (value !== undefined && JSON.stringify(value) !== JSON.stringify(member.mark.value)) return false;
    }
    return true;
  }

  async #valueOf({ keys: [key], field }: MotionMember): Promise<unknown> {
    const { group } = this.#place;
    // What is there already takes no waiting; there may be hundreds of thousands of them.
    const name = key === undefined ? undefined : presentName(field, key, group.keys);
    const now = name === undefined ? null : group.valueNow?.(name);
    if (now === null) return undefined;
    if (now !== undefined) return plain(now);
    const found = key === undefined ? undefined : await memberAt(this.#place, key, this.#options);
    if (!found) return undefined;
    if (found.node.kind === "scalar") return plain(found.node.value);
    return plain((await readValue(found, this.#options)) as Value);
  }
}

/** The objects of a list, which somebody wants to see. */
export async function* rowsOf(
  root: Place | OpenFile,
  below: MotionBelow | undefined,
  { visit, ...options }: TablesOptions,
): AsyncGenerator<{ readonly place: ListedPlace; readonly reader: RowReader }, void, void> {
  if (!below) return;
  const path = pathBelow("", below);
  for await (const place of placesBelow(root, below, options)) {
    visit?.(place, below.level, path);
    yield { place, reader: new RowReader(place, below.level, options) };
  }
}

export function keyOf(value: unknown): Key {
  return typeof value === "string" ? value : wholeNumber(value);
}

/** A frame that nobody is in as yet. */
export function rowOf(number: number | undefined, image: Omit<CrowdLook, "people">): Row {
  const members: Row["members"] = [];
  return {
    dropped: [],
    number,
    imageSize: image.imageSize,
    members,
    look: async (options) => {
      const people: CrowdPerson[] = [];
      for (const { open, id } of members) people.push({ place: await open(options), id });
      return { people, ...image };
    },
  };
}
