import { define } from "../../engine/defaults.js";
import { type WriteOptions, writeNode } from "../../engine/write.js";
import { FormatError } from "../../errors.js";
import type { Layout } from "../../layout/layout.js";
import type { FolderSink, Sink } from "../../source/source.js";
import { allCameras } from "../match/carry.js";
import { type LayerMatch, type MatchOptions, matchLayers } from "../match/match.js";
import { commonLayers, type SurveyedSequence, surveyMotion } from "../match/survey.js";
import type { MotionSource } from "../motion.js";
import { type MotionLevel, memberOf, motionPlan, sequenceForm, sequenceWay } from "../plan.js";
import { MotionError, type MotionNote, MotionNotes } from "../report.js";
import { type Assembled, assemble } from "./assemble.js";
import { type BesidePoints, matchBeside } from "./beside.js";
import { crowdObject, holdsSequences } from "./crowd.js";
import { deferredTree } from "./deferred.js";
import { writeFrames } from "./frames.js";
import { rowsObject } from "./rows.js";
import { noteImages, type PlacedSequence, sequenceObject, sizesOf } from "./sequences.js";
import { tablesObject } from "./tables.js";
import { rootNames } from "./target.js";

export interface WriteMotionOptions extends WriteOptions, MatchOptions {
  /** Only the sequence of this name, or at this position: for targets that hold one. */
  readonly sequence?: string | number | undefined;
  /** What sequences are called that have no name, with a number behind it. Default: `sequence`. */
  readonly name?: string | undefined;
  /** Frames per second, where the source says nothing. */
  readonly fps?: number | undefined;
  /** Height and width of the images in pixels, where the source says nothing. */
  readonly imageSize?: readonly [height: number, width: number] | undefined;
}

/** What a conversion writes, and what it loses or makes up. */
export interface MotionReport {
  readonly sequences: number;
  readonly frames: number;
  readonly layers: readonly {
    readonly from: string;
    readonly to: string;
    readonly points: number;
    readonly convention?: string | undefined;
  }[];
  /** Boxes and parameters of body models, and where they come to be. */
  readonly quantities: readonly { readonly from: string; readonly to: string }[];
  /** What was lost, approximated and invented, in this order. */
  readonly notes: readonly MotionNote[];
}

/** What a conversion would do, and the way to do it. */
export interface MotionConversion {
  readonly report: MotionReport;
  /**
   * Writes the file, and commits the sink or aborts it. No more than a window of the source is in memory for rows and records, a
   * sequence of it for clips and shots, beside what the container keeps.
   */
  write(sink: Sink | FolderSink): Promise<void>;
}

/**
 * Plans the conversion of a source to another data set, which takes one pass through all frames. Throws `MotionError` for a
 * conversion that cannot be right: with `settledBy`, the option that would settle it. Throws `FormatError` `unsupported` for a
 * data set whose schema marks nothing that people have.
 */
export async function convertMotion(
  source: MotionSource,
  layout: Layout,
  options: WriteMotionOptions,
): Promise<MotionConversion> {
  const level = motionPlan(layout);
  if (!level) throw new FormatError("unsupported", `${layout.title} says of nothing that it is people who move`);
  const notes = new MotionNotes();
  const surveyed = await surveyMotion(source, options);
  const layers = commonLayers(surveyed);
  const target = { layout, level, cameras: allCameras(surveyed) };
  const matches = await matchLayers(target, layers, options, notes);
  const beside = matchBeside({ layout, level }, surveyed, matches, options, notes);
  if (matches.length + beside.quantities.length === 0)
    throw new MotionError(`${layout.title} has no place for anything that the file has of people`, "form");
  for (const [path, count] of source.unused) notes.add("lost", path, count);
  const sequences = place(level, surveyed, options, notes);
  if (!memberOf(level, "split"))
    notes.add("lost", "splits that sequences are in", sequences.filter(({ info }) => info.splits).length);
  const way = sequenceWay(level);
  const own = way?.level ?? level;
  if (sequences.length > 1 && !way?.list && !holdsSequences(own))
    throw new MotionError(`${layout.title} holds one sequence, and there are ${sequences.length}`, "sequence");
  const form = sequenceForm(own);
  const value =
    form === "frames"
      ? undefined
      : form === "tables"
        ? await tablesObject({ layout, level, matches, beside, sequences, notes, options })
        : await fileValue(level, matches, { layout, beside, sequences, splits: source.splits ?? [], options }, notes);
  const report: MotionReport = {
    sequences: sequences.length,
    frames: sequences.reduce((all, { frames }) => all + frames, 0),
    layers: matches.map(({ from, member, points, convention }) => ({
      from: from.key,
      to: member.keys.join("."),
      points,
      ...(convention !== undefined && { convention }),
    })),
    quantities: beside.quantities.map(({ from, member }) => ({ from: from.key, to: member.keys.join(".") })),
    get notes() {
      return notes.all;
    },
  };
  return {
    report,
    write: async (sink) => {
      if (value !== undefined) return writeNode(layout, sink, deferredTree(value), { ...options, form: "stored" });
      await writeFrames(layout, own, sink as Sink, { matches, beside }, sequences[0] as PlacedSequence, notes, options);
    },
  };
}

