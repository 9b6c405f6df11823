import { MemorySink, urlSource } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { LARGE, type Mode, paths } from "../protocol.js";
import { type Verdict, verdictOf } from "../verdict.js";
import { type BrowserCheck, expectSame, expectThat, kilobytes } from "./check.js";
import { addressOf, bytesOf, fetchJson, fixtureBytes, trafficOf } from "./files.js";
import { tensors } from "./tensors.js";

/** Reads from a server that keeps `Content-Range`, `ETag` and the like from pages of other origins. */
const fromElsewhere = (mode: Mode, what: string, most: number): BrowserCheck => ({
  name: `a worker reads from another origin, ${what}`,
  async run() {
    const url = addressOf(mode, LARGE, await fetchJson<string>(paths.elsewhere));
    const file = await humandata.open(url);
    expectSame("config", await file.config(), "large");
    const traffic = await trafficOf(url);
    expectThat(`${bytesOf(traffic)} bytes were sent`, bytesOf(traffic) < most);
    const { byteLength } = await urlSource(url);
    return `${kilobytes(bytesOf(traffic))} of ${kilobytes(byteLength)} in ${traffic.length} requests`;
  },
});

export const inWorker: readonly BrowserCheck[] = [
  {
    name: "a worker reads, checks and writes",
    async run() {
      const verdicts = await fetchJson<Readonly<Record<string, Verdict>>>(paths.verdicts);
      for (const name of ["compressed.npz", "full.pkl", "bad_frames_differ.npz", "bad_pickle_os_system.npz"]) {
        const found = JSON.stringify(await verdictOf(name, new Blob([await fixtureBytes(name)])));
        expectSame(name, JSON.parse(found), verdicts[name]);
      }
      const data = await humandata.read(await fixtureBytes("full.npz"));
      const sink = new MemorySink();
      await humandata.write(sink, data);
      expectSame("config", (await humandata.read(sink.bytes())).config, data.config);
      return "";
    },
  },
  fromElsewhere("ranges", "by ranges", 200_000),
  fromElsewhere("packed", "where files are compressed on the way", 200_000),
  fromElsewhere("whole", "as a whole", Number.POSITIVE_INFINITY),
  // Here, as tfjs tries out WebAssembly, which the page's policy forbids and the page would count as an offence.
  ...tensors,
];
