import { describe, expect, it } from "vitest";
import { npz } from "../src/codec/npz/index.js";
import type { FormatError } from "../src/errors.js";
import { NdArray } from "../src/ndarray/ndarray.js";
import { MemorySink } from "../src/source/sink-memory.js";
import { urlSource } from "../src/source/url.js";
import type { ArrayNode, GroupNode } from "../src/tree/node.js";
import { type ServeOptions, serve } from "./support-http.js";
import { formatError, noise, text } from "./support-io.js";

const bytes = noise(200_000);

describe("sources over HTTP", () => {
  it("ask for parts, the first bytes only once", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve(bytes, {
      answer: (request) => {
        asked.push(request.headers.range);
        return false;
      },
    });
    const source = await urlSource(url, { headers: { "X-Test": "1" } });
    await source.read(0, 1000);
    await source.read(100_000, 100_010);
    expect(asked).toEqual(["bytes=0-65535", "bytes=100000-100009"]);
  });

  it("are called by their address without what may be secret", async () => {
    expect((await urlSource(await serve(bytes))).name).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/data\/file\.npz$/);
  });

  it("learn the length in another way where Content-Range is hidden", async () => {
    const source = await urlSource(await serve(bytes, { hideRange: true }));
    expect(source.byteLength).toBe(200_000);
    expect(Buffer.compare(await source.read(150_000, 200_000), bytes.subarray(150_000))).toBe(0);
  });

  it("may be empty or short", async () => {
    expect((await urlSource(await serve(new Uint8Array(0)))).byteLength).toBe(0);
    expect(await (await urlSource(await serve(text("abc")))).read(0, 3)).toEqual(text("abc"));
  });

  it("are read whole up to a limit when the server knows no ranges", async () => {
    const url = await serve(bytes, { ranges: false });
    expect((await urlSource(url)).byteLength).toBe(200_000);
    await formatError(() => urlSource(url, { maxDownload: 199_999 }), "limit");
    const chunked = await serve(bytes, {
      answer: (_request, response) => {
        response.write(bytes);
        response.end();
        return true;
      },
    });
    await formatError(() => urlSource(chunked, { maxDownload: 199_999 }), "limit");
  });

  it.each<[string, number, FormatError["code"] | RegExp]>([
    ["not found", 404, "missing"],
    ["gone", 410, "missing"],
    ["forbidden", 403, /the server answered 403 Forbidden$/],
    ["broken", 500, /the server answered 500/],
  ])("report a file that is %s", async (_, status, expected) => {
    const url = await serve(bytes, {
      answer: (_request, response) => {
        response.writeHead(status).end("sorry");
        return true;
      },
    });
    if (typeof expected === "string") await formatError(() => urlSource(url), expected);
    else await expect(urlSource(url)).rejects.toThrow(expected);
  });

  it.each<[string, ServeOptions["answer"], FormatError["code"]]>([
    [
      "has changed by its ETag",
      (_, response, count) => {
        if (count > 1) response.setHeader("ETag", '"v2"');
        return false;
      },
      "corrupt",
    ],
    [
      "is suddenly sent whole",
      (_, response, count) => {
        if (count > 1) response.end(bytes);
        return count > 1;
      },
      "corrupt",
    ],
    [
      "has another length now",
      (_, response, count) => {
        if (count > 1) response.writeHead(206, { "Content-Range": "bytes 100000-100009/200001" }).end(noise(10));
        return count > 1;
      },
      "corrupt",
    ],
    [
      "answers another range",
      (_, response, count) => {
        if (count > 1) response.writeHead(206, { "Content-Range": "bytes 0-9/200000" }).end(noise(10));
        return count > 1;
      },
      "corrupt",
    ],
    [
      "sends too few bytes",
      (_, response, count) => {
        if (count > 1) response.writeHead(206, { "Content-Range": "bytes 100000-100009/200000" }).end(noise(9));
        return count > 1;
      },
      "truncated",
    ],
    [
      "sends too many bytes",
      (_, response, count) => {
        if (count > 1) response.writeHead(206, { "Content-Range": "bytes 100000-100009/200000" }).end(noise(11));
        return count > 1;
      },
      "corrupt",
    ],
  ])("report a file that %s", async (_, answer, code) => {
    const source = await urlSource(await serve(bytes, { ...(answer && { answer }) }));
    await formatError(() => source.read(100_000, 100_010), code);
  });

  it("give one small array of an archive for four short requests", async () => {
    const sink = new MemorySink();
    const tree = new Map([
      ["large", NdArray.from("uint8", noise(2_000_000))],
      ["small", NdArray.from("uint8", Uint8Array.of(1, 2, 3))],
      ["large too", NdArray.from("uint8", noise(2_000_000))],
    ]);
    await npz.write(sink, tree, { compression: "none" });
    const asked: number[] = [];
    const url = await serve(sink.bytes(), {
      answer: (request) => {
        const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
        asked.push(Number(end) + 1 - Number(start));
        return false;
      },
    });
    const root = (await npz.open(await urlSource(url))) as GroupNode;
    const node = (await root.child("small")) as ArrayNode;
    expect((await node.load()).toList()).toEqual([1, 2, 3]);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(Math.max(...asked)).toBeLessThan(70_000);
  });

  it("refuse file: URLs with a hint", async () => {
    await expect(urlSource(new URL("file:///etc/passwd"))).rejects.toThrow("fileSource");
  });
});
