import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FormatError, memorySource } from "@somakit/core";
import { describe, expect, it, test } from "vitest";
import {
  bodyTracks,
  clippedEdges,
  jointColumns,
  parseSkeleton,
  readBodyTracks,
  type Skeleton,
  skeletonFrames,
} from "../packages/formats/src/pyskl/ntu/index.js";
import { randomNumbers, skeletonText } from "./support/skeleton-text.js";

const NTU = join(import.meta.dirname, "conformance/pyskl/ntu");
const fixture = (path: string): Uint8Array => readFileSync(join(NTU, `${path}.skeleton`));

const joint = (x: string | number = "0.1"): string => `${x} 0.2 3 0 0 0 0 0 0 0 0 2`;
const body = (id: string | number = 7, x: string | number = "0.1"): string[] => [
  `${id} 0 0 0 0 0 0 0 0 2`,
  "25",
  ...Array.from({ length: 25 }, () => joint(x)),
];
const text = (...lines: readonly string[]): string => `${lines.join("\n")}\n`;
const oneBody = text("1", "1", ...body());

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  // One memory for all pieces: whoever keeps one has to copy it.
  const memory = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = Math.min(size, bytes.length - at);
    memory.set(bytes.subarray(at, at + length));
    yield memory.subarray(0, length);
  }
}

async function errorOf(work: Promise<unknown>): Promise<Pick<FormatError, "name" | "code" | "message" | "offset">> {
  const error = await work.then(
    () => expect.unreachable("it was read"),
    (thrown: FormatError) => thrown,
  );
  const { name, code, message, offset } = error;
  return { name, code, message, offset };
}

const simple = (skeleton: Skeleton): unknown =>
  skeleton.frames.map(({ bodies }) => bodies.map(({ joints, ...rest }) => ({ ...rest, joints: joints.toList() })));

describe("parseSkeleton", () => {
  it("reads every number of every line", async () => {
    const { frames } = await parseSkeleton(fixture("set60/nturgb+d_skeletons/S001C001P001R001A001"));
    expect(frames).toHaveLength(14);
    const [first] = frames[0]?.bodies ?? [];
    expect(first).toMatchObject({
      bodyID: 72057594037932358n,
      clipedEdges: 6,
      handLeftConfidence: 0,
      handLeftState: 2,
      handRightConfidence: 1,
      handRightState: 3,
      isResticted: 0,
      leanX: 0.4092573,
      leanY: -0.884615,
      trackingState: 2,
    });
    expect(first?.joints.shape).toEqual([25, jointColumns.length]);
    expect(first?.joints.slice(1).toList()).toEqual([
      0.02530917, 0.2559757, 3.014409, 292.7546, 378.9268, 334.4372, 295.5077, -0.8247757, 0.550366, -0.3319876,
      -0.469903, 1,
    ]);
  });

  it("keeps ids apart that are the same float64", async () => {
    const { frames } = await parseSkeleton(fixture("set60/nturgb+d_skeletons/S001C001P003R002A050"));
    const ids = frames[0]?.bodies.map(({ bodyID }) => bodyID) as [bigint, bigint];
    expect(ids[1] - ids[0]).toBe(1n);
    expect(Number(ids[0])).toBe(Number(ids[1]));
    const { frames: edge } = await parseSkeleton(text("1", "1", ...body("18446744073709551615")));
    expect(edge[0]?.bodies[0]?.bodyID).toBe(2n ** 64n - 1n);
  });

  it("keeps frames without bodies, and reads a text without frames", async () => {
    const { frames } = await parseSkeleton(text("3", "0", "1", ...body(), "0"));
    expect(frames.map(({ bodies }) => bodies.length)).toEqual([0, 1, 0]);
    expect(await parseSkeleton("0")).toEqual({ frames: [] });
  });

  test.each([1, 2, 3, 7, 64, 1000, 8193])("reads the same in pieces of %i bytes", async (size) => {
    const bytes = fixture("set60/nturgb+d_skeletons/S001C001P001R001A001");
    const whole = simple(await parseSkeleton(bytes));
    expect(simple(await parseSkeleton(inPieces(bytes, size)))).toEqual(whole);
    expect(simple(await parseSkeleton({ ...memorySource(bytes), pieceSize: size }))).toEqual(whole);
  });

  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("takes %s for the end of a line, whatever the pieces", async (_, end) => {
    const lines = oneBody.trimEnd().split("\n");
    const whole = simple(await parseSkeleton(oneBody));
    for (const last of ["", end, end + end]) {
      const bytes = new TextEncoder().encode(lines.join(end) + last);
      expect(simple(await parseSkeleton(bytes))).toEqual(whole);
      for (const size of [1, 2, 5]) expect(simple(await parseSkeleton(inPieces(bytes, size)))).toEqual(whole);
    }
  });

  it("takes blanks of any kind around numbers", async () => {
    const spaced = oneBody.replaceAll(" ", " \t ").replaceAll("\n", "  \n").replace(/^1/, "\t1");
    expect(simple(await parseSkeleton(spaced))).toEqual(simple(await parseSkeleton(oneBody)));
  });

  it("delivers frames before it has seen the rest", async () => {
    const seen: number[] = [];
    const pieces = async function* () {
      yield new TextEncoder().encode(text("3", "0", "1", ...body()));
      seen.push(-1);
      yield new TextEncoder().encode("1\n");
    };
    const frames = skeletonFrames(pieces());
    seen.push((await frames.next()).value?.bodies.length as number);
    seen.push((await frames.next()).value?.bodies.length as number);
    expect(seen).toEqual([0, 1]);
    await expect(frames.next()).rejects.toThrow(/the text ends where a body should be/);
    expect(seen).toEqual([0, 1, -1]);
  });

  it("stops at its signal", async () => {
    const stop = new AbortController();
    const pieces = async function* () {
      yield new TextEncoder().encode("2\n0\n");
      stop.abort(new Error("enough"));
      yield new TextEncoder().encode("0\n");
    };
    await expect(parseSkeleton(pieces(), { signal: stop.signal })).rejects.toThrow("enough");
  });
});

