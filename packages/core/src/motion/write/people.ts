import { dereference } from "../../engine/resolve.js";
import type { Layout, MotionChannel } from "../../layout/layout.js";
import type { WorkOptions } from "../../source/source.js";
import { channelsOf } from "../axes.js";
import { convertBoxes } from "../match/boxes.js";
import type { LayerMatch } from "../match/match.js";
import { everyWindow } from "../match/points.js";
import type { QuantityMatch } from "../match/quantities.js";
import { type MotionLevel, type MotionMember, memberOf } from "../plan.js";
import type { MotionNotes } from "../report.js";
import {
  type Extent,
  extentOf,
  listValues,
  type PointList,
  personOf,
  pointLists,
  type WrittenPerson,
} from "./person-lists.js";
import type { PlacedSequence } from "./sequences.js";
import { elementSize, rowsOf, type WrittenArray, writtenQuantity } from "./written.js";

interface PeopleWriting {
  readonly layout: Layout;
  /** What a person is. */
  readonly level: MotionLevel;
  readonly match: LayerMatch;
  readonly quantities: readonly QuantityMatch[];
}

/** What one person has, by members of its object. */
export type PersonValues = ReadonlyMap<MotionMember, unknown>;

/** The people of a window. */
export interface PeopleWindow {
  readonly start: number;
  readonly frames: number;
  readonly people: number;
  person(frame: number, place: number): PersonValues;
}

/** Makes an object of everybody in a frame: of the points, and of what stands beside or is told by them. */
export class PeopleWriter {
  readonly #layout: Layout;
  readonly #level: MotionLevel;
  readonly #match: LayerMatch;
  readonly #lists: readonly PointList[];
  readonly #arrays: readonly WrittenArray[];

  constructor({ layout, level, match, quantities }: PeopleWriting) {
    this.#layout = layout;
    this.#level = level;
    this.#match = match;
    this.#lists = pointLists(match);
    this.#arrays = quantities.filter(({ member }) => level.members.includes(member)).map(writtenQuantity);
  }

  /** Keypoints of the first list, which are those that a category names. */
  get listed(): number {
    return this.#lists[0]?.count ?? 0;
  }

