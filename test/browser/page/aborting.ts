import { fileHandleSink, MemorySink, type Progress, urlSource } from "@somakit/core";
import * as humandata from "@somakit/formats/humandata";
import { LARGE, type Mode } from "../protocol.js";
import { type BrowserCheck, expectSame, expectThat, thrownBy } from "./check.js";
import { addressOf, bytesOf, fixtureBytes, trafficOf } from "./files.js";

/** What aborts with `reason` after the first `count` reports of progress. */
function abortAfter(count: number): {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
} {
  const abort = new AbortController();
  let reports = 0;
  return {
    signal: abort.signal,
    onProgress: () => {
      if (++reports >= count) abort.abort(reason);
    },
  };
}

/** Nothing but this very object is the reason. */
const reason = new Error("the user has left");

async function expectAborted(work: () => Promise<unknown>): Promise<void> {
  const error = await thrownBy("an abort", work);
  expectThat(`it threw ${String(error)} and not the reason`, error === reason);
}

const during = (mode: Mode, what: string): BrowserCheck => ({
  name: `aborts ${what}`,
  async run() {
    const url = addressOf(mode, LARGE);
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 150);
    await expectAborted(async () => {
      const file = await humandata.open(url, { signal: abort.signal });
      await file.keypoints2d({ signal: abort.signal });
    });
    return `${bytesOf(await trafficOf(url))} bytes were sent`;
  },
});

export const aborting: readonly BrowserCheck[] = [
  {
    name: "asks the server for nothing when aborted before",
    async run() {
      const url = addressOf("ranges", LARGE);
      const signal = AbortSignal.abort(reason);
      await expectAborted(() => humandata.open(url, { signal }));
      await expectAborted(() => urlSource(url, { signal }));
      expectSame("requests", await trafficOf(url), []);
      return "";
    },
  },
  during("silent", "while it waits for an answer"),
  during("stalling", "while it reads an answer"),
  during("stuck", "while it downloads a whole file"),
  {
    name: "aborts when a time is over",
    async run() {
      const error = await thrownBy("a timeout", () =>
        urlSource(addressOf("stuck", LARGE), { signal: AbortSignal.timeout(100) }),
      );
      expectSame("name", (error as DOMException).name, "TimeoutError");
      return String(error);
    },
  },
  {
    name: "can be used again after it was aborted",
    async run() {
      const url = addressOf("slow", LARGE);
      const file = await humandata.open(url);
      const abort = new AbortController();
      setTimeout(() => abort.abort(reason), 50);
      await expectAborted(() => file.keypoints2d({ signal: abort.signal }));
      expectSame("mask", (await file.keypoints2d_mask())?.shape, [190]);
      return "";
    },
  },
  {
    name: "aborts reading and checking",
    async run() {
      const blob = new Blob([await fixtureBytes("full.npz")]);
      await expectAborted(() => humandata.read(blob, abortAfter(3)));
      await expectAborted(() => humandata.check(blob, abortAfter(3)));
      return "";
    },
  },
  {
    name: "aborts writing, and leaves nothing",
    async run() {
      const file = await humandata.open(await fixtureBytes(LARGE));
      for (const options of [{ container: "npz" }, { compression: "none" }, { container: "pickle" }] as const) {
        const sink = new MemorySink();
        await expectAborted(() => humandata.write(sink, file, { ...options, ...abortAfter(2) }));
        await thrownBy("nothing written", () => sink.parts());
      }
      const handle = await (await navigator.storage.getDirectory()).getFileHandle("aborted.npz", { create: true });
      const sink = await fileHandleSink(handle);
      await expectAborted(() => humandata.write(sink, file, abortAfter(2)));
      expectSame("size", (await handle.getFile()).size, 0);
      await (await navigator.storage.getDirectory()).removeEntry("aborted.npz");
      return "";
    },
  },
  {
    name: "gives the page its turn while it works on what is in memory, so that a user can abort",
    async run() {
      const bytes = await fixtureBytes("full.npz");
      const abort = new AbortController();
      setTimeout(() => abort.abort(reason), 50);
      const started = performance.now();
      await expectAborted(async () => {
        while (performance.now() < started + 3000) await humandata.read(bytes, { signal: abort.signal });
      });
      return "";
    },
  },
];