describe("numbers", () => {
  const read = async (x: string): Promise<number> => {
    const { frames } = await parseSkeleton(oneBody.replace("0.1 ", `${x} `));
    return frames[0]?.bodies[0]?.joints.get(0, 0) as number;
  };

  test.each([
    "0",
    "-0",
    "+1",
    "5.",
    ".5",
    "-.25e1",
    "1e22",
    "1e23",
    "123456789012345678",
    "9007199254740993",
    "0.1234567890123456789",
    "1e-7",
    "2.225073858507201e-308",
    "5e-324",
    "2.4703282292062327e-324",
    "1.7976931348623157e308",
    "1e400",
    "-1e999999999999",
    "0.000000000000000000000000000000012345",
    "00000000000000000000000000012.5",
    "1E+5",
  ])("%s is the nearest float64", async (x) => expect(await read(x)).toBe(Number(x)));

  test.each([
    ["nan", Number.NaN],
    ["NaN", Number.NaN],
    ["-nan", Number.NaN],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
  ])("%s is a number as for Python", async (x, value) => expect(await read(x)).toBe(value));

  test.each(["abc", "0x10", "1_0", "1e", "1e+", ".", "-", "1.2.3", "1,5", "infin", "1d5", "é", "--1"])(
    "%s is none",
    async (x) =>
      expect(await errorOf(read(x))).toMatchObject({ code: "corrupt", message: expect.stringContaining("line 5: ") }),
  );

  it("random ones are what JavaScript reads", async () => {
    const random = randomNumbers(3);
    const texts = Array.from({ length: 300 }, () => {
      const digits = Math.floor(random() * 10 ** (1 + 17 * random())).toString();
      const point = Math.floor(random() * (digits.length + 1));
      const exponent = random() < 0.3 ? `e${Math.floor(60 * (random() - 0.5))}` : "";
      return `${random() < 0.5 ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}${exponent}`;
    });
    const lines = texts.map((x) => joint(x));
    const bodies = Array.from({ length: 12 }, (_, at) => [
      `${at} 0 0 0 0 0 0 0 0 2`,
      "25",
      ...lines.slice(25 * at, 25 * at + 25),
    ]);
    const { frames } = await parseSkeleton(text("1", "12", ...bodies.flat()));
    const found = frames[0]?.bodies.flatMap(({ joints }) => joints.slice(null, 0).toList());
    expect(found).toEqual(texts.map(Number));
  });
});

