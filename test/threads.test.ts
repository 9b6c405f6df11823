import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FormatError, type Threads } from "@somakit/core";
import { nodeThreads } from "@somakit/core/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const JOBS = `
import { threadId } from "node:worker_threads";
import { FormatError } from ${JSON.stringify(import.meta.resolve("@somakit/core"))};
const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));
export const add = ([a, b]) => ({ output: a + b });
export const where = async (time) => { await wait(time); return { output: threadId }; };
export const twice = (bytes) => {
  const output = bytes.map((byte) => 2 * byte);
  return { output, transfer: [output.buffer] };
};
export const refuse = () => { throw new FormatError("corrupt", "bad bytes", { path: "a.b", offset: 7 }); };
export const fail = () => { throw new RangeError("too far"); };
export const odd = () => { throw "a text"; };
export const die = () => process.exit(3);
export const number = 5;
`;

describe("nodeThreads", () => {
  let folder: string;
  let module: URL;
  let threads: Threads;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-threads-"));
    const path = join(folder, "jobs.mjs");
    writeFileSync(path, JOBS);
    module = pathToFileURL(path);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => threads.close());

  it("calls the function of the module with the input", async () => {
    threads = nodeThreads({ count: 1 });
    expect(threads.count).toBe(1);
    expect(await threads.run({ module, name: "add", input: [2, 3] })).toBe(5);
  });

  it("does as much at once as there are threads, and all that is handed in", async () => {
    threads = nodeThreads({ count: 2 });
    const ids = await Promise.all(Array.from({ length: 9 }, () => threads.run({ module, name: "where", input: 20 })));
    expect(new Set(ids).size).toBe(2);
  });

  it("hands memory over, there and back", async () => {
    threads = nodeThreads({ count: 1 });
    const input = Uint8Array.of(1, 2, 3);
    const output = await threads.run({ module, name: "twice", input, transfer: [input.buffer] });
    expect(output).toEqual(Uint8Array.of(2, 4, 6));
    expect(input.length).toBe(0);
  });

  it("gives errors as they were thrown", async () => {
    threads = nodeThreads({ count: 1 });
    const run = (name: string): Promise<unknown> => threads.run({ module, name, input: null });
    const error = await run("refuse").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ code: "corrupt", reason: "bad bytes", path: "a.b", offset: 7 });
    await expect(run("fail")).rejects.toThrow(new RangeError("too far"));
    await expect(run("odd")).rejects.toBe("a text");
    await expect(run("number")).rejects.toThrow(/exports no function number/);
    await expect(threads.run({ module: new URL("none.mjs", module), name: "add", input: 1 })).rejects.toThrow(
      /none\.mjs/,
    );
    expect(await threads.run({ module, name: "add", input: [1, 1] })).toBe(2);
  });

  it("goes on when a thread has died", async () => {
    threads = nodeThreads({ count: 1 });
    const died = threads.run({ module, name: "die", input: null });
    const next = threads.run({ module, name: "add", input: [1, 2] });
    await expect(died).rejects.toThrow("a thread ended with 3");
    expect(await next).toBe(3);
  });

  it("refuses input that cannot be copied, and goes on", async () => {
    threads = nodeThreads({ count: 1 });
    await expect(threads.run({ module, name: "add", input: () => 1 })).rejects.toThrow(/could not be cloned/);
    expect(await threads.run({ module, name: "add", input: [1, 2] })).toBe(3);
  });

  it("drops what waits when its signal says so", async () => {
    threads = nodeThreads({ count: 1 });
    const stop = new AbortController();
    const under = threads.run({ module, name: "where", input: 50 }, { signal: stop.signal });
    const waiting = threads.run({ module, name: "where", input: 60_000 }, { signal: stop.signal });
    const other = threads.run({ module, name: "add", input: [1, 2] });
    stop.abort(new Error("enough"));
    await expect(under).rejects.toThrow("enough");
    await expect(waiting).rejects.toThrow("enough");
    expect(await other).toBe(3);
    await expect(threads.run({ module, name: "add", input: [1, 2] }, { signal: stop.signal })).rejects.toThrow(
      "enough",
    );
  });

  it("ends what is under way when it is closed", async () => {
    threads = nodeThreads({ count: 1 });
    const [under, waiting] = [1, 2].map(() => threads.run({ module, name: "where", input: 60_000 })) as [
      Promise<unknown>,
      Promise<unknown>,
    ];
    const results = Promise.allSettled([under, waiting]);
    await threads.close();
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(threads.run({ module, name: "add", input: [1, 2] })).rejects.toThrow("the threads were closed");
  });

  it("takes no count that is none", () => {
    threads = nodeThreads();
    for (const count of [0, -1, 1.5, Number.NaN]) expect(() => nodeThreads({ count })).toThrow(RangeError);
  });
});
