import { type Input, isFormatError } from "@somakit/core";
import { open, ShotSegmentedReader, SparseFaceReader, trackshots, UnsegmentedReader } from "@somakit/formats/skelshop";
import { LONG_FRAMES, LONG_SKELETON } from "../protocol.js";
import { type BrowserCheck, expectSame, expectThat, kilobytes, thrownBy } from "./check.js";
import { addressOf, bytesOf, expectationOf, fixtureBytes, trafficOf } from "./files.js";

const SHOTS = "track_start50_gap.h5";

interface ExpectedShot {
  readonly index: number;
  readonly start_frame: number;
  readonly end_frame: number;
  readonly frames: readonly (readonly (readonly [id: number, digest: string])[])[];
}

/** The beginning of the digest of a pose's numbers as float64, as the expected file has it. */
async function digestOf(values: ArrayLike<number>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", Float64Array.from(values));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").slice(0, 16);
}

const inputs: Readonly<Record<string, () => Promise<Input>>> = {
  "a Blob": async () => new Blob([await fixtureBytes(SHOTS)]),
  "a URL whose server answers ranges": async () => addressOf("ranges", SHOTS),
};

const everywhere = Object.entries(inputs).map(
  ([what, input]): BrowserCheck => ({
    name: `reads shots and poses of ${what}`,
    async run() {
      const reader = await ShotSegmentedReader.open(await input());
      const shots = (await expectationOf(SHOTS))["shots"] as readonly ExpectedShot[];
      let poses = 0;
      for (const expected of shots) {
        const shot = await reader.shot(expected.index);
        const found: unknown[] = [];
        for await (const bundle of shot) {
          const people: unknown[] = [];
          for (const [id, { keypoints }] of bundle) {
            const { data, offset, size } = keypoints;
            people.push([id, await digestOf(data.subarray(offset, offset + size))]);
          }
          poses += people.length;
          found.push(people);
        }
        expectSame(`shot ${expected.index}`, found, expected.frames);
      }
      await reader.close();
      return `${shots.length} shots, ${poses} poses`;
    },
  }),
);

export const skeletons: readonly BrowserCheck[] = [
  ...everywhere,
  {
    name: "reads one pose of a long file without downloading it",
    async run() {
      const url = addressOf("ranges", LONG_SKELETON);
      const reader = await UnsegmentedReader.open(url);
      expectSame("frames", reader.endFrame, LONG_FRAMES);
      const [person] = await reader.tracks();
      const pose = await person?.at(12_345);
      expectSame("first keypoint", pose?.slice(0).toList(), [12_346, 12_347, 12_348]);
      await reader.close();
      const traffic = await trafficOf(url);
      const whole = (await fixtureBytes(LONG_SKELETON)).byteLength;
      expectThat(`${bytesOf(traffic)} of ${whole} bytes were sent`, bytesOf(traffic) < whole / 4);
      return `${kilobytes(bytesOf(traffic))} of ${kilobytes(whole)} in ${traffic.length} requests`;
    },
  },
  {
    name: "reads compressed poses, and faces, whatever they are",
    async run() {
      const unseg = await open(await fixtureBytes("unseg_gzip_shuffle.h5"));
      const faces = await open(await fixtureBytes("face_sparse.h5"));
      if (unseg.kind !== "unseg" || !(faces instanceof SparseFaceReader)) throw new Error("something else was found");
      expectSame("columns", unseg.info.limbs, 138);
      let poses = 0;
      for await (const bundle of unseg) poses += bundle.size;
      expectThat("there are poses", poses > 0);
      expectSame("embedding", (await faces.embeddingAt(0)).shape, [128]);
      return `${poses} poses, ${faces.length} faces`;
    },
  },
  {
    name: "checks skeletons, and refuses what is wrong with them",
    async run() {
      const bytes = await fixtureBytes("bad_indptr_past_end.h5");
      const [issue] = await trackshots.check(bytes);
      expectSame("issue", [issue?.code, issue?.path], ["unreadable", "timeline.shot0.pose0.indptr"]);
      const reader = await ShotSegmentedReader.open(bytes);
      const error = await thrownBy("reading", async () => {
        for await (const shot of reader) for await (const bundle of shot) void bundle.size;
      });
      expectThat(String(error), isFormatError(error, "corrupt"));
      return String(error);
    },
  },
];