describe("a text that is not as it should be", () => {
  const lines = oneBody.trimEnd().split("\n");
  const without = (count: number): string => text(...lines.slice(0, -count));

  test.each([
    ["nothing", "", "truncated", 0, /the number of frames should be/],
    ["empty lines", "\n\n", "truncated", 0, /line 1: .*the number of frames should be/],
    ["another format", "PK\u0003\u0004", "not-this-format", 0, /something else where the number of frames/],
    ["a byte order mark", "\ufeff1\n0\n", "not-this-format", 0, /number of frames/],
    ["a negative count", "-1\n", "not-this-format", 0, /number of frames/],
    ["a fraction of frames", "1.5\n0\n", "not-this-format", 0, /number of frames/],
    ["two numbers for the frames", "1 1\n0\n", "not-this-format", 0, /number of frames/],
    [
      "more frames than there are",
      text("2", "0"),
      "truncated",
      0,
      /the number of frames is 2, which takes 3 bytes, 2 /,
    ],
    ["a missing frame", text("2", "1", ...body()), "truncated", 727, /where the number of bodies of a frame should be/],
    ["a missing joint", without(1), "truncated", 699, /line 29: the text ends where a joint should be/],
    ["missing joints", without(25), "truncated", 2, /the number of bodies of a frame is 1/],
    ["a missing joint count", "1\n1\n7 0 0 0 0 0 0 0 0 2", "truncated", 2, /the number of bodies/],
    ["no bodies count", "1\nx\n", "corrupt", 2, /line 2: something else where the number of bodies/],
    ["a body without a number", oneBody.replace("7 0", "a 0"), "corrupt", 4, /line 3: no id where a body should be/],
    ["a negative id", oneBody.replace("7 0", "-7 0"), "corrupt", 4, /no id/],
    ["an id above 64 bits", oneBody.replace("7 0", "18446744073709551616 0"), "corrupt", 4, /no id/],
    ["24 joints", oneBody.replace("25", "24"), "corrupt", 24, /line 4: a body of 24 joints, not 25/],
    ["a short joint", oneBody.replace("0.1 0.2 3 0", "0.1 0.2 3"), "corrupt", 52, /line 5: a number is missing/],
    ["a long joint", oneBody.replace("0.1 0.2 3 0", "0.1 0.2 3 0 0"), "corrupt", 55, /more than 12 numbers of a joint/],
    ["a long body", oneBody.replace("7 0", "7 0 0"), "corrupt", 24, /more than 10 numbers of a body/],
    ["half a state", oneBody.replace("0 2\n0.1", "0 1.5\n0.1"), "corrupt", undefined, /1.5 where a whole number/],
    [
      "an empty line inside",
      oneBody.replace("\n25", "\n\n25"),
      "corrupt",
      24,
      /line 4: an empty line where the number/,
    ],
    ["a line too many", `${oneBody}0\n`, "corrupt", 727, /line 30: there is more behind the last frame/],
    ["blanks behind the end", `${oneBody} \n`, "corrupt", 727, /line 30: there is more behind the last frame/],
    ["a line after empty ones", `${oneBody}\n\n0\n`, "corrupt", 727, /line 30: there is more behind the last frame/],
    ["a count beyond all numbers", "99999999999999999999\n", "not-this-format", 0, /number of frames/],
    ["a huge count of frames", "9007199254740991\n0\n", "truncated", 0, /9007199254740991/],
    [
      "a huge count of bodies",
      "1\n9007199254740991\n",
      "truncated",
      2,
      /number of bodies of a frame is 9007199254740991/,
    ],
  ])("%s", async (_, bad, code, offset, message) => {
    const found = await errorOf(parseSkeleton(bad));
    expect(found).toMatchObject({ name: "FormatError", code, message: expect.stringMatching(message) });
    if (offset !== undefined) expect(found.offset).toBe(offset);
  });

  it("says where it is by bytes and lines, whatever the pieces and the ends of lines", async () => {
    const bytes = new TextEncoder().encode(
      oneBody.replaceAll("\n", "\r\n").replace(/0\.1 0\.2 3(?=[^.]*$)/, "0.1 0.2 x"),
    );
    const expected = await errorOf(parseSkeleton(bytes));
    expect(expected.message).toMatch(/line 29: "x" is no number/);
    expect(bytes[expected.offset as number]).toBe("x".charCodeAt(0));
    for (const size of [1, 10, 100]) expect(await errorOf(parseSkeleton(inPieces(bytes, size)))).toEqual(expected);
  });

  it("names the text", async () => {
    const named = { name: "S001C001P001R001A001.skeleton" };
    expect((await errorOf(parseSkeleton("x", named))).message).toMatch(/^S001C001P001R001A001\.skeleton: line 1: /);
    const source = memorySource(new TextEncoder().encode("x"), "somewhere");
    expect((await errorOf(readBodyTracks(source))).message).toMatch(/^somewhere: line 1: /);
  });

  it("gathers no endless line", async () => {
    let given = 0;
    const pieces = async function* () {
      yield new TextEncoder().encode("1\n1\n");
      for (; given < 10_000; given++) yield new Uint8Array(10_000).fill(0x20);
    };
    expect((await errorOf(parseSkeleton(pieces()))).code).toBe("limit");
    expect(given).toBeLessThan(10);
    const long = oneBody.replace(" 2\n0.1", ` 2${" ".repeat(70_000)}\n0.1`);
    expect((await errorOf(parseSkeleton(long))).code).toBe("limit");
  });

  it("takes time in proportion to the text, whatever counts and bodies say", async () => {
    const frames = 2000;
    const many = text(`${frames}`, ...Array.from({ length: frames }, (_, id) => ["1", ...body(id)]).flat());
    const tracks = await readBodyTracks(many);
    expect(tracks.map(({ start }) => start)).toEqual(Array.from({ length: frames }, (_, frame) => frame));
    const pieces = async function* () {
      yield new TextEncoder().encode("9007199254740991\n9007199254740991\n");
      yield new TextEncoder().encode(text(...body()));
    };
    expect((await errorOf(readBodyTracks(pieces()))).code).toBe("truncated");
  });
});

