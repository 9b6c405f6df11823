import { digest, isFormatError, nodeOfValue, pickle, readPickle } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import { differences, isObject } from "../compare.js";
import type { Fixtures } from "../fixtures.js";
import type { Check, Difference, System } from "../system.js";
import { filterChecks, kineticsChecks, kineticsFault } from "./pyskl/k400.js";
import { conversationChecks } from "./pyskl/memcache.js";
import { common } from "./pyskl/notation.js";
import { badSkeletonCheck, bodiesCheck, madeCheck } from "./pyskl/ntu.js";
import { kpfileCheck, rulesCheck, soundCheck } from "./pyskl/rules.js";
import { transformChecks } from "./pyskl/transforms.js";
import { gestureChecks, viewChecks } from "./pyskl/views.js";

type Expected = Readonly<Record<string, unknown>>;

/** Sections that say something about the fixture, or about upstream. */
const REMARKS: ReadonlySet<string> = new Set([
  "protocol",
  "numpy",
  "note",
  "source",
  "buffers",
  "written_by",
  "str_decoding",
  "cpython_restricted",
  "upstream",
  "video_list",
  "not_written",
  "valid_entries_that_differ_from_a_recount_on_the_stored_float16_scores",
  "root",
  "ann_file",
  "split_name",
]);

/** Sections that say what the behaviour of this system makes of a fixture. */
const BEHAVIOURS: Readonly<
  Record<string, (path: string, value: unknown, expected: Expected, fixtures: Fixtures) => readonly Check[]>
> = {
  views: (path, value, _, fixtures) => [...viewChecks(path, value, fixtures), soundCheck(path, fixtures)],
  gesture_views: (path, value, _, fixtures) => gestureChecks(path, value, fixtures),
  cases: (path, value, _, fixtures) => transformChecks(path, value, fixtures),
  runs: (_path, _value, expected, fixtures) => kineticsChecks(expected, fixtures),
  filters: (path, value, _, fixtures) => filterChecks(path, value, fixtures),
  transcript: (path, value, expected, fixtures) => conversationChecks(path, value, expected["values"], fixtures),
  // Checked with the transcript.
  values: () => [],
};

/** The expected files are explained in the manifest. */
export const pyskl: System = {
  name: "pyskl",

  partOf(file, fixtures) {
    const parts = file.split("/");
    const folders = parts.slice(0, -1).map((_, depth) => parts.slice(0, depth + 1).join("/"));
    // Out-of-band buffers; the folder of a bad table of contents; a folder, or a group of files, that is expected as one.
    const buffer = /^(.*)\.buf\d+$/.exec(file)?.[1];
    if (buffer !== undefined && fixtures.has(buffer)) return buffer;
    const table = folders
      .map((folder) => folder.replace(/\.kpfiles$/, ".pkl"))
      .find((pkl) => pkl.endsWith(".pkl") && fixtures.has(pkl));
    if (table !== undefined) return table;
    if (fixtures.has(`${file}.expected.json`)) return undefined;
    const group = file.replace(/_\d+_\w+\.bin$/, "");
    return [...folders, group].find((owner) => owner !== file && fixtures.has(`${owner}.expected.json`));
  },

  checks({ path, kind, expected }, fixtures) {
    if (!expected) return [];
    const error = expected["error"];
    if (typeof error === "string") return badChecks(path, error, expected, fixtures);
    return Object.keys(expected)
      .filter((name) => !REMARKS.has(name))
      .flatMap((name) => sectionChecks(path, kind === "file", name, expected, fixtures));
  },
};

function sectionChecks(
  path: string,
  isFile: boolean,
  name: string,
  expected: Expected,
  fixtures: Fixtures,
): readonly Check[] {
  const value = expected[name];
  if (name === "object" && isFile)
    return [{ name, run: () => compareObject(path, value, (found) => found, expected, fixtures) }];
  const part = isFile ? PARTS[name] : undefined;
  // The table of contents lists names of splits here, the description of Kinetics runs the name of one.
  if (part && isObject(value) === (name !== "annotation_count" && name !== "first_two"))
    return [{ name, run: () => compareObject(path, value, part, expected, fixtures) }];
  if (name === "outputs" && isObject(value))
    return Object.entries(value).flatMap(([file, object]) => [
      outputCheck(`${path}/${file}`, object, expected, fixtures),
      madeCheck(path, file, object, fixtures),
    ]);
  if (name === "files") return [bodiesCheck(path, value, fixtures)];
  if (name === "split") return [];
  const checks = BEHAVIOURS[name]?.(path, value, expected, fixtures);
  return checks ?? [{ name, skip: "a section that this runner does not know" }];
}

