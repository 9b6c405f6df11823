/** Numbers from 0 to 1, the same every time (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A body of a made-up clip. */
export interface MadeBody {
  readonly id: bigint;
  /** Frames of the text in which it is seen. */
  readonly frames: readonly number[];
  /** Its width as a multiple of an upright person's, in frame `frame`. */
  readonly width: (frame: number) => number;
  /** How far its joints move, in metres. */
  readonly motion: number;
}

export interface MadeClip {
  readonly frames: number;
  readonly bodies: readonly MadeBody[];
  /** A text in place of a number now and then. */
  readonly odd?: (random: () => number) => string | undefined;
}

/** The text of a `.skeleton` file as the sensor's program writes it: all columns, 7 digits at most. */
export function skeletonText(clip: MadeClip, random: () => number): string {
  const lines = [`${clip.frames}`];
  for (let frame = 0; frame < clip.frames; frame++) {
    const seen = clip.bodies.filter(({ frames }) => frames.includes(frame));
    lines.push(`${seen.length}`);
    for (const body of seen) {
      lines.push(`${body.id} 0 1 2 0 0 0 ${number(random() - 0.5)} ${number(random() - 0.5)} 2`, "25");
      for (let joint = 0; joint < 25; joint++) lines.push(jointLine(clip, body, frame, joint, random));
    }
  }
  return `${lines.join("\r\n")}\r\n`;
}

function jointLine(clip: MadeClip, body: MadeBody, frame: number, joint: number, random: () => number): string {
  const sway = body.motion * Math.sin(frame / 3 + Number(body.id % 7n));
  const x = body.width(frame) * 0.4 * Math.cos(joint) + sway + 0.01 * random();
  const y = 0.85 * Math.sin(joint * 1.7) + 0.01 * random();
  const z = 3 + 0.1 * Math.cos(joint * 2.3) + sway + 0.01 * random();
  const position = [x, y, z].map((value) => clip.odd?.(random) ?? number(value));
  const pixels = [256 + 90 * x, 212 - 90 * y, 960 + 340 * x, 540 - 340 * y].map(number);
  const turn = [random(), random(), random(), random()].map((value) => number(value - 0.5));
  return [...position, ...pixels, ...turn, 2].join(" ");
}

const number = (value: number): string => String(Number(value.toPrecision(7)));
