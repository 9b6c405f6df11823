import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shell } from "../packages/cli/test/run.js";
import { CommandRunner, type Ended } from "./support/command-runner.js";
import { damaged } from "./support/damage.js";
import { randomNumbers } from "./support/skeleton-text.js";

const CONFORMANCE = resolve(import.meta.dirname, "conformance");
const SYSTEMS = ["humandata", "pyskl", "skelshop", "bodycompress", "datagen"] as const;

const VERBS: readonly (readonly [verb: string, ...options: string[]])[] = [
  ["info"],
  ["info", "--json"],
  ["validate"],
  ["validate", "--json"],
  ["show"],
  ["show", "--json"],
  ["digest"],
];

/** Seconds of the processor for one command line, and bytes for all of them together. */
const SECONDS = 8;
const PEAK = 1_400_000_000;

/** Fixtures that are broken on purpose, by the words in their paths. */
const BAD = /bad|hostile|bomb|truncated|garbage|mismatch|too_small|partial|crc|not_|lies|liar|cycle|deep|huge/i;
const ASIDE = /\.expected\.json$|\.py$|manifest\.json$|trace-[^/]*\.json$|README/;

function fixtures(system: string): readonly string[] {
  const folder = join(CONFORMANCE, system);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !ASIDE.test(path))
    .sort();
}

/** Bad fixtures, and folders of them. */
function badOnes(system: string): readonly string[] {
  const folder = join(CONFORMANCE, system);
  const folders = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && BAD.test(entry.name))
    .flatMap((entry) => readdirSync(join(entry.parentPath, entry.name), { withFileTypes: true }).map((inner) => inner))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = fixtures(system).filter((path) => BAD.test(path.slice(folder.length)));
  return [...folders.sort(), ...files];
}

/** Good files of different kinds, spread over all there are. */
function goodOnes(system: string, count: number): readonly string[] {
  const folder = join(CONFORMANCE, system);
  const kinds = new Map<string, string[]>();
  for (const path of fixtures(system).filter((file) => !BAD.test(file.slice(folder.length)))) {
    const bytes = readFileSync(path).byteLength;
    if (bytes > 0 && bytes < 100_000) kinds.set(extname(path), [...(kinds.get(extname(path)) ?? []), path]);
  }
  const each = Math.max(1, Math.floor(count / kinds.size));
  return [...kinds.values()].flatMap((paths) => {
    const step = Math.max(1, Math.floor(paths.length / each));
    return paths.filter((_, index) => index % step === 0).slice(0, each);
  });
}

/** What is wrong with the way in which a command line ended, whatever the file. */
function faults([verb, ...options]: (typeof VERBS)[number], { code, stdout, stderr, seconds, peak }: Ended): string[] {
  const found: string[] = [];
  if (code !== 0 && code !== 1 && code !== 3) found.push(`exit code ${code}`);
  if (code === 1 && verb !== "validate") found.push("exit code 1, though nothing is compared with a schema");
  if (/^\s+at .*:\d+:\d+\)?$/m.test(stderr.text + stdout.text))
    found.push(`a stack trace: ${stderr.text.slice(0, 500)}`);
  for (const line of stderr.text.split("\n"))
    if (code === 3 && line !== "" && !/^(somakit: | {2}hint: |\d+ files?: )/.test(line))
      found.push(`an error of several lines: ${line}`);
  if (/--verbose shows where|"unexpected"/.test(stderr.text + stdout.text))
    found.push(`a fault of the program: ${stderr.text}`);
  if (code === 3 && verb !== "validate" && stderr.text === "" && verb !== "info") found.push("no error was printed");
  if (stdout.whole && (options.includes("--json") || (verb === "digest" && stdout.text !== ""))) {
    try {
      JSON.parse(stdout.text);
    } catch {
      found.push(`not one JSON document: ${JSON.stringify(stdout.text.slice(0, 200))}`);
    }
  }
  if (seconds > SECONDS) found.push(`${seconds.toFixed(1)} s`);
  if (peak > PEAK) found.push(`${Math.round(peak / 1e6)} MB`);
  return found;
}

let work = "";
const runner = new CommandRunner({ heap: 512, deadline: 90 });

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "somakit-hostile-"));
});
afterAll(() => {
  runner.close();
  rmSync(work, { recursive: true, force: true });
});

interface Outcome {
  readonly found: readonly string[];
  /** All exit codes that there were. */
  readonly codes: ReadonlySet<number | string>;
}

async function faultsOf(paths: readonly string[]): Promise<Outcome> {
  const found: string[] = [];
  const codes = new Set<number | string>();
  for (const path of paths)
    for (const verb of VERBS) {
      const ended = await runner.run([...verb, path]);
      codes.add(ended.code);
      for (const fault of faults(verb, ended)) found.push(`${verb.join(" ")} ${path}: ${fault}`);
    }
  return { found, codes };
}

describe.each(SYSTEMS)("%s", { timeout: 300_000 }, (system) => {
  test("bad fixtures end with an exit code of the table and an error of one line", async () => {
    const paths = badOnes(system);
    expect(paths.length, "there are bad fixtures").toBeGreaterThan(0);
    const { found, codes } = await faultsOf(paths);
    expect(found).toEqual([]);
    expect([...codes]).toContain(3);
  });

  test("so do good ones that are cut off or have a changed byte", async () => {
    const random = randomNumbers(20_251);
    const folder = join(work, system);
    mkdirSync(folder);
    const paths: string[] = [];
    for (const path of goodOnes(system, 16))
      for (const { name, bytes } of damaged(readFileSync(path), { cuts: 6, flips: 12, random })) {
        const file = join(folder, `${paths.length}-${name}-${basename(path)}`);
        writeFileSync(file, bytes);
        paths.push(file);
      }
    expect(paths.length).toBeGreaterThan(30);
    const { found, codes } = await faultsOf(paths);
    expect(found).toEqual([]);
    expect([...codes], "damage is found, yet does not keep all of a file from being shown").toEqual(
      expect.arrayContaining([0, 3]),
    );
  });
});

test("processes of their own end the same way, with little memory and time", { timeout: 120_000 }, async () => {
  const paths = SYSTEMS.flatMap((system) =>
    badOnes(system).filter((_, index, all) => index % Math.ceil(all.length / 3) === 0),
  );
  expect(paths.length).toBeGreaterThan(9);
  for (const path of paths) {
    const line = `ulimit -t 20; "$NODE" --max-old-space-size=512 "$BIN" validate "$FILE"`;
    const { code, stderr } = await shell(line, { FILE: path });
    expect({ path, code, stderr }).toEqual({ path, code: expect.toBeOneOf([0, 1, 3]), stderr: "" });
  }
});