/** Parts of a whole file that is too large to be expected in full. */
const PARTS: Readonly<Record<string, (found: unknown) => unknown>> = {
  annotation_count: (found) => annotations(found).length,
  first_two: (found) => annotations(found).slice(0, 2),
  last: (found) => annotations(found).at(-1),
  split: (found) => member(found, "split"),
};

function annotations(found: unknown): readonly unknown[] {
  const list = member(found, "annotations");
  return isObject(list) && Array.isArray(list["list"]) ? list["list"] : [];
}

function member(found: unknown, key: string): unknown {
  const dict = isObject(found) ? found["dict"] : undefined;
  return isObject(dict) ? dict[key] : undefined;
}

/** A pickle that upstream writes for a folder: its content can be read whatever it was made from. */
function outputCheck(path: string, object: unknown, expected: Expected, fixtures: Fixtures): Check {
  const name = `outputs ${path.split("/").at(-1)}`;
  if (!fixtures.has(path)) return { name, run: async () => [{ path: "", expected: path, found: "no such file" }] };
  return { name, run: () => compareObject(path, object, (found) => found, expected, fixtures) };
}

async function compareObject(
  path: string,
  wanted: unknown,
  part: (found: unknown) => unknown,
  expected: Expected,
  fixtures: Fixtures,
): Promise<readonly Difference[]> {
  // A digest goes as deep as data sets do; a fixture that is deeper says so.
  const nested = isObject(wanted) && typeof wanted["nested_lists"] === "number" ? wanted["nested_lists"] : 0;
  const options = { buffers: expected["buffers"] as readonly string[] | undefined, depth: Math.max(nested + 10, 500) };
  const { pickle: found } = await describe(path, options, fixtures);
  return differences(common(wanted), common(part(found)));
}

interface DescribeOptions {
  readonly buffers?: readonly string[] | undefined;
  readonly depth?: number;
}

async function describe(
  path: string,
  { buffers, depth: maxDepth }: DescribeOptions,
  fixtures: Fixtures,
): Promise<Expected> {
  if (buffers) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    const value = readPickle(fixtures.bytes(path), { buffers: buffers.map((name) => fixtures.bytes(folder + name)) });
    return digest(nodeOfValue(value), { maxDepth, container: "pickle" });
  }
  const source = await fileSource(fixtures.path(path));
  try {
    return await digest(await pickle.open(source), { maxDepth, container: "pickle" });
  } finally {
    await source.close?.();
  }
}

/** A file that must be refused, or, when it is a pickle like any other, breaks the rules of annotations. */
function badChecks(path: string, error: string, expected: Expected, fixtures: Fixtures): readonly Check[] {
  const restricted = String(expected["cpython_restricted"] ?? "");
  const lenient = expected["lenient_ok"] === true;
  if (path.endsWith(".skeleton")) return [badSkeletonCheck(path, error, fixtures)];
  if (expected["must_refuse"] !== true && !lenient && restricted.startsWith("loads without complaint")) {
    if (!path.startsWith("bad/k400/")) return [rulesCheck(path, error, fixtures)];
    const rules = kpfileCheck(path, error, fixtures) ?? rulesCheck(path, error, fixtures);
    const loading: Check = { name: "bad", run: () => kineticsFault(path, fixtures) };
    // Nobody in a clip breaks no rule until its skeletons are wanted.
    return error.startsWith("no skeleton at all") ? [loading] : [loading, rules];
  }
  const refusal: Check = {
    name: "bad",
    run: async () => {
      try {
        await describe(path, {}, fixtures);
        return lenient ? [] : [{ path: "", expected: error, found: "a pickle that can be read" }];
      } catch (thrown) {
        if (!isFormatError(thrown)) throw thrown;
        const { code, message } = thrown;
        const refused = code === "refused" || code === "unsupported" || expected["must_refuse"] !== true;
        return [
          ...(refused ? [] : [{ path: "", expected: "a refusal", found: `${code}: ${message}` }]),
          ...unnamed(error, message),
        ];
      }
    },
  };
  return [refusal];
}

/** Names of Python objects that an expected text refuses, and the byte that it gives, must be said. */
function unnamed(error: string, said: string): readonly Difference[] {
  const refused = /^refused: ([\w.]+)(?: at byte (\d+))?/.exec(error);
  if (!refused?.[1]?.includes(".")) return [];
  const [, name, offset] = refused;
  const wanted = [name as string, ...(offset === undefined ? [] : [`byte ${offset}`])];
  return wanted
    .filter((word) => !said.includes(word))
    .map((word) => ({ path: "", expected: `an error that names ${word}`, found: said }));
}
