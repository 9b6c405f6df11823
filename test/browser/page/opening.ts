import { detect, digest, type Input, npz, toSource, urlSource } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { registry } from "@somakit/formats/registry";
import { differences } from "../../conformance/compare.js";
import { LARGE, LARGE_FRAMES } from "../protocol.js";
import { type BrowserCheck, expectSame, expectThat, kilobytes, thrownBy } from "./check.js";
import { addressOf, bytesOf, change, expectationOf, fixtureBytes, trafficOf } from "./files.js";

const FILE = "full.npz";

/** What full.npz can be opened from. */
const inputs: Readonly<Record<string, () => Promise<Input>>> = {
  "an ArrayBuffer": () => fixtureBytes(FILE),
  "a Uint8Array": async () => new Uint8Array(await fixtureBytes(FILE)),
  "a Blob": async () => new Blob([await fixtureBytes(FILE)]),
  "a File": async () => new File([await fixtureBytes(FILE)], FILE),
  "a URL whose server answers ranges": async () => addressOf("ranges", FILE),
  "a URL whose server answers no ranges": async () => addressOf("whole", FILE),
};

const fromEverywhere = Object.entries(inputs).map(
  ([what, input]): BrowserCheck => ({
    name: `opens ${what}`,
    async run() {
      const given = await input();
      const source = await toSource(given);
      if (given instanceof File) expectSame("the name", source.name, FILE);
      const { npz: found } = await digest(await npz.open(source));
      expectSame("differences", differences((await expectationOf(FILE))["npz"], found), []);
      const file = await humandata.open(given);
      expectSame("frames", (await file.bbox_xywh())?.shape, [7, 5]);
      await file.close();
      return `${kilobytes(source.byteLength)}`;
    },
  }),
);

const overHttp: readonly BrowserCheck[] = [
  {
    name: "reads one small value of a large file without downloading it",
    async run() {
      const url = addressOf("ranges", LARGE);
      const file = await humandata.open(url);
      expectSame("config", await file.config(), "large");
      expectSame("frames", await file.get("__data_len__"), LARGE_FRAMES);
      const traffic = await trafficOf(url);
      const { byteLength } = await urlSource(url);
      expectThat(`the file has only ${byteLength} bytes`, byteLength > 9_000_000);
      expectThat(
        "all was asked for by range",
        traffic.every(({ status }) => status === 206),
      );
      expectThat(`${bytesOf(traffic)} bytes were sent`, bytesOf(traffic) < 200_000);
      expectThat(`${traffic.length} requests were made`, traffic.length <= 5);
      return `${kilobytes(bytesOf(traffic))} of ${kilobytes(byteLength)} in ${traffic.length} requests`;
    },
  },
  {
    name: "downloads a file once where the server answers no ranges, and none that is too large",
    async run() {
      const url = addressOf("whole", LARGE);
      const file = await humandata.open(url);
      expectSame("config", await file.config(), "large");
      expectSame("shape", (await file.keypoints2d())?.shape, [LARGE_FRAMES, 190, 3]);
      const traffic = await trafficOf(url);
      expectSame("requests", traffic.length, 1);
      const error = await thrownBy("a limit", () => urlSource(addressOf("whole", LARGE), { maxDownload: 1_000_000 }));
      expectSame("code", (error as { readonly code?: unknown }).code, "limit");
      return `${kilobytes(bytesOf(traffic))} in 1 request`;
    },
  },
  {
    name: "asks for several ranges at once",
    async run() {
      const url = addressOf("slow", LARGE);
      const source = await urlSource(url);
      const started = performance.now();
      const starts = [1, 2, 3, 4].map((part) => part * 2_000_000);
      await Promise.all(starts.map((start) => source.read(start, start + 1000)));
      const took = performance.now() - started;
      const most = Math.max(...(await trafficOf(url)).map(({ atOnce }) => atOnce));
      expectSame("requests at once", most, starts.length);
      return `${starts.length} requests in ${took.toFixed(0)} ms`;
    },
  },
  {
    name: "reads the new content of a file that has changed since it was opened before",
    async run() {
      const url = addressOf("changing", LARGE);
      const places = [0, 5_000_000, 9_000_000];
      const contents = async (): Promise<readonly number[]> => {
        const source = await urlSource(url);
        const parts = await Promise.all(places.map((at) => source.read(at, at + 1)));
        return parts.map((part) => part[0] as number);
      };
      const before = await contents();
      await change(url);
      expectSame(
        "bytes",
        await contents(),
        before.map((byte) => byte ^ 0xff),
      );
      return "";
    },
  },
  {
    name: "reports a file that changes while it is read, and one that is not there",
    async run() {
      const url = addressOf("changing", LARGE);
      const source = await urlSource(url);
      await source.read(5_000_000, 5_000_100);
      await change(url);
      const changed = await thrownBy("a change", () => source.read(6_000_000, 6_000_100));
      expectSame("code", (changed as { readonly code?: unknown }).code, "corrupt");
      const missing = await thrownBy("no file", () => urlSource(addressOf("ranges", "no-such-file.npz")));
      expectSame("code", (missing as { readonly code?: unknown }).code, "missing");
      return "";
    },
  },
];

const recognising: BrowserCheck = {
  name: "recognises data sets by their content, and loads their code when it is needed",
  async run() {
    const titles: (string | undefined)[] = [];
    for (const name of ["full.npz", "full.pkl", "multi.npz", "multi.pkl"]) {
      const [best] = await detect(registry, await toSource(await fixtureBytes(name)));
      titles.push(best?.entry.title);
    }
    expectSame("titles", titles, ["HumanData", "HumanData", "MultiHumanData", "MultiHumanData"]);
    return "";
  },
};

export const opening: readonly BrowserCheck[] = [...fromEverywhere, ...overHttp, recognising];
