import type { Convention, FormatError, NdArray } from "@somakit/core";
import {
  borrowLimbs,
  contactSheet,
  type Drawable,
  type Drawn,
  drawDrawable,
  type FoundDrawables,
  findDrawables,
  writePicture,
} from "@somakit/core/picture";
import { parsePath } from "@somakit/core/value";
import { findConvention } from "../convention-text.js";
import { type Dataset, withDataset } from "../dataset.js";
import { EXIT, OptionError, UsageError } from "../failure.js";
import { AS, FORCE, handlingOf, workOptions } from "../handling.js";
import { targetPath, verifyFree, type Written, writeFiles } from "../output.js";
import { countLabel } from "../print/amount.js";
import { jsonPieces } from "../print/json.js";
import { printWritten } from "../print/written.js";
import { chosenFrames, RENDER_OPTIONS, type RenderChoices, renderChoices } from "./render-options.js";
import { type Context, FILES, textArgument, textOption, type Verb } from "./verb.js";

export const render: Verb = {
  name: "render",
  summary: "Draw people, points or images of a file, as SVG or PNG",
  details: [
    "What can be drawn is what the schema says of it: keypoints with the lines of their convention, vertices as points, images. Of several things the first of these is taken: images (all of them, side by side), vertices, keypoints in an image, keypoints in space; --member takes another one.",
    "Frames that are not drawn are not read where the file allows that. Keypoints that are not there are left out: those that are NaN, infinite, not sure enough, or stored as zeros. Where the convention of the keypoints says nothing about lines, those of another one are taken whose keypoints have the same names.",
  ],
  arguments: [FILES],
  batch: "each",
  ending: async () => ".svg",
  options: [...RENDER_OPTIONS, AS, FORCE],
  examples: [
    ["somakit render poses.npz -o poses.svg", "the first frame"],
    ["somakit render poses.npz --frames 0:100:20 -o strip.png", "five frames side by side"],
    ["somakit render data -o pictures --ending .png", "a picture of each file in a folder"],
    ["somakit render clips.pkl --item S001C001P001R001A001 --frame 12 -o clip.png", "a frame of one clip"],
    ["somakit render poses.npz --member keypoints3d --view corner -o space.svg", "keypoints in space, from the side"],
  ],

  async run(context, input) {
    const name = textArgument(input, 0);
    const handling = handlingOf(input);
    const output = targetPath(textOption(input, "output") as string, [".svg", ".png"], "pictures");
    const choices = renderChoices(input, output);
    await verifyFree([{ path: output }], handling);
    const work = async (dataset: Dataset): Promise<typeof EXIT.fine> => {
      const found = await findIn(dataset, context, choices);
      const done = await draw(context, found, choices);
      const { signal } = context;
      const write = (sink: Parameters<typeof writePicture>[0]): Promise<void> =>
        writePicture(sink, done.picture, { format: choices.format, signal });
      const [written] = await writeFiles([{ path: output, write }], {
        force: handling.force,
        unfinished: context.unfinished,
      });
      await say(context, { name, dataset, found, done, written: written as Written });
      return EXIT.fine;
    };
    return withDataset(context, name, handling.id, work, context.openAny);
  },
};

/** A picture, and of what it is. */
interface Done extends Omit<Drawn, "picture"> {
  readonly picture: Drawn["picture"];
  readonly members: readonly Drawable[];
}

async function findIn({ open }: Dataset, context: Context, { item, member }: RenderChoices): Promise<FoundDrawables> {
  try {
    const found = await findDrawables(open, { ...workOptions(context), item, path: member });
    if (found.drawables.length > 0) return found;
    const [problem] = found.problems;
    if (problem) throw problem;
    const why = found.possible ? "it has none of what its schema knows that can be drawn" : NOTHING_TO_DRAW;
    throw new UsageError("nothing in it can be drawn", why);
  } catch (error) {
    if (error instanceof RangeError) throw new OptionError(`--item: ${error.message}`, "somakit show FILE lists them");
    throw error;
  }
}

const NOTHING_TO_DRAW = "by its schema it has no keypoints, vertices or images";

/** What of a file is drawn when nobody says it. */
const ORDER: readonly ((drawable: Drawable) => boolean)[] = [
  ({ kind }) => kind === "image",
  ({ kind }) => kind === "points",
  ({ kind, dimensions }) => kind === "keypoints" && dimensions === 2,
  () => true,
];

/** The members to draw: the one that was named, or those that come first. Throws `OptionError` that lists what there is. */
function membersOf({ drawables }: FoundDrawables, named: string | undefined): readonly Drawable[] {
  if (named !== undefined) return [memberNamed(drawables, named, "--member")];
  const rule = ORDER.find((fits) => drawables.some(fits)) ?? (() => true);
  const fitting = drawables.filter(rule);
  return fitting[0]?.kind === "image" ? fitting : fitting.slice(0, 1);
}