/** Names and first frames of all sequences, made up where the target has to have them. */
function place(
  level: MotionLevel,
  surveyed: readonly SurveyedSequence[],
  options: WriteMotionOptions,
  notes: MotionNotes,
): readonly PlacedSequence[] {
  const own = sequenceWay(level)?.level ?? level;
  const follows = memberOf(own, "first-frame") !== undefined && surveyed.length > 1;
  const overlap = follows && surveyed.some((one, at) => at > 0 && (one.info.firstFrame ?? 0) < endOf(surveyed[at - 1]));
  if (overlap) notes.once("invented", "numbers of frames, one sequence after the other", surveyed.length);
  const names = new Set<string>();
  let next = 0;
  const alone = surveyed.length === 1 && sequenceForm(own) === "crowd";
  return surveyed.map((one, position) => {
    const first = overlap ? next : (one.info.firstFrame ?? 0);
    next = first + one.frames;
    const info = options.fps === undefined ? one.info : { fps: options.fps, ...one.info };
    return {
      ...one,
      info,
      position,
      first,
      name: nameFor(one, { position, alone, taken: names, level: own }, options, notes),
    };
  });
}

function endOf(one: SurveyedSequence | undefined): number {
  return one ? (one.info.firstFrame ?? 0) + one.frames : 0;
}

function nameFor(
  { info }: SurveyedSequence,
  {
    position,
    alone,
    taken,
    level,
  }: {
    readonly position: number;
    readonly alone: boolean;
    readonly taken: Set<string>;
    readonly level: MotionLevel;
  },
  options: WriteMotionOptions,
  notes: MotionNotes,
): string {
  const base = options.name ?? "sequence";
  const stated = info.name ?? (alone ? base : `${base}_${String(info.number ?? position).padStart(4, "0")}`);
  let name = stated;
  for (let copy = 2; taken.has(name); copy++) name = `${stated}_${copy}`;
  taken.add(name);
  const member = memberOf(level, "name");
  const written = member && (!member.rowwise || position > 0);
  if (name !== info.name && written) notes.add("invented", "names of sequences");
  return name;
}

interface WrittenSequences {
  readonly layout: Layout;
  readonly beside: BesidePoints;
  readonly sequences: readonly PlacedSequence[];
  /** Names of splits in the order of the source. */
  readonly splits: readonly string[];
  readonly options: WriteMotionOptions;
}

/** The root of the file. */
async function fileValue(
  level: MotionLevel,
  matches: readonly LayerMatch[],
  written: WrittenSequences,
  notes: MotionNotes,
): Promise<unknown> {
  const { sequences } = written;
  const way = sequenceWay(level);
  const own = way?.level ?? level;
  if (sequenceForm(own) === "rows") return rowsObject(own, matches, written.beside, sequences, notes);
  if (sequenceForm(own) === "crowd" && !way) return crowdObject({ ...written, level: own, matches, notes });
  const objects = sequences.map((sequence) => sequenceObject(own, matches, written.beside, sequence, notes));
  for (const one of sequences) {
    if (one.imagePaths) notes.add("lost", "paths of images", one.frames);
    noteImages(own, one, notes);
  }
  for (const { sequence, ids } of sequences)
    if (sequence.ids && sequenceForm(own) !== "people") notes.add("lost", "numbers of people", ids.length);
  if (!way) return objects[0];
  const value: unknown = way.list ? objects : objects[0];
  if (!level.object) return value;
  return fileObject(level, { keys: way.keys, value }, matches, written);
}

function fileObject(
  level: MotionLevel,
  below: { readonly keys: readonly string[]; readonly value: unknown },
  matches: readonly LayerMatch[],
  { sequences, splits: order }: WrittenSequences,
): Assembled {
  const splits: Record<string, string[]> = {};
  for (const split of order) define(splits, split, []);
  for (const { info, name } of sequences) {
    for (const split of info.splits ?? []) splits[split]?.push(name) ?? define(splits, split, [name]);
  }
  return assemble(level, {
    values: { split: splits },
    below: [below],
    sizes: sizesOf(matches),
    more: rootNames(matches),
  });
}
