import { deflateSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import * as browser from "../src/platform/browser.js";
import * as node from "../src/platform/node.js";
import type { Platform } from "../src/platform/platform.js";
import { formatError, noise } from "./support-io.js";

const platforms = { node, browser } satisfies Record<string, Platform>;
const contents = [new Uint8Array(0), noise(100), new Uint8Array(Buffer.concat([noise(70_000), Buffer.alloc(500_000)]))];

describe.each(Object.entries(platforms))("zlib data on the %s platform", (name, platform: Platform) => {
  it.each(contents)("is inflated to what it was", async (content) => {
    const inflated = await platform.inflateZlib(new Uint8Array(deflateSync(content)), content.byteLength);
    expect(Buffer.compare(inflated, content)).toBe(0);
  });

  it.each(contents)("is made so that others read it", async (content) => {
    expect(Buffer.compare(inflateSync(await platform.deflateZlib(content, 6)), content)).toBe(0);
  });

  const content = contents[2] as Uint8Array;
  const good = new Uint8Array(deflateSync(content));
  const { byteLength } = content;
  const wrongSum = new Uint8Array(good);
  wrongSum[good.byteLength - 1] = (good.at(-1) as number) ^ 1;
  it.each([
    ["that holds more", good, byteLength - 1, "limit"],
    ["that holds far more", good, 10, "limit"],
    ["that holds something in place of nothing", good, 0, "limit"],
    ["that holds less", good, byteLength + 1, "truncated"],
    ["that ends early", good.subarray(0, 1000), byteLength, name === "node" ? "truncated" : "corrupt"],
    ["without its checksum", good.subarray(0, -4), byteLength, name === "node" ? "truncated" : "corrupt"],
    ["with another checksum", wrongSum, byteLength, name === "node" ? "checksum" : "corrupt"],
    ["that is none", noise(100), 100, "corrupt"],
    ["that is small and none", noise(100, 7), 20_000, "corrupt"],
  ] as const)("%s is refused", async (_, bytes, size, code) => {
    await formatError(() => platform.inflateZlib(bytes, size), code);
  });
});