function memberNamed(drawables: readonly Drawable[], named: string, option: string): Drawable {
  const found =
    drawables.find(({ path }) => path === named) ??
    drawables.find(({ path }) => path.endsWith(`.${named}`)) ??
    drawables.find(({ path }) => lastOf(path) === named);
  if (found) return found;
  const names = drawables.map(({ path }) => path).join(", ");
  throw new OptionError(`${option} ${named}: nothing that can be drawn is there`, `there is ${names}`);
}

async function draw(context: Context, found: FoundDrawables, choices: RenderChoices): Promise<Done> {
  const members = membersOf(found, choices.member);
  const [first] = members as readonly [Drawable];
  if (members.length > 1) return drawSheet(context, members, choices);
  const image = choices.over === undefined ? undefined : await imageOf(context, found, choices.over);
  const { frames = { first: 0, count: 1 } } = first;
  const drawn = await drawDrawable(first, {
    ...workOptions(context),
    ...choices.style,
    image,
    title: first.path,
    frames: chosenFrames(choices.frames, frames, first.path),
    convention: (keypoints, name) => conventionFor(context, keypoints, choices.convention ?? name, choices),
  });
  return { ...drawn, members };
}

/** All images of a file side by side. */
async function drawSheet(context: Context, members: readonly Drawable[], choices: RenderChoices): Promise<Done> {
  const panels = [];
  for (const { path, frames = { first: 0, count: 1 }, meaning, load } of members) {
    const [frame] = chosenFrames(choices.frames, frames, path) ?? [frames.first];
    const [moment] = await load([frame as number], workOptions(context));
    if (moment) panels.push({ title: lastOf(path), image: moment.values, imageOptions: { as: meaning } });
  }
  const { background, columns, size } = choices.style;
  return {
    picture: contactSheet(panels, { background, columns, size }),
    members,
    frames: [],
    empty: panels.length === 0,
  };
}

/** `depth` of `cameras[0].depth`. Paths with all items of a list are none that could be read. */
function lastOf(path: string): string {
  return String(parsePath(path.replaceAll("[]", "")).at(-1) ?? path);
}

async function imageOf(context: Context, { drawables }: FoundDrawables, path: string): Promise<NdArray> {
  const drawable = memberNamed(
    drawables.filter(({ kind }) => kind === "image"),
    path,
    "--over",
  );
  const [moment] = await drawable.load([drawable.frames?.first ?? 0], workOptions(context));
  if (!moment) throw new OptionError(`--over ${path}: it holds no image`);
  return moment.values;
}

/** The convention of that name, with lines of its own or of another one. One that does not fit is as good as none. */
async function conventionFor(
  context: Context,
  keypoints: number,
  name: string | undefined,
  { convention: given }: RenderChoices,
): Promise<Convention | undefined> {
  if (name === undefined) return undefined;
  const known = await context.conventions();
  const found = given === undefined ? await known.find(name) : await findConvention(known, given);
  if (!found || found.keypoints.length !== keypoints) {
    if (given === undefined) return undefined;
    throw new OptionError(
      `--source-convention ${given}: it has ${found?.keypoints.length} keypoints, the file ${keypoints}`,
    );
  }
  if (found.limbs.length > 0) return found;
  return borrowLimbs(found, await Promise.all(known.entries.map(({ load }) => load())));
}

interface Report {
  readonly name: string;
  readonly dataset: Dataset;
  readonly found: FoundDrawables;
  readonly done: Done;
  readonly written: Written;
}

async function say({ printer }: Context, { name, dataset, found, done, written }: Report): Promise<void> {
  const { members, frames, convention, keypoints, empty, picture } = done;
  const paths = members.map(({ path }) => path);
  const others = found.drawables.map(({ path }) => path).filter((path) => !paths.includes(path));
  if (printer.json) {
    const problems = found.problems.map(({ path, code, reason }: FormatError) => ({ path, code, message: reason }));
    const size = { width: picture.width, height: picture.height };
    const drawn = { members: paths, frames, convention: convention ?? null, ...size, empty };
    await printer.document(
      jsonPieces({ file: name, dataset: dataset.entry.id, ...drawn, others, problems, output: written }, 2),
    );
    return;
  }
  for (const { path, reason } of found.problems) printer.note(`left out ${path}: ${reason}`);
  if (found.items.length > 0) printer.note(`item ${found.items.join(", ")}; --item takes another one`);
  if (others.length > 0) printer.note(`--member draws something else: ${others.join(", ")}`);
  if (keypoints !== undefined && convention === undefined)
    printer.note(
      `no convention of ${countLabel(keypoints, "keypoint")} is known for them: points without lines; --source-convention names one`,
    );
  if (empty) printer.note("there is nothing to be seen in it");
  printWritten(printer, written, contentText(paths, convention, frames));
}

function contentText(paths: readonly string[], convention: string | undefined, frames: readonly number[]): string {
  const [first] = frames;
  const named = convention === undefined ? "" : ` (${convention})`;
  const when =
    first === undefined ? "" : frames.length === 1 ? `, frame ${first}` : `, ${frames.length} frames from ${first} on`;
  return `${paths.join(", ")}${named}${when}`;
}
