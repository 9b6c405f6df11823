import { type Colour, type ColourBy, parseColour, type SignedAxis, type ViewName } from "@somakit/core/picture";
import { OptionError } from "../failure.js";
import { parseRange } from "../numbers.js";
import { textOption, type VerbInput, type VerbOption } from "./verb.js";

const VIEWS: readonly ViewName[] = ["front", "right", "back", "left", "top", "corner"];
const AXES: readonly SignedAxis[] = ["x", "-x", "y", "-y", "z", "-z"];
const COLOURS: readonly ColourBy[] = ["side", "part", "person"];

/** Frames of one picture: beyond this nobody tells them apart. */
const MOST_FRAMES = 256;
const MOST_SIDE = 8192;

export const RENDER_OPTIONS: readonly VerbOption[] = [
  {
    flags: "-o, --output <file>",
    description: "the picture to write, .svg or .png; of several files a folder, made where there is none",
    required: true,
  },
  { flags: "--frame <number>", description: "the frame to draw; the first in which there is anything when left out" },
  { flags: "--frames <range>", description: "several frames side by side: START:STOP or START:STOP:STEP" },
  { flags: "--onion", description: "lay the frames over each other, the early ones pale" },
  { flags: "--columns <number>", description: "how many pictures are side by side before the next row" },
  { flags: "--member <path>", description: "what to draw, where a file has several things" },
  {
    flags: "--item <name>",
    description: "which record of a list of records: its position, or its name; the first when left out",
  },
  { flags: "--size <pixels>", description: "size of a single picture, such as 640x480" },
  { flags: "--background <colour>", description: "#rrggbb, white, black, grey or none", default: "white" },
  { flags: "--view <name>", description: "from where things in space are seen", choices: VIEWS, default: "front" },
  {
    flags: "--up <axis>",
    description: "the direction in space that is up, where the schema does not say it",
    choices: AXES,
  },
  { flags: "--source-convention <name>", description: "convention that the keypoints have, whatever the file says" },
  { flags: "--threshold <number>", description: "leave out keypoints that are not surer than this; 0 when left out" },
  {
    flags: "--colours <what>",
    description: "what colours tell apart; sides of one person, or several people",
    choices: COLOURS,
  },
  { flags: "--fade", description: "draw what is less sure paler" },
  { flags: "--over <path>", description: "draw keypoints over this image of the file" },
];

/** What the options say, in the form that drawing wants it. */
export interface RenderChoices {
  readonly format: "svg" | "png";
  readonly frames: FrameChoice;
  readonly style: RenderStyle;
  readonly member: string | undefined;
  readonly over: string | undefined;
  readonly item: string | undefined;
  readonly convention: string | undefined;
}

/** Options that drawing takes as they are. */
export interface RenderStyle {
  readonly arrangement: "row" | "onion";
  readonly columns: number | undefined;
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly background: Colour | "none";
  readonly view: ViewName;
  readonly up: SignedAxis | undefined;
  readonly threshold: number | undefined;
  readonly colours: ColourBy | undefined;
  readonly fade: boolean;
}

export type FrameChoice =
  | { readonly kind: "first" }
  | { readonly kind: "one"; readonly frame: number }
  | { readonly kind: "range"; readonly range: ReturnType<typeof parseRange> };

/** Throws `OptionError`. */
export function renderChoices(input: VerbInput, output: string): RenderChoices {
  return {
    format: output.toLowerCase().endsWith(".svg") ? "svg" : "png",
    frames: frameChoice(input),
    member: textOption(input, "member"),
    over: textOption(input, "over"),
    item: textOption(input, "item"),
    convention: textOption(input, "sourceConvention"),
    style: {
      arrangement: input.options["onion"] === true ? "onion" : "row",
      columns: columnsOf(textOption(input, "columns")),
      size: sizeOf(textOption(input, "size")),
      background: backgroundOf(textOption(input, "background") ?? "white"),
      // The parser has compared these with the choices.
      view: textOption(input, "view") as ViewName,
      up: textOption(input, "up") as SignedAxis | undefined,
      colours: textOption(input, "colours") as ColourBy | undefined,
      threshold: thresholdOf(textOption(input, "threshold")),
      fade: input.options["fade"] === true,
    },
  };
}

function frameChoice(input: VerbInput): FrameChoice {
  const one = textOption(input, "frame");
  const range = textOption(input, "frames");
  if (one !== undefined && range !== undefined) throw new OptionError("either --frame or --frames can be given");
  if (range !== undefined) return { kind: "range", range: parseRange(range) };
  if (one === undefined) return { kind: "first" };
  if (/^-?\d{1,15}$/.test(one)) return { kind: "one", frame: Number(one) };
  throw new OptionError(`--frame ${one}: a whole number is needed`);
}

function columnsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new OptionError(`--columns ${text}: a number from 1 to 999 is needed`);
}

function sizeOf(text: string | undefined): RenderStyle["size"] {
  if (text === undefined) return undefined;
  const [width = 0, height = 0] = (/^(\d{1,5})x(\d{1,5})$/.exec(text) ?? []).slice(1).map(Number);
  if (width >= 1 && height >= 1 && width <= MOST_SIDE && height <= MOST_SIDE) return { width, height };
  throw new OptionError(`--size ${text}: width and height up to ${MOST_SIDE} are needed`, "--size 640x480");
}

function backgroundOf(text: string): Colour | "none" {
  if (text === "none") return "none";
  const colour = parseColour(text);
  if (colour) return colour;
  throw new OptionError(`--background ${text}: no such colour`, "#rrggbb, white, black, grey or none");
}

function thresholdOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new OptionError(`--threshold ${text}: a number is needed`);
}

/** The numbers of frames that a choice names, given which there are; undefined to leave it to the drawing. Throws `OptionError`. */
export function chosenFrames(
  choice: FrameChoice,
  { first, count }: { readonly first: number; readonly count: number },
  what: string,
): readonly number[] | undefined {
  const there = count === 0 ? "no frames" : `frames ${first} to ${first + count - 1}`;
  if (choice.kind === "first") return undefined;
  if (choice.kind === "one") {
    const frame = choice.frame < 0 ? first + count + choice.frame : choice.frame;
    if (frame >= first && frame < first + count) return [frame];
    throw new OptionError(`--frame ${choice.frame}: ${what} has ${there}`);
  }
  const frames = framesInRange(choice.range, first, first + count);
  if (frames.length === 0) throw new OptionError(`--frames: nothing is in that range; ${what} has ${there}`);
  if (frames.length <= MOST_FRAMES) return frames;
  throw new OptionError(
    `--frames: ${frames.length} frames are too many for one picture`,
    `a step leaves some out; at most ${MOST_FRAMES} can be drawn`,
  );
}

/** As Python slices, of numbers that begin with `first`: bounds outside are clipped. Only one more than can be drawn is listed. */
function framesInRange([start, stop, step]: ReturnType<typeof parseRange>, first: number, end: number): number[] {
  const by = step ?? 1;
  const bound = (value: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, value < 0 ? value + end : value));
  const from =
    start === null ? (by > 0 ? first : end - 1) : bound(start, by > 0 ? first : first - 1, by > 0 ? end : end - 1);
  const to = stop === null ? (by > 0 ? end : first - 1) : bound(stop, first - (by > 0 ? 0 : 1), end);
  const count = Math.max(0, Math.ceil((to - from) / by));
  return count > MOST_FRAMES ? new Array<number>(count) : Array.from({ length: count }, (_, at) => from + at * by);
}
