import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bunzip2, isBzip2 } from "../src/codec/bzip2/index.js";
import { collect, formatError, piecesOf } from "./support-io.js";

/** What Python's bz2 made of `content`. */
const made = (content: Uint8Array, level = 9): Uint8Array => {
  const code = `import sys, bz2; sys.stdout.buffer.write(bz2.compress(sys.stdin.buffer.read(), ${level}))`;
  return new Uint8Array(spawnSync("python3", ["-c", code], { input: content, maxBuffer: 2 ** 28 }).stdout);
};
const hasPython = spawnSync("python3", ["-c", "import bz2"]).status === 0;

const unpacked = (bytes: Uint8Array, size = 1 << 16): Promise<Uint8Array> => collect(bunzip2(piecesOf(bytes, size)));

/** `printf "hello hello hello\\n" | bzip2` */
const HELLO = Buffer.from("QlpoOTFBWSZTWeW18wkAAARRAAAQQAACRKAAIbUYDAKQacKjC7kinChIctr5hIA=", "base64");

describe("bzip2", () => {
  it("is recognised by its first bytes", () => {
    expect([isBzip2(HELLO), isBzip2(Uint8Array.of(0x1f, 0x8b)), isBzip2(new Uint8Array(0))]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("is unpacked", async () => {
    expect(new TextDecoder().decode(await unpacked(HELLO))).toBe("hello hello hello\n");
  });

  describe.skipIf(!hasPython)("as Python writes it", () => {
    const text = new TextEncoder().encode("one, two, three; ".repeat(9000));
    const noise = Uint8Array.from({ length: 250_000 }, (_, index) => (Math.imul(index, 2654435761) >>> 13) & 0xff);
    const runs = new Uint8Array(1_200_000).map((_, index) => (index < 700_000 ? 7 : index % 259 === 0 ? 1 : 0));
    const fours = Uint8Array.from({ length: 4000 }, (_, index) =>
      index % 9 < 4 ? 5 : index % 9 < 8 ? 6 : index & 0xff,
    );
    it.each([
      ["nothing", new Uint8Array(0), 9],
      ["one byte", Uint8Array.of(0), 1],
      ["text", text, 1],
      ["noise in several blocks", noise, 1],
      ["long runs", runs, 9],
      ["runs of just four", fours, 9],
      ["all bytes", Uint8Array.from({ length: 256 }, (_, byte) => byte), 9],
    ])("gives back %s", async (_name, content, level) => {
      const bytes = made(content, level);
      for (const size of [1 << 16, 1000]) expect(Buffer.compare(await unpacked(bytes, size), content)).toBe(0);
    });

    it("goes on with the next stream, and refuses anything else behind", async () => {
      const one = made(Uint8Array.of(1, 2, 3));
      const both = Buffer.concat([one, made(Uint8Array.of(4))]);
      expect([...(await unpacked(both, 1))]).toEqual([1, 2, 3, 4]);
      await formatError(() => unpacked(Buffer.concat([one, Buffer.from("more")])), "corrupt");
    });

    it("finds where data was cut off or changed, and never hangs", async () => {
      const whole = made(text.subarray(0, 3000));
      for (let end = 0; end < whole.byteLength; end++)
        await formatError(() => unpacked(whole.subarray(0, end)), "truncated");
      let found = 0;
      for (let at = 0; at < whole.byteLength; at++) {
        const damaged = new Uint8Array(whole);
        damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
        await unpacked(damaged).catch(({ code }: { readonly code: string }) => {
          expect(["not-this-format", "truncated", "corrupt", "checksum", "unsupported"]).toContain(code);
          found++;
        });
      }
      expect(found).toBeGreaterThan(whole.byteLength - 3);
    });
  });
});
