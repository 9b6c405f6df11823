import type { Convention } from "../../conventions/convention.js";
import { borrowLimbs } from "../../picture/limbs.js";
import { nameOfFrame } from "../frame-name.js";
import type { LayerMatch } from "../match/match.js";
import { everyWindow } from "../match/points.js";
import { spelledNames } from "../match/source-convention.js";
import { placesTaken } from "../match/survey.js";
import { type MotionLevel, type MotionMember, memberOf } from "../plan.js";
import { type Tables, tablesOf } from "../read/tables.js";
import { MotionError, type MotionNotes } from "../report.js";
import { type Assembled, assemble, type Parts } from "./assemble.js";
import { DeferredList } from "./deferred.js";
import { extentOf, personLists, personOf } from "./person-lists.js";
import { noteInfo, type PlacedSequence } from "./sequences.js";
import type { WriteMotionOptions } from "./write.js";

/** Names of images that nobody names. */
const IMAGES = "{name}/{frame:6}.jpg";

interface TablesWriting {
  readonly level: MotionLevel;
  readonly matches: readonly LayerMatch[];
  readonly sequences: readonly PlacedSequence[];
  readonly notes: MotionNotes;
  readonly options: WriteMotionOptions;
}

/**
 * A file whose frames and people are lists side by side. Frames are numbered from 1 on in the order of the sequences, and so are
 * people; these are made window by window when they are written. Throws `MotionError` where nobody says how large images are.
 */
export async function tablesObject(writing: TablesWriting): Promise<Assembled> {
  const { level, matches, sequences, notes } = writing;
  const tables = tablesOf(level);
  const [match] = matches.filter((one) => one.level === tables.people.level);
  if (!match) throw new MotionError("there are no keypoints that could be written");
  const isListed = tables.sequences !== undefined && needsSequences(sequences);
  for (const one of sequences) {
    noteInfo(
      tables.sequences && isListed ? tables.sequences.level : { ...level, members: [] },
      { ...one.info, imageSize: undefined, firstFrame: undefined },
      notes,
    );
    if (!memberOf(tables.people.level, "person-number") && one.sequence.ids)
      notes.add("lost", "numbers of people; those of a frame are in order", one.ids.length);
  }
  const below = [
    ...(isListed && tables.sequences
      ? [{ keys: tables.sequences.keys, value: sequences.map((one) => sequenceItem(tables, one)) }]
      : []),
    { keys: tables.frames.keys, value: framesList(tables, writing, isListed) },
    { keys: tables.people.keys, value: peopleList(tables, match, writing) },
    ...(tables.categories
      ? [{ keys: tables.categories.keys, value: [await categoryItem(tables.categories.level, match, writing)] }]
      : []),
  ];
  if (memberOf(tables.people.level, "box"))
    notes.once("invented", "boxes, as what is around keypoints", peopleOf(sequences));
  return assemble(level, { values: {}, below });
}

function peopleOf(sequences: readonly PlacedSequence[]): number {
  return sequences.reduce((all, one) => all + placesTaken(one), 0);
}

/** Whether something is said of sequences, so that they have to be told apart. */
function needsSequences(sequences: readonly PlacedSequence[]): boolean {
  return sequences.length > 1 || sequences.some(({ info }) => info.name !== undefined || info.fps !== undefined);
}

function sequenceItem({ sequences }: Tables, { position, name, info }: PlacedSequence): Assembled {
  const { fps } = info;
  const values: Parts["values"] = { id: position + 1, name, ...(fps !== undefined && { fps }) };
  return assemble((sequences as NonNullable<Tables["sequences"]>).level, { values });
}

