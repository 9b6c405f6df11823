import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeXz, FormatError, NdArray, openXz, readXz } from "@somakit/core";
import { BodyDecompressor, type BodyFrame, check, open } from "@somakit/formats/bodycompress";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, "conformance/bodycompress", `${name}.xz`)));

interface Outcome {
  readonly frames: readonly BodyFrame[];
  readonly error: FormatError | undefined;
}

/** All frames up to an error, which has to be a `FormatError`. */
async function outcomeOf(file: Uint8Array): Promise<Outcome> {
  const frames: BodyFrame[] = [];
  try {
    const bodies = await BodyDecompressor.open(file);
    for await (const frame of bodies) frames.push(frame);
    return { frames, error: undefined };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { frames, error };
  }
}

/** Whatever else can be asked of a file; only a `FormatError`, or that there is no such frame, may come of it. */
async function askEverything(file: Uint8Array): Promise<void> {
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof FormatError) && !(error instanceof RangeError)) throw error;
    }
  };
  await attempt(async () => {
    const { frames } = await open(file);
    await attempt(() => frames.at(3));
    await attempt(() => frames.at(-1));
    await attempt(() => frames.count());
    await attempt(async () => {
      for await (const _ of frames.range(2, 5));
    });
  });
  await attempt(() => check(file));
}

function textOf(frame: BodyFrame): string {
  return Object.entries(frame)
    .map(([key, value]) => `${key} ${value instanceof NdArray ? JSON.stringify(value.toList()) : String(value)}`)
    .join();
}

const SMALL = ["q1", "camera", "two_data_streams", "v010", "unfinished"] as const;

describe("a file cut off at any byte", () => {
  it.each(SMALL)("gives frames as they are, or an error: %s", async (name) => {
    const file = fixture(name);
    const whole = (await outcomeOf(file)).frames.map(textOf);
    let most = 0;
    for (let end = 0; end < file.byteLength; end += 5) {
      const { frames, error } = await outcomeOf(file.subarray(0, end));
      // Streams that end before may be all that there was to be.
      if (frames.length < whole.length && name !== "two_data_streams") expect(error?.code).toBeDefined();
      expect(frames.map(textOf)).toEqual(whole.slice(0, frames.length));
      most = Math.max(most, frames.length);
      if (end % 25 === 0) await askEverything(file.subarray(0, end));
    }
    expect(most).toBeGreaterThan(0);
  });
});

describe("a file with one byte changed", () => {
  it.each(SMALL)("ends in an error, or the byte did not matter: %s", async (name) => {
    const file = fixture(name);
    const whole = (await outcomeOf(file)).frames.map(textOf);
    let refused = 0;
    for (let at = 0; at < file.byteLength; at += 3) {
      const broken = file.slice();
      broken[at] = (broken[at] as number) ^ (1 << (at % 8));
      const { frames, error } = await outcomeOf(broken);
      if (error) refused++;
      else expect([at, frames.map(textOf)]).toEqual([at, whole]);
      if (at % 27 === 0) await askEverything(broken);
    }
    expect(refused).toBeGreaterThan(file.byteLength / 12);
  });
});

/** The streams of a file, decompressed. */
async function contentsOf(file: Uint8Array): Promise<Uint8Array[]> {
  const { streams } = await openXz(file);
  return Promise.all(streams.map(({ offset, byteLength }) => readXz(file.subarray(offset, offset + byteLength))));
}

/** A file of whole streams around any content, so that nothing is wrong before the content is looked at. */
async function fileOf(contents: readonly Uint8Array[]): Promise<Uint8Array> {
  const streams = await Promise.all(contents.map((content) => encodeXz(content, { preset: "store" })));
  return new Uint8Array(Buffer.concat(streams));
}

describe("content that was changed under right checksums", () => {
  it("gives values, or an error that names its place, in bounded memory", async () => {
    const files = await Promise.all(["basic", "camera", "other_keys", "v010"].map((name) => contentsOf(fixture(name))));
    const before = process.memoryUsage.rss();
    let refused = 0;
    const property = fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(
        fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0x90, 0xc0, 0xc1, 0xc6, 0xc9, 0xdb, 0xdd, 0xdf, 0xff)),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      async (contents, changes) => {
        const changed = contents.map((content) => content.slice());
        for (const [place, byte] of changes) {
          const content = changed[place % changed.length] as Uint8Array;
          content[Math.floor(place / changed.length) % Math.min(content.length, 600)] = byte;
        }
        const file = await fileOf(changed);
        const { error } = await outcomeOf(file);
        if (error) {
          refused++;
          expect(error.reason.length).toBeGreaterThan(5);
        }
        await askEverything(file);
      },
    );
    await fc.assert(property, { numRuns: 400 });
    expect(refused).toBeGreaterThan(50);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400e6);
  }, 60_000);

  it("may claim any sizes: nothing is taken for them", async () => {
    const [header = new Uint8Array(0), metadata = new Uint8Array(0)] = await contentsOf(fixture("basic"));
    const claims = [
      [0xdf, 0xff, 0xff, 0xff, 0xff],
      [0xdd, 0xff, 0xff, 0xff, 0xff],
      [0x81, 0xa1, 0x61, 0xc6, 0xff, 0xff, 0xff, 0xff],
      [0x81, 0xa1, 0x61, 0xdb, 0x7f, 0xff, 0xff, 0xff],
      Array.from({ length: 5000 }, () => 0x91),
    ];
    for (const claim of claims) {
      const before = process.memoryUsage.rss();
      const { frames, error } = await outcomeOf(await fileOf([header, metadata, Uint8Array.from(claim)]));
      expect([frames.length, error instanceof FormatError]).toEqual([0, true]);
      expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    }
  });

  it("may expand without end: it stops at the size of a record", async () => {
    const before = process.memoryUsage.rss();
    const { error } = await outcomeOf(fixture("bomb"));
    expect(error?.code).toBe("limit");
    expect(process.memoryUsage.rss() - before).toBeLessThan(500e6);
  });
});
