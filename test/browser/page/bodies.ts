import { type Input, isFormatError, MemorySink, NdArray } from "@somakit/core";
import { BodyDecompressor, compressBodies } from "@somakit/formats/bodycompress";
import { BODIES, CUT_BODIES, LONG_BODIES, LONG_BODIES_FRAMES } from "../protocol.js";
import { type BrowserCheck, expectSame, expectThat, kilobytes, thrownBy } from "./check.js";
import { addressOf, bytesOf, expectationOf, fixtureBytes, trafficOf } from "./files.js";

interface ExpectedFrames {
  readonly count: number;
  readonly full: Readonly<Record<string, { readonly dict: Readonly<Record<string, { readonly sha256: string }>> }>>;
}

async function sha256(array: NdArray): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", array.toBytes() as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const inputs: Readonly<Record<string, () => Promise<Input>>> = {
  "a Blob": async () => new Blob([await fixtureBytes(BODIES)]),
  "a URL whose server answers ranges": async () => addressOf("ranges", BODIES),
};

const everywhere = Object.entries(inputs).map(
  ([what, input]): BrowserCheck => ({
    name: `reads meshes of ${what} as Python does`,
    async run() {
      const { count, full } = (await expectationOf(BODIES))["frames"] as ExpectedFrames;
      const bodies = await BodyDecompressor.open(await input());
      expectSame("length", bodies.length, count);
      let index = 0;
      let compared = 0;
      for await (const frame of bodies) {
        for (const [key, { sha256: expected }] of Object.entries(full[index]?.dict ?? {})) {
          const array = frame[key];
          expectThat(`frame ${index} has ${key}`, array instanceof NdArray);
          if (array instanceof NdArray) expectSame(`${key} of frame ${index}`, await sha256(array), expected);
          compared++;
        }
        index++;
      }
      await bodies.close();
      expectSame("frames", index, count);
      expectThat(`${compared} arrays were compared`, compared > 3);
      return `${count} frames, ${compared} arrays compared`;
    },
  }),
);

export const bodies: readonly BrowserCheck[] = [
  ...everywhere,
  {
    name: "reads one mesh of a long file without downloading it",
    async run() {
      const url = addressOf("ranges", LONG_BODIES);
      const file = await BodyDecompressor.open(url);
      expectSame("length", file.length, LONG_BODIES_FRAMES);
      const { vertices } = await file.frame(777);
      expectSame("first vertex", vertices?.slice(0).toList(), [777, 778, 779]);
      await file.close();
      const traffic = await trafficOf(url);
      const whole = (await fixtureBytes(LONG_BODIES)).byteLength;
      expectThat(`${bytesOf(traffic)} of ${whole} bytes were sent`, bytesOf(traffic) < whole / 2);
      return `${kilobytes(bytesOf(traffic))} of ${kilobytes(whole)} in ${traffic.length} requests`;
    },
  },
  {
    name: "gives the whole meshes of a file that is cut off, and says where that is",
    async run() {
      let frames = 0;
      const error = await thrownBy("a file that is cut off", async () => {
        for await (const _ of await BodyDecompressor.open(await fixtureBytes(CUT_BODIES))) frames++;
      });
      expectSame("frames", frames, 12);
      expectThat(String(error), isFormatError(error, "truncated"));
      return String(error);
    },
  },
  {
    name: "writes meshes that can be looked up",
    async run() {
      const source = await BodyDecompressor.open(await fixtureBytes(BODIES));
      const sink = new MemorySink();
      const { count } = await compressBodies(sink, source, { framesPerBlock: 5 });
      const again = await BodyDecompressor.open(sink.bytes());
      const [last, before] = [await again.frame(-1), await source.frame(-1)];
      expectSame("vertices", last.vertices?.toList(), before.vertices?.toList());
      return `${count} frames`;
    },
  },
];
