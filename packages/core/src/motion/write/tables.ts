import type { Convention } from "../../conventions/convention.js";
import { dereference } from "../../engine/resolve.js";
import { borrowLimbs } from "../../picture/limbs.js";
import { nameOfFrame } from "../frame-name.js";
import type { LayerMatch } from "../match/match.js";
import { spelledNames } from "../match/source-convention.js";
import { placesTaken } from "../match/survey.js";
import type { ImageId } from "../motion.js";
import { type MotionLevel, memberOf } from "../plan.js";
import { type Tables, tablesOf } from "../read/table-rows.js";
import { MotionError } from "../report.js";
import { type Assembled, assemble, type Parts } from "./assemble.js";
import { DeferredList } from "./deferred.js";
import { PeopleWriter } from "./people.js";
import { emptyFrames, isCounted, noteInfo, type PlacedSequence, type SequencesWriting } from "./sequences.js";
import type { WriteMotionOptions } from "./write.js";

/** Names of images that nobody names. */
const IMAGES = "{name}/{frame:6}.jpg";

/**
 * A file whose frames and people are lists side by side, or the list of people alone. Frames keep the ids of their images, or are
 * numbered from 1 on in the order of the sequences, as people are; these are made window by window when they are written. Throws
 * `MotionError` where nobody says how large images are.
 */
export async function tablesObject(writing: SequencesWriting): Promise<Assembled | DeferredList> {
  const { layout, level, matches, beside, sequences, notes } = writing;
  const tables = tablesOf(level);
  const [match] = matches.filter((one) => one.level === tables.people.level);
  if (!match) throw new MotionError("there are no keypoints that could be written", "form");
  const isListed = tables.sequences !== undefined && needsSequences(sequences);
  for (const one of sequences) {
    noteInfo(
      tables.sequences && isListed ? tables.sequences.level : { ...level, members: [] },
      { ...one.info, imageSize: undefined, firstFrame: undefined },
      notes,
    );
    if (!memberOf(tables.people.level, "person-number") && one.sequence.ids)
      notes.add("lost", "numbers of people; those of a frame are in order", one.ids.length);
    const size = tables.frames === undefined && (one.info.imageSize ?? one.imageSizes);
    if (size) notes.add("lost", "sizes of images", one.frames);
    if (!tables.frames && one.imagePaths) notes.add("lost", "paths of images", one.frames);
    const empty = tables.frames ? 0 : emptyFrames(one);
    notes.add("lost", "frames with nobody", empty);
  }
  const writer = new PeopleWriter({ layout, level: tables.people.level, match, quantities: beside.quantities });
  await writer.note(sequences, notes, writing.options);
  const ids = frameIds(tables, writing);
  const people = peopleList(tables.people.level, writer, ids, writing);
  if (!level.object) return people;
  const below = [
    ...(isListed && tables.sequences
      ? [{ keys: tables.sequences.keys, value: sequences.map((one) => sequenceItem(tables, one)) }]
      : []),
    ...(tables.frames
      ? [{ keys: tables.frames.keys, value: framesList(tables.frames.level, ids, writing, isListed) }]
      : []),
    { keys: tables.people.keys, value: people },
    ...(tables.categories
      ? [
          {
            keys: tables.categories.keys,
            value: [await categoryItem(tables.categories.level, match, writer.listed, writing)],
          },
        ]
      : []),
  ];
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
  level: MotionLevel,
  ids: readonly ImageId[],
  { sequences, notes, options }: SequencesWriting,
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
    let next = 0;
    for (const one of sequences) {
      const isNumbered = isListed || one.info.firstFrame !== undefined;
      for (let frame = 0; frame < one.frames; frame++) {
        const [height, width] = sized ? sizeOf(one, frame, options) : [];
        const values: Parts["values"] = {
          id: ids[next++],
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
  level: MotionLevel,
  writer: PeopleWriter,
  ids: readonly ImageId[],
  writing: SequencesWriting,
): DeferredList {
  const { sequences, options } = writing;
  return new DeferredList(peopleOf(sequences), async function* () {
    let [id, before] = [0, 0];
    for (const one of sequences) {
      const isTracked = one.sequence.ids !== undefined || (one.sequence.tracked === true && one.people > 1);
      for await (const { start, frames, people, person } of writer.windows(one, options)) {
        for (let row = 0; row < frames * people; row++) {
          const [frame, place] = [start + Math.floor(row / people), row % people];
          if (one.present[frame * one.people + place] !== 1) continue;
          const values: Parts["values"] = {
            id: ++id,
            "of-frame": ids[before + frame],
            "of-category": 1,
            ...(isTracked && { "person-number": one.ids[place] }),
          };
          yield assemble(level, { values, at: person(frame - start, place) });
        }
      }
      before += one.frames;
    }
  });
}

/**
 * The numbers or texts by which frames are known: those of the source where no two frames have the same, with numbers above them for
 * frames that have none; else numbers from 1 on.
 */
function frameIds({ frames, people }: Tables, { layout, sequences, notes }: SequencesWriting): readonly ImageId[] {
  const stated = sequences.flatMap((one) => Array.from({ length: one.frames }, (_, frame) => one.imageIds?.[frame]));
  const member = frames ? memberOf(frames.level, "id") : memberOf(people.level, "of-frame");
  const field = member && dereference(layout, member.field);
  const takesText = field?.kind === "scalar" && field.types.includes("string");
  const ids = stated.map((id) => (takesText ? id : numberOf(id)));
  const said = stated.filter((id) => id !== undefined).length;
  const known = ids.filter((id) => id !== undefined);
  const isKept = known.length === said && new Set(known).size === said;
  if (!isKept) notes.add("lost", "ids of images", isCounted(stated) ? 0 : said);
  let next = 0;
  for (const id of isKept ? known : []) if (typeof id === "number") next = Math.max(next, id);
  return ids.map((id) => (isKept ? id : undefined) ?? ++next);
}

/** The whole number that an id is, also as text. */
function numberOf(id: ImageId | undefined): number | undefined {
  if (typeof id !== "string") return id;
  const number = Number(id);
  return Number.isSafeInteger(number) && String(number) === id ? number : undefined;
}

/** What people are: the names of their keypoints, and the lines between these. */
async function categoryItem(
  level: MotionLevel,
  match: LayerMatch,
  listed: number,
  { options }: SequencesWriting,
): Promise<Assembled> {
  const whole = match.mapping?.to;
  // Keypoints of other lists go without names.
  const convention = whole && { ...whole, keypoints: whole.keypoints.slice(0, listed) };
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
  const lines = limbs
    .flatMap(({ edges }) => edges.map(([from, to]) => [at.get(from) ?? 0, at.get(to) ?? 0] as const))
    .filter(([from, to]) => from > 0 && to > 0);
  return lines.length > 0 ? lines : undefined;
}
