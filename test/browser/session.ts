import { join } from "node:path";
import { MemorySink, NdArray } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { Fixtures } from "../conformance/fixtures.js";
import { bundle } from "./bundle.js";
import { openBrowser } from "./chromium.js";
import { LARGE, LARGE_FRAMES, type Result } from "./protocol.js";
import { startSite } from "./server.js";
import { type Verdict, verdictOf } from "./verdict.js";

const fixtures = new Fixtures(join(import.meta.dirname, "../conformance/humandata"));

export interface Session {
  readonly results: readonly Result[];
  /** Files that the browser could read, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that were written in the browser, by name. */
  readonly written: ReadonlyMap<string, Uint8Array>;
}

/** Lets a browser do all that it is to show. Rejects when it has not done after `patience` milliseconds. */
export async function browserSession(command: string, patience: number): Promise<Session> {
  const files = new Map(fixtures.files.map((name) => [name, fixtures.bytes(name)])).set(LARGE, await largeFile());
  const site = await startSite({
    program: await bundle(),
    files,
    verdicts: JSON.stringify(await verdictsOf(files)),
  });
  const browser = openBrowser(command, site.url);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no results after ${patience} ms:\n${browser.output()}`)), patience);
  });
  try {
    return { results: await Promise.race([site.results, browser.ended, late]), files, written: site.written };
  } finally {
    clearTimeout(timer);
    await browser.close();
    await site.close();
  }
}

/** What Node makes of every fixture. */
async function verdictsOf(files: ReadonlyMap<string, Uint8Array>): Promise<Readonly<Record<string, Verdict>>> {
  const verdicts: Record<string, Verdict> = {};
  for (const [name, bytes] of files)
    if (/\.(npz|pkl)$/.test(name) && name !== LARGE) verdicts[name] = await verdictOf(name, bytes);
  return verdicts;
}

async function largeFile(): Promise<Uint8Array> {
  const shape = [LARGE_FRAMES, 190, 3] as const;
  const size = shape.reduce<number>((product, length) => product * length, 1);
  const keypoints = NdArray.from(
    "float64",
    Float64Array.from({ length: size }, (_, index) => (index * 7) % 1009),
    shape,
  );
  const sink = new MemorySink();
  const value: humandata.HumanData = {
    __data_len__: LARGE_FRAMES,
    keypoints2d: keypoints,
    keypoints2d_mask: NdArray.from("uint8", new Uint8Array(190).fill(1)),
    config: "large",
  };
  await humandata.write(sink, value, { compression: "none" });
  return sink.bytes();
}