  async *windows(one: PlacedSequence, options: WorkOptions): AsyncGenerator<PeopleWindow, void, void> {
    for await (const { person, ...window } of this.#windows(one, options))
      yield {
        ...window,
        person: (frame, place) => {
          const { points, stated } = person(frame, place);
          return new Map([...this.#pointValues(points), ...this.#besideValues(points, stated).at]);
        },
      };
  }

  /** Notes what nobody states of those who are there, and is reckoned when they are written. */
  async note(sequences: readonly PlacedSequence[], notes: MotionNotes, options: WorkOptions): Promise<void> {
    if (!this.#level.members.some(({ part }) => part === "box" || part === "score" || part === "extent-area")) return;
    for (const one of sequences)
      for await (const { start, frames, people, person } of this.#windows(one, options))
        for (let row = 0; row < frames * people; row++) {
          const [frame, place] = [Math.floor(row / people), row % people];
          if (one.present[(start + frame) * one.people + place] !== 1) continue;
          const { points, stated } = person(frame, place);
          for (const what of this.#besideValues(points, stated).reckoned) notes.add("derived", what);
        }
  }

  async *#windows(one: PlacedSequence, options: WorkOptions): AsyncGenerator<StatedWindow, void, void> {
    const match = this.#match;
    const keys = this.#arrays.flatMap(({ from }) => from);
    for await (const written of everyWindow(one, match, keys, options)) {
      const { window, frames, people } = written;
      const beside = this.#arrays.map((array) => ({ array, values: array.valuesIn(window) }));
      const person: StatedWindow["person"] = (frame, place) => {
        const row = frame * people + place;
        const stated = new Map<MotionMember, Float64Array>();
        for (const { array, values } of beside) {
          const size = elementSize(array);
          const own = values?.subarray(row * size, (row + 1) * size);
          if (own?.some((number) => number !== 0)) stated.set(array.member, own);
        }
        return { points: personOf(match, written, row), stated };
      };
      yield { start: window.start, frames, people, person };
    }
  }

  /** Lists of points, and confidences that say more than what is in these lists. */
  *#pointValues(person: WrittenPerson): Generator<readonly [MotionMember, unknown], void, void> {
    const match = this.#match;
    for (const list of this.#lists)
      if (list.count > 0 || list.member.mark.absent !== "left-out")
        yield [list.member, [...listValues(match, person, list)]];
    const { confidence } = person;
    const beside = match.from.hasConfidence ? match.beside : undefined;
    if (!beside || !confidence) return;
    const isTold = channelsOf(match.mark).confidence !== undefined;
    if (!isTold || confidence.some(isBetween)) yield [beside, [...confidence]];
  }

  /** What is stated beside the points, and what they tell where nobody states it. */
  #besideValues(points: WrittenPerson, stated: Stated["stated"]): Reckoning {
    const to: Reckoning = { at: new Map(), reckoned: [] };
    for (const array of this.#arrays) {
      const own = stated.get(array.member);
      if (own) to.at.set(array.member, this.#valueOf(array, own));
    }
    for (const member of this.#level.members) {
      const { part, mark } = member;
      if (to.at.has(member)) continue;
      if (part === "box") this.#reckonBox(member, points, to);
      else if (part === "score") this.#reckonScore(member, points, to);
      else if (part === "labelled" || part === "keypoint-count") {
        const count = this.#extent(mark.of, points)?.count;
        if (count !== undefined) to.at.set(member, part === "labelled" ? count > 0 : count);
      }
    }
    this.#reckonArea(to);
    return to;
  }

  /** How many of the points are labelled, and what is around them: of a list, or of all. Undefined for a list without any. */
  #extent(of: string | undefined, points: WrittenPerson): Extent | undefined {
    const list = of === undefined ? undefined : this.#lists.find(({ member }) => member.keys.at(-1) === of);
    if (of !== undefined && (!list || list.count === 0)) return undefined;
    return extentOf(this.#match.mark, list ? listValues(this.#match, points, list) : points.values);
  }

  #reckonBox(member: MotionMember, points: WrittenPerson, { at, reckoned }: Reckoning): void {
    const { of, which = "person", channels = [] } = member.mark;
    const extent = of === undefined && which !== "person" ? undefined : this.#extent(of, points);
    if (!extent) return;
    if (extent.count > 0)
      reckoned.push(`${which === "person" ? "boxes" : `boxes of the ${which}`}, as what is around keypoints`);
    at.set(member, [...convertBoxes(Float64Array.from(extent.box), SIDES, channels)]);
  }

  #reckonScore(member: MotionMember, { values }: WrittenPerson, { at, reckoned }: Reckoning): void {
    const { channels = [] } = this.#match.mark;
    const inside = channels.indexOf("confidence");
    if (inside < 0) return;
    const labelled = values.filter((one, index) => index % channels.length === inside && one > 0);
    reckoned.push("scores, as the mean confidence of the keypoints");
    at.set(member, labelled.reduce((sum, one) => sum + one, 0) / Math.max(1, labelled.length));
  }

  #reckonArea({ at, reckoned }: Reckoning): void {
    const area = memberOf(this.#level, "extent-area");
    const box = this.#level.members.find(({ part, mark }) => part === "box" && (mark.which ?? "person") === "person");
    const sides = box && (at.get(box) as Iterable<number> | undefined);
    if (!area || !sides || at.has(area)) return;
    const [left, top, width = 0, height = 0] = convertBoxes(Float64Array.from(sides), box.mark.channels ?? [], SIDES);
    if ([left, top, width, height].some((side) => side !== 0)) reckoned.push("areas, as those of boxes");
    at.set(area, width * height);
  }

  #valueOf(array: WrittenArray, own: Float64Array): unknown {
    const { kind } = dereference(this.#layout, array.member.field);
    if (kind === "scalar") return own[0];
    return kind === "list" ? [...own] : rowsOf(array, own, 1).slice(0);
  }
}

/** Points of somebody, and what is stated beside. */
interface Stated {
  readonly points: WrittenPerson;
  readonly stated: ReadonlyMap<MotionMember, Float64Array>;
}

interface StatedWindow extends Omit<PeopleWindow, "person"> {
  person(frame: number, place: number): Stated;
}

/** Values of a person, and what of them was reckoned, in words. */
interface Reckoning {
  readonly at: Map<MotionMember, unknown>;
  readonly reckoned: string[];
}

const SIDES: readonly MotionChannel[] = ["left", "top", "width", "height"];

/** Whether a confidence says more than a visibility can. */
function isBetween(confidence: number): boolean {
  return confidence !== 0 && confidence !== 0.5 && confidence !== 1;
}