describe("readBodyTracks", () => {
  it("counts frames with somebody in them, and closes gaps of a body", async () => {
    const clip = text(
      "5",
      "0",
      "1",
      ...body(1, 1),
      "2",
      ...body(1, 2),
      ...body(2, 3),
      "1",
      ...body(2, 4),
      "1",
      ...body(1, 5),
    );
    const tracks = await readBodyTracks(clip);
    const found = tracks.map(({ bodyID, start, positions }) => ({
      bodyID,
      start,
      x: positions.slice(null, 0, 0).toList(),
    }));
    expect(found).toEqual([
      { bodyID: 1n, start: 0, x: [1, 2, 5] },
      { bodyID: 2n, start: 1, x: [3, 4] },
    ]);
  });

  it("gives a body that is twice in a frame two rows", async () => {
    const [track] = await readBodyTracks(text("1", "2", ...body(1, 1), ...body(1, 2)));
    expect(track?.positions.slice(null, 0, 0).toList()).toEqual([1, 2]);
  });

  it("rounds to float32 by way of float64", async () => {
    const [track] = await readBodyTracks(text("1", "1", ...body(1, "0.1234567890123")));
    expect(track?.positions.dtype).toBe("float32");
    expect(track?.positions.get(0, 0, 0)).toBe(Math.fround(0.1234567890123));
  });

  it("does not look at what it does not need", async () => {
    const bare = oneBody.replaceAll(" 0 0 0 0 0 0 0 0 2", " and so on and on and on");
    expect(await readBodyTracks(bare)).toHaveLength(1);
    expect((await errorOf(parseSkeleton(bare))).code).toBe("corrupt");
  });

  it("finds what is in a skeleton that was read", async () => {
    const random = randomNumbers(11);
    const frames = Array.from({ length: 30 }, (_, frame) => frame);
    const clip = skeletonText(
      {
        frames: 30,
        bodies: [
          { id: 5n, frames: frames.filter((frame) => frame % 4 > 0), width: () => 1, motion: 0.2 },
          { id: 2n ** 60n, frames: frames.slice(7), width: () => 2, motion: 0.1 },
        ],
      },
      random,
    );
    const plain = (tracks: Awaited<ReturnType<typeof readBodyTracks>>): unknown =>
      tracks.map(({ positions, ...rest }) => ({ ...rest, shape: positions.shape, bytes: positions.toBytes() }));
    expect(plain(bodyTracks(await parseSkeleton(clip)))).toEqual(plain(await readBodyTracks(clip)));
  });
});

test("clippedEdges names the bits", () => {
  expect(clippedEdges(0)).toEqual([]);
  expect(clippedEdges(6)).toEqual(["left", "top"]);
  expect(clippedEdges(15)).toEqual(["right", "left", "top", "bottom"]);
});
