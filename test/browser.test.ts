import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest, openFile, readWith } from "@somakit/core";
import { beforeAll, describe, expect, it } from "vitest";
import { chromium } from "./browser/chromium.js";
import { names } from "./browser/page/checks.js";
import { LARGE, REWRITTEN } from "./browser/protocol.js";
import { browserSession, type Session } from "./browser/session.js";
import { dataSetOf, valueDigest } from "./browser/verdict.js";
import { differences } from "./conformance/compare.js";
import { debianPython } from "./support/python.js";

/** How long the browser may take for all of it, in milliseconds; a tenth of that is usual. */
const PATIENCE = 100_000;
const WRITTEN = [...REWRITTEN, LARGE];
const DESCRIBE = join(import.meta.dirname, "conformance/humandata/describe.py");

describe.skipIf(!chromium)("in a browser, somakit", () => {
  let session: Session;

  beforeAll(async () => {
    session = await browserSession(chromium as string, PATIENCE);
  }, PATIENCE + 20_000);

  it.for(names)("%s", (name, { skip }) => {
    const result = session.results.find((candidate) => candidate.name === name);
    skip(result?.skipped === true, result?.detail);
    expect(result, "the page says nothing of this").toBeDefined();
    expect(result?.ok, result?.detail).toBe(true);
  });

  it.each(WRITTEN)("writes %s, which Node reads", async (name) => {
    const { layout } = dataSetOf(name);
    const [found, expected] = await Promise.all(
      [session.written, session.files].map(async (files) =>
        valueDigest(await readWith<object>(layout, files.get(name) as Uint8Array)),
      ),
    );
    expect(found).toEqual(expected);
  });

  it.skipIf(!debianPython).each(WRITTEN)("writes %s, which numpy reads", async (name) => {
    const bytes = session.written.get(name) as Uint8Array;
    const expected = await digest((await openFile(dataSetOf(name).layout, bytes)).root);
    expect(differences(described(name, bytes), expected)).toEqual([]);
  });
});

/** What Python's own libraries find in a file. */
function described(name: string, bytes: Uint8Array): unknown {
  const folder = mkdtempSync(join(tmpdir(), "somakit-described-"));
  try {
    writeFileSync(join(folder, name), bytes);
    const run = spawnSync(debianPython as string, [DESCRIBE, join(folder, name)], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    return JSON.parse(run.stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