/** All frames, whoever is there. */
function framesList(
  { frames: { level } }: Tables,
  { sequences, notes, options }: TablesWriting,
  isListed: boolean,
): DeferredList {
  const sized = memberOf(level, "image-width") !== undefined || memberOf(level, "image-size") !== undefined;
  let unnamed = 0;
  for (const one of sequences) {
    for (let frame = 0; sized && frame < one.frames; frame++) sizeOf(one, frame, options);
    unnamed += one.frames - (one.imagePaths?.filter((path) => path !== undefined).length ?? 0);
  }
  if (memberOf(level, "image-path")) notes.add("invented", "names of images", unnamed);
  const count = sequences.reduce((all, { frames }) => all + frames, 0);
  return new DeferredList(count, async function* () {
    let id = 0;
    for (const one of sequences) {
      const isNumbered = isListed || one.info.firstFrame !== undefined;
      for (let frame = 0; frame < one.frames; frame++) {
        const [height, width] = sized ? sizeOf(one, frame, options) : [];
        const values: Parts["values"] = {
          id: ++id,
          "image-path": one.imagePaths?.[frame] ?? nameOfFrame(IMAGES, one.name, one.first + frame),
          ...(sized && { "image-height": height, "image-width": width, "image-size": [height, width] }),
          ...(isListed && { "of-sequence": one.position + 1 }),
          ...(isNumbered && { "frame-number": one.first + frame }),
        };
        yield assemble(level, { values });
      }
    }
  });
}

function sizeOf(one: PlacedSequence, frame: number, options: WriteMotionOptions): readonly [number, number] {
  const size = one.imageSizes?.[frame] ?? one.info.imageSize ?? options.imageSize;
  if (size) return size;
  throw new MotionError("nothing says how large the images are, which is written with each of them", "imageSize");
}

/** Everybody in each frame. */
function peopleList(
  { people: { level } }: Tables,
  match: LayerMatch,
  { sequences, options }: TablesWriting,
): DeferredList {
  const beside = match.from.hasConfidence ? match.beside : undefined;
  return new DeferredList(peopleOf(sequences), async function* () {
    let [id, frames] = [0, 0];
    for (const one of sequences) {
      const isTracked = one.sequence.ids !== undefined || (one.sequence.tracked === true && one.people > 1);
      for await (const written of everyWindow(one, match, options)) {
        for (let row = 0; row < written.frames * written.people; row++) {
          const [frame, place] = [written.window.start + Math.floor(row / written.people), row % written.people];
          if (one.present[frame * one.people + place] !== 1) continue;
          const person = personOf(match, written, row);
          const { count, box } = extentOf(match.mark, person);
          const at = new Map<MotionMember, unknown>(personLists(match, person));
          if (beside && person.confidence?.some(isBetween)) at.set(beside, [...person.confidence]);
          const values: Parts["values"] = {
            id: ++id,
            "of-frame": frames + frame + 1,
            "of-category": 1,
            ...(isTracked && { "person-number": one.ids[place] }),
            "keypoint-count": count,
            box: [...box],
            "extent-area": box[2] * box[3],
          };
          yield assemble(level, { values, at });
        }
      }
      frames += one.frames;
    }
  });
}

/** Whether a confidence says more than a visibility can. */
function isBetween(confidence: number): boolean {
  return confidence !== 0 && confidence !== 0.5 && confidence !== 1;
}

/** What people are: the names of their keypoints, and the lines between these. */
async function categoryItem(level: MotionLevel, match: LayerMatch, { options }: TablesWriting): Promise<Assembled> {
  const convention = match.mapping?.to;
  const names = memberOf(level, "keypoint-names");
  const values: Parts["values"] = {
    id: 1,
    ...(convention && { "keypoint-names": [...spelledNames(convention, names?.mark.spelled)] }),
    ...(convention && { "keypoint-lines": await linesOf(convention, match, options) }),
  };
  return assemble(level, { values });
}

/** Pairs of keypoints that a line joins, counted from 1; undefined where nobody says any. */
async function linesOf(
  convention: Convention,
  match: LayerMatch,
  { conventions }: WriteMotionOptions,
): Promise<readonly (readonly [number, number])[] | undefined> {
  const lenders: Convention[] = [];
  for (const name of convention.limbs.length > 0 ? [] : (match.mark.conventions ?? [])) {
    const lender = await conventions(name);
    if (lender) lenders.push(lender);
  }
  const { limbs } = borrowLimbs(convention, lenders);
  const at = new Map(convention.keypoints.map(({ name }, index) => [name, index + 1]));
  const lines = limbs.flatMap(({ edges }) => edges.map(([from, to]) => [at.get(from) ?? 0, at.get(to) ?? 0] as const));
  return lines.length > 0 ? lines : undefined;
}
