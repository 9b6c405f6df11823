import { dereference } from "../../engine/resolve.js";
import type { Layout } from "../../layout/layout.js";
import { fileText, nameOfFrame } from "../frame-name.js";
import { type MotionBelow, type MotionLevel, type MotionMember, memberOf, sequenceForm } from "../plan.js";
import { MotionError, type MotionNotes } from "../report.js";
import { type Assembled, assemble, type Parts } from "./assemble.js";
import { DeferredList } from "./deferred.js";
import { PeopleWriter, type PersonValues } from "./people.js";
import { noteImages, noteInfo, type PlacedSequence, type SequencesWriting } from "./sequences.js";

/** Whether an object holds several sequences, without an object for each. */
export function holdsSequences(level: MotionLevel): boolean {
  const form = sequenceForm(level);
  return form === "rows" || form === "tables" || (form === "crowd" && templateOf(level)?.includes("{name}") === true);
}

function frameBelow({ below }: MotionLevel): MotionBelow | undefined {
  return below.find(({ level }) => level.part === "frame");
}

function templateOf(level: MotionLevel): string | undefined {
  const frames = frameBelow(level);
  return frames && memberOf(frames.level, "frame-name")?.mark.template;
}

/**
 * An object with an object for each frame, in which people are objects. Frames are made window by window when they are written.
 * Throws `MotionError` for a data set whose frames cannot be made.
 */
export async function crowdObject(writing: SequencesWriting): Promise<Assembled> {
  const { layout, level, matches, beside, sequences, notes, options } = writing;
  const frames = frameBelow(level);
  const people = frames?.level.below.find(({ level: own }) => own.part === "person");
  const [match] = matches.filter((one) => one.level === people?.level);
  if (!frames || !people || !match) throw new MotionError(`${layout.title} has no people that could be written`);
  const template = templateOf(level);
  for (const one of sequences) noteSequence({ frames, people, template }, one, notes);
  const writer = new PeopleWriter({ layout, level: people.level, match, quantities: beside.quantities });
  await writer.note(sequences, notes, options);
  const count = sequences.reduce((all, one) => all + one.frames, 0);
  const items = new DeferredList(count, async function* (): AsyncGenerator<Assembled, void, void> {
    for (const one of sequences) {
      for await (const window of writer.windows(one, options)) {
        for (let frame = 0; frame < window.frames; frame++) {
          const at = window.start + frame;
          const persons: Assembled[] = [];
          for (let place = 0; place < window.people; place++) {
            if (one.present[at * one.people + place] !== 1) continue;
            const id = isTracked(one) ? one.ids[place] : undefined;
            persons.push(personItem(layout, people.level, window.person(frame, place), id));
          }
          const number = one.first + at;
          const values: Parts["values"] = {
            "frame-number": number,
            "image-path": one.imagePaths?.[at],
            "image-id": one.imageIds?.[at],
            ...(template !== undefined && { "frame-name": nameOfFrame(template, one.name, number) }),
          };
          yield assemble(frames.level, { values, below: [{ keys: people.keys, value: persons }] });
        }
      }
    }
  });
  return assemble(level, { values: {}, below: [{ keys: frames.keys, value: items }] });
}

/** Whether the numbers or the places of people say who they are in all frames. */
function isTracked({ sequence, people }: PlacedSequence): boolean {
  return sequence.ids !== undefined || (sequence.tracked === true && people > 1);
}

function personItem(layout: Layout, level: MotionLevel, values: PersonValues, id: number | undefined): Assembled {
  const at = new Map<MotionMember, unknown>(values);
  const number = memberOf(level, "person-number");
  // A list with one number stands for it; -1 is for nobody's.
  if (number && dereference(layout, number.field).kind === "list") at.set(number, [id ?? -1]);
  else if (number && id !== undefined) at.set(number, id);
  return assemble(level, { values: {}, at });
}

function noteSequence(
  {
    frames,
    people,
    template,
  }: { readonly frames: MotionBelow; readonly people: MotionBelow; readonly template: string | undefined },
  one: PlacedSequence,
  notes: MotionNotes,
): void {
  const isNamed = template?.includes("{name}") === true;
  const { name, firstFrame, ...rest } = one.info;
  noteInfo(frames.level, { ...rest, ...(!isNamed && { name }), ...(template === undefined && { firstFrame }) }, notes);
  if (isNamed && name !== undefined && fileText(name) !== name)
    notes.add("approximated", "names of sequences, as those of files");
  if (one.imagePaths && !memberOf(frames.level, "image-path")) notes.add("lost", "paths of images", one.frames);
  noteImages(frames.level, one, notes);
  if (one.sequence.ids && !memberOf(people.level, "person-number"))
    notes.add("lost", "numbers of people; those of a frame are in order", one.ids.length);
}
