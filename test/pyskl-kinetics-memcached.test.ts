import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { memoryFolder, NdArray, type Value, writePickle } from "@somakit/core";
import { afterEach, describe, expect, test } from "vitest";
import {
  cachedKpStore,
  decompressPose,
  fillKpCache,
  type KpCache,
  type KpEntry,
  KpFiles,
  loadPose,
} from "../packages/formats/src/pyskl/kinetics/index.js";
import { type MemcachedOptions, memcachedKpCache } from "../packages/formats/src/pyskl/kinetics/node/memcached.js";

/** What is stopped and closed after each test. */
const cleanup: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

async function cacheAt(port: number, options: MemcachedOptions = {}): Promise<KpCache> {
  const cache = await memcachedKpCache({ host: "127.0.0.1", port, timeout: 2000, ...options });
  cleanup.push(async () => cache.close?.());
  return cache;
}

const keypoints = (count: number, value = 0x3c00): KpEntry => ({
  keypoint: NdArray.from("float16", new Uint16Array(count * 51).fill(value), [count, 17, 3]),
});

describe("a server that cannot be trusted", () => {
  /** Says `answer` to everything that it is told. */
  async function saying(answer: string | Uint8Array, onData?: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("data", () => (onData ? onData(socket) : socket.write(answer)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanup.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    });
    return (server.address() as { readonly port: number }).port;
  }

  const value = (bytes: Uint8Array, flags: number | string = 1): Uint8Array =>
    Buffer.concat([Buffer.from(`VALUE v ${flags} ${bytes.length}\r\n`), bytes, Buffer.from("\r\nEND\r\n")]);

  test.each<[string, string, string]>([
    ["a size that is none", "VALUE v 1 abc\r\nEND\r\n", "corrupt"],
    ["a negative size", "VALUE v 1 -5\r\nEND\r\n", "corrupt"],
    ["no size", "VALUE v\r\nEND\r\n", "corrupt"],
    ["more than is taken", "VALUE v 1 99999999999\r\n", "limit"],
    ["a value that does not end", "VALUE v 1 2\r\nabcdEND\r\n", "corrupt"],
    ["two values", "VALUE v 1 1\r\na\r\nVALUE w 1 1\r\nb\r\nEND\r\n", "corrupt"],
    ["an unknown word", "STAT pid 1\r\nEND\r\n", "corrupt"],
    ["an answer to something else", "STORED\r\n", "corrupt"],
    ["a number", "5\r\n", "corrupt"],
    ["an empty line", "\r\n\r\nSTORED\r\n", "corrupt"],
  ])("%s ends in an error", async (_, answer, code) => {
    const cache = await cacheAt(await saying(answer));
    await expect(cache.get("v")).rejects.toMatchObject({ name: "FormatError", code });
    // The connection is gone, the cache is not.
    await expect(cache.get("v")).rejects.toMatchObject({ code });
  });

  test("what comes unasked ends the connection, not the process", async () => {
    const port = await saying("", (socket) => socket.write("END\r\nVALUE v 1 3\r\nabc\r\nEND\r\nVALUE w 1 -1\r\n"));
    const cache = await cacheAt(port);
    expect(await cache.get("v")).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await cache.get("v")).toBeUndefined();
  });

  test("an error of the server is passed on", async () => {
    const cache = await cacheAt(await saying("SERVER_ERROR out of memory\r\n"));
    await expect(cache.get("v")).rejects.toThrow("out of memory");
  });

  test("silence ends after the time given", async () => {
    const cache = await cacheAt(await saying("", () => {}), { timeout: 200 });
    await expect(cache.get("v")).rejects.toThrow(/timeout/i);
  });

  test("who gives up does not wait for the server", async () => {
    const cache = await cacheAt(await saying("", () => {}));
    const controller = new AbortController();
    const given = cache.get("v", { signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
  });

  test("a connection that breaks off is an error", async () => {
    const cache = await cacheAt(await saying("", (socket) => socket.end("VALUE v 1 100\r\nabc")));
    await expect(cache.get("v")).rejects.toThrow(/socket/);
  });

  test("nobody there is an error", async () => {
    const cache = await cacheAt(1);
    await expect(cache.get("v")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await expect(cache.set("v", keypoints(1))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("pickles that would run code are refused", async () => {
    const evil = Buffer.from("cos\nsystem\n(S'true'\ntR.", "latin1");
    const cache = await cacheAt(await saying(value(evil)));
    await expect(cache.get("v")).rejects.toMatchObject({ code: "refused", path: "v" });
  });

  test.each<[string, Uint8Array, number]>([
    ["bytes", Buffer.from("abc"), 0],
    ["text", Buffer.from("abc"), 16],
    ["a number", Buffer.from("12"), 2],
    ["a compressed pickle", Buffer.from([1, 2]), 9],
    ["a pickle of a list", writePickle([1]), 1],
  ])("%s is no entry, so the clip is not there", async (_, bytes, flags) => {
    const cache = await cacheAt(await saying(value(bytes, flags)));
    expect(await cache.get("v")).toBeUndefined();
  });

  test("a dict without keypoints is an error that names the clip", async () => {
    const cache = await cacheAt(await saying(value(writePickle(new Map<Value, Value>([["a", 1]])))));
    await expect(cache.get("v")).rejects.toMatchObject({ code: "missing", path: "v" });
  });

  test.each(["", "a b", "a\r\nflush_all", "ä", "x".repeat(251), "\0"])("%j is no key", async (name) => {
    const cache = await cacheAt(1);
    await expect(cache.get(name)).rejects.toMatchObject({ code: "unwritable" });
    await expect(cache.set(name, keypoints(1))).rejects.toMatchObject({ code: "unwritable" });
  });

  test.each(["__proto__", "constructor", "x".repeat(250)])("%s is a key like any other", async (name) => {
    const cache = await cacheAt(await saying("END\r\n"));
    expect(await cache.get(name)).toBeUndefined();
  });
});

const hasServer = spawnSync("memcached", ["-V"]).status === 0;

describe.skipIf(!hasServer)("a real memcached (skipped where there is none)", () => {
  /** Starts a server with upstream's limit on sizes. */
  async function start(): Promise<number> {
    const port = await freePort();
    const args = ["-l", "127.0.0.1", "-p", `${port}`, "-U", "0", "-m", "64", "-I", "6m", "-u", "nobody"];
    const server = spawn("memcached", args, { stdio: "ignore" });
    const gone = new Promise((resolve) => server.on("close", resolve));
    cleanup.push(() => {
      server.kill();
      return gone;
    });
    for (let tries = 0; tries < 100; tries++) {
      const cache = await memcachedKpCache({ host: "127.0.0.1", port, timeout: 1000 });
      const up = await cache.get("v").then(
        () => true,
        () => false,
      );
      await cache.close?.();
      if (up) return port;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("memcached does not start");
  }

  async function freePort(): Promise<number> {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
    const { port } = probe.address() as { readonly port: number };
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }

  /** Nobody answers to what is set, so that another connection may come before it is there. */
  async function eventually(cache: KpCache, name: string): Promise<KpEntry | undefined> {
    let found = await cache.get(name);
    for (let tries = 0; !found && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      found = await cache.get(name);
    }
    return found;
  }

  test("entries of every size and any bytes come back, for other clients too", async () => {
    const port = await start();
    const cache = await cacheAt(port);
    const bytes = randomBytes(51 * 2 * 50_000);
    bytes.write("\r\nEND\r\nVALUE v 1 3\r\n", 1000, "latin1");
    const large = { keypoint: NdArray.fromBytes("<f2", [50_000, 17, 3], bytes), note: "x\r\n" };
    expect(await cache.set("large", large)).toBe(true);
    expect(await cache.set("small", { keypoint: keypoints(0).keypoint })).toBe(true);
    const other = await cacheAt(port);
    const found = await eventually(other, "large");
    expect(found?.keypoint.shape).toEqual([50_000, 17, 3]);
    expect(Buffer.from(found?.keypoint.toBytes() ?? []).equals(bytes)).toBe(true);
    expect(found?.["note"]).toBe("x\r\n");
    expect((await other.get("small"))?.keypoint.shape).toEqual([0, 17, 3]);
    expect(await other.get("none")).toBeUndefined();
  });

  test("what is sent right before closing arrives", async () => {
    const port = await start();
    const cache = await memcachedKpCache({ host: "127.0.0.1", port });
    await cache.set("v", keypoints(40_000));
    await cache.close?.();
    expect((await eventually(await cacheAt(port), "v"))?.keypoint.shape[0]).toBe(40_000);
  });

  test("many at once keep their answers apart", async () => {
    const cache = await cacheAt(await start());
    const names = Array.from({ length: 50 }, (_, index) => `clip${index}`);
    await Promise.all(names.map((name, index) => cache.set(name, keypoints(index + 1))));
    const found = await Promise.all(names.map((name) => cache.get(name)));
    expect(found.map((entry) => entry?.keypoint.shape[0])).toEqual(names.map((_, index) => index + 1));
  });

  test("an entry above the limit is not sent; one that the server does not keep is reported when it is filled", async () => {
    const port = await start();
    const big = keypoints(80_000);
    expect(await (await cacheAt(port)).set("big", big)).toBe(false);
    const eager = await cacheAt(port, { maxItemBytes: 1 << 24 });
    await expect(
      fillKpCache(
        eager,
        (async function* () {
          yield ["big", big] as const;
        })(),
      ),
    ).rejects.toMatchObject({ code: "limit", path: "big" });
  });

  test("a clip goes from its kpfile through the server into arrays", async () => {
    const port = await start();
    const file = new Map<Value, Value>(
      ["u", "v"].map((name, index) => [name, new Map<Value, Value>([["keypoint", keypoints(index + 2).keypoint]])]),
    );
    const folder = memoryFolder(new Map([["data/k.pkl", writePickle(file)]]));
    const clip = {
      frame_dir: "v",
      raw_file: "data/k.pkl",
      total_frames: 9,
      frame_inds: NdArray.from<"int16">("int16", Int16Array.of(1, 3, 3), [3]),
    };
    const store = cachedKpStore(await memcachedKpCache({ host: "127.0.0.1", port }), new KpFiles(folder));
    const pose = decompressPose(await loadPose(clip, store));
    expect(pose.keypoint.shape).toEqual([2, 2, 17, 2]);
    await store.close?.();
    // The other clip of the kpfile is there as well, and the files are needed no more.
    const cache = await cacheAt(port);
    await eventually(cache, "v");
    const later = cachedKpStore(cache, new KpFiles(memoryFolder(new Map())));
    expect((await later.get({ frame_dir: "u", raw_file: "data/k.pkl" }))?.keypoint.shape[0]).toBe(2);
  });
});
