import { describe, expect, it } from "vitest";
import { FormatError } from "../src/errors.js";
import { answer } from "../src/threads/answer.js";
import type { Reply, Request } from "../src/threads/message.js";
import { ownJob } from "../src/threads/own-jobs.js";
import { webThreads } from "../src/threads/web-threads.js";
import { sample } from "./support-xz.js";

const jobs = {
  double: (input: unknown) => ({ output: 2 * (input as number) }),
  refuse: () => {
    throw new FormatError("corrupt", "bad bytes", { path: "a", offset: 3 });
  },
};

/** As much of a worker as is used, on this thread. */
class FakeWorker {
  onmessage: ((event: { readonly data: Reply }) => void) | undefined;
  onerror: ((event: { readonly message?: string; preventDefault(): void }) => void) | undefined;
  ended = false;
  readonly broken: boolean;

  constructor(broken: boolean) {
    this.broken = broken;
  }

  postMessage(request: Request, transfer: ArrayBuffer[]): void {
    const received = structuredClone(request, { transfer });
    if (this.broken) {
      setTimeout(() => this.onerror?.({ preventDefault: () => undefined }), 0);
      return;
    }
    void answer(received, {
      load: ({ name }) => ownJob(name)?.() ?? Promise.resolve(jobs),
      send: (reply) => setTimeout(() => this.onmessage?.({ data: structuredClone(reply) }), 0),
    });
  }

  terminate(): void {
    this.ended = true;
  }
}

function fakes(broken = false): { readonly made: FakeWorker[]; readonly start: () => Worker } {
  const made: FakeWorker[] = [];
  const start = (): Worker => {
    const worker = new FakeWorker(broken);
    made.push(worker);
    return worker as unknown as Worker;
  };
  return { made, start };
}

const module = new URL("https://example.org/jobs.js");

describe("webThreads", () => {
  it("runs tasks on as many workers as it may, and ends them", async () => {
    const { made, start } = fakes();
    const threads = webThreads({ count: 2, start });
    expect(made.length).toBe(0);
    const results = await Promise.all([1, 2, 3, 4].map((input) => threads.run({ module, name: "double", input })));
    expect(results).toEqual([2, 4, 6, 8]);
    expect(made.length).toBe(2);
    await threads.close();
    expect(made.map(({ ended }) => ended)).toEqual([true, true]);
  });

  it("gives errors as they were thrown", async () => {
    const threads = webThreads({ count: 1, start: fakes().start });
    await expect(threads.run({ module, name: "refuse", input: 1 })).rejects.toMatchObject({
      code: "corrupt",
      offset: 3,
    });
    await expect(threads.run({ module, name: "none", input: 1 })).rejects.toThrow(/exports no function none/);
    await expect(threads.run({ module, name: "double", input: () => 1 })).rejects.toThrow(/could not be cloned/);
    expect(await threads.run({ module, name: "double", input: 1 })).toBe(2);
  });

  it("knows this package's own work by name, wherever a bundler put it", async () => {
    const threads = webThreads({ count: 1, start: fakes().start });
    const input = { bytes: sample(1000), check: "crc32", settings: undefined };
    const encoded = await threads.run({ module, name: "encodeXzBlock", input });
    expect(encoded).toMatchObject({ record: { uncompressedBytes: 1000 } });
  });

  it("says so when workers cannot be loaded or made, for every task", async () => {
    const threads = webThreads({ count: 1, start: fakes(true).start });
    for (const input of [1, 2]) {
      await expect(threads.run({ module, name: "double", input })).rejects.toThrow(/could not be loaded/);
    }
    const never = webThreads({
      count: 1,
      start: () => {
        throw new Error("forbidden");
      },
    });
    for (const input of [1, 2]) await expect(never.run({ module, name: "double", input })).rejects.toThrow("forbidden");
  });

  it("takes no count that is none", () => {
    for (const count of [0, -1, 1.5]) expect(() => webThreads({ count })).toThrow(RangeError);
  });
});
