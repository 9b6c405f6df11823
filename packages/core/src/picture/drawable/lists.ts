import { FormatError } from "../../errors.js";
import { concatenate } from "../../ndarray/concat.js";
import type { NdArray } from "../../ndarray/ndarray.js";
import type { WorkOptions } from "../../source/source.js";
import type { Drawable, FrameSpan, Moment } from "./drawable.js";

/** The drawables of a list whose items are frames, after those of its first item; others are opened when they are asked for. */
export function framesOfList(
  length: number,
  first: readonly Drawable[],
  open: (index: number) => Promise<readonly Drawable[]>,
): readonly Drawable[] {
  return first.map((drawable): Drawable => {
    const momentOf = async (frame: number, options: WorkOptions): Promise<Moment | undefined> => {
      if (!(frame >= 0 && frame < length)) return undefined;
      const same = (frame === 0 ? first : await open(frame)).find(({ path }) => path === drawable.path);
      return (await same?.load([same.frames?.first ?? 0], options))?.[0];
    };
    return {
      ...drawable,
      frames: { first: 0, count: length },
      load: async (frames, options = {}) => {
        const moments: (Moment | undefined)[] = [];
        for (const frame of frames) moments.push(await momentOf(frame, options));
        return moments;
      },
    };
  });
}

/** The drawables of a list whose items are people, or pieces that know their frames: each is what all items have of it. */
export function merged(items: readonly (readonly Drawable[])[]): readonly Drawable[] {
  const byPath = new Map<string, { readonly drawable: Drawable; readonly person: number }[]>();
  for (const [person, drawables] of items.entries()) {
    for (const drawable of drawables) {
      const same = byPath.get(drawable.path);
      if (same) same.push({ drawable, person });
      else byPath.set(drawable.path, [{ drawable, person }]);
    }
  }
  return [...byPath.values()].map((parts): Drawable => {
    const [{ drawable }] = parts as [(typeof parts)[number]];
    const frames = joinedSpan(parts.flatMap((part) => part.drawable.frames ?? []));
    return {
      ...drawable,
      ...(frames && { frames }),
      load: async (wanted, options = {}) => {
        const moments: (readonly (Moment | undefined)[])[] = [];
        for (const part of parts) moments.push(await loadPart(part.drawable, wanted, options));
        return wanted.map((_, at) =>
          joinedMoment(
            moments.map((found) => found[at]),
            parts,
          ),
        );
      },
    };
  });
}

async function loadPart(
  drawable: Drawable,
  wanted: readonly number[],
  options: WorkOptions,
): Promise<readonly (Moment | undefined)[]> {
  const { frames } = drawable;
  const any = !frames || wanted.some((frame) => frame >= frames.first && frame < frames.first + frames.count);
  return any ? drawable.load(wanted, options) : wanted.map(() => undefined);
}

function joinedSpan(spans: readonly FrameSpan[]): FrameSpan | undefined {
  if (spans.length === 0) return undefined;
  const first = spans.reduce((least, span) => Math.min(least, span.first), Number.POSITIVE_INFINITY);
  const end = spans.reduce((most, span) => Math.max(most, span.first + span.count), first);
  return { first, count: end - first };
}

function joinedMoment(
  moments: readonly (Moment | undefined)[],
  parts: readonly { readonly person: number }[],
): Moment | undefined {
  const there = moments.flatMap((moment, at) => {
    const { person } = parts[at] as { readonly person: number };
    return moment ? [{ moment, person }] : [];
  });
  if (there.length === 0 || (there.length === 1 && there[0]?.moment.people === undefined)) {
    const [only] = there;
    return only && { ...only.moment, people: [only.person] };
  }
  const flat = there.map(({ moment, person }) => ({ ...flattened(moment), person }));
  const [sizes] = flat.map(({ values }) => values.shape.slice(1).join());
  if (flat.some(({ values }) => values.shape.slice(1).join() !== sizes))
    throw new FormatError("mismatch", "people with different numbers of keypoints");
  const people = flat.flatMap(({ count, person, numbers }) => numbers ?? new Array<number>(count).fill(person));
  const sure = flat.flatMap(({ confidence }) => confidence ?? []);
  return {
    values: concatenate(flat.map(({ values }) => values)),
    ...(sure.length === flat.length && { confidence: concatenate(sure) }),
    people,
  };
}

interface Flat {
  readonly values: NdArray;
  readonly confidence: NdArray | undefined;
  readonly count: number;
  readonly numbers: readonly number[] | undefined;
}

/** A moment with one axis of people in front. */
function flattened({ values, confidence, people }: Moment): Flat {
  const [points = 0, channels = 0] = values.shape.slice(-2);
  const count = points * channels === 0 ? 0 : values.size / (points * channels);
  return {
    values: values.reshape([count, points, channels]),
    confidence: confidence?.reshape([count, points]),
    count,
    numbers: people,
  };
}
