import { statSync } from "node:fs";
import type { ArrayNode, FormatError, Node, WorkOptions } from "@somakit/core";
import { exactValue } from "@somakit/core/engine";
import { isFormatError } from "@somakit/core/errors";
import { findNode, unboxed } from "@somakit/core/tree";
import { elementPath, memberPath, parsePath } from "@somakit/core/value";
import { alike } from "../alike.js";
import { EXIT, type ExitCode, failureOf, failureText, UsageError } from "../failure.js";
import { listPart, rangedPath } from "../path-ranges.js";
import { arrayText } from "../print/array.js";
import { jsonPieces } from "../print/json.js";
import { nodeTitle, treeLines } from "../print/tree.js";
import { arrayTitle, valueText } from "../print/value.js";
import { recognise } from "../recognise.js";
import { loadSlice } from "../slice.js";
import { type Context, FILES, textArgument, textOption, type Verb, type VerbArgument } from "./verb.js";

/**
 * Whether the last word is a path inside of the files: it is unless it looks like a file and there is one. So a folder that is
 * called like a key does not hide the key; `./NAME` is always a file.
 */
function isInside(word: string): boolean {
  if (word === "-" || /^[a-z]+:\/\//i.test(word) || /[*?]|[\\/]/.test(word.replaceAll(/\["[^"]*"\]/g, "")))
    return false;
  return !word.includes(".") || statSync(word, { throwIfNoEntry: false }) === undefined;
}

const PATH: VerbArgument = {
  name: "path",
  description: "path of a value inside the file",
  required: false,
  form: { test: isInside },
};

export const show: Verb = {
  name: "show",
  summary: "Print values from a file, as they are stored",
  details: [
    'A path names a value inside the file: keypoints2d, smpl.body_pose, annotations[3].keypoint, annotations[-1] for the last one, timeline@video for an attribute. Where nothing is stored under a path, it is taken as other commands print it, by the names of the schema: shots[0] for a group shot0. Keys with dots, slashes or spaces stand in brackets and quotes: meta["a.b/c"]. Brackets at the end may hold ranges as in Python, of a list one, of an array one an axis: annotations[3:8], keypoints2d[:,0,:2], poses[::10]. Without a path the whole tree is listed.',
    "Of several files the same is shown of each, below its name. The last word is a path unless there is such a file; what is between slashes, such as ./smpl, always names a file.",
    "Large arrays are shown by their edges, long lists by their first items. A member that cannot be read is marked; the command then exits with 3.",
  ],
  arguments: [FILES, PATH],
  batch: "each",
  titled: true,
  options: [
    { flags: "--slice <ranges>", description: 'part of an array, one range an axis: "0:3,:,0"' },
    { flags: "--all", description: "leave nothing out" },
  ],
  examples: [
    ["somakit show poses.npz", "the tree"],
    ['somakit show poses.npz keypoints2d --slice "0,:5"', "the first five joints of the first frame"],
    ["somakit show ntu.pkl annotations[0]", "one clip"],
    ['somakit show ntu.pkl "annotations[-3:]"', "the last three"],
    [`somakit show odd.json 'meta["a.b/c"]'`, "a key with signs that paths are made of"],
    ["somakit show takes image_path", "one key of each file in a folder"],
  ],

  async run(context, input) {
    const source = await context.openAny(textArgument(input, 0));
    try {
      const { root, dataset } = await recognise(await context.registry(), source, { signal: context.signal });
      const { path, ranges } = rangedPath(input.arguments[1] as string | undefined);
      const found = await unboxed(await find([root, ...(dataset ? [dataset.root] : [])], path, context.signal), {
        signal: context.signal,
      });
      const node = found.kind === "list" && ranges !== undefined ? listPart(found, ranges) : found;
      const slice = sliceOf(node, ranges, textOption(input, "slice"));
      if (node.kind === "array") await showArray(context, node, slice, input.options["all"] === true);
      else if (slice !== undefined)
        throw new UsageError(`--slice needs an array; ${node.path || "the file"} is a ${nodeTitle(node)}`);
      else return await showTree(context, node, input.options["all"] === true);
      return EXIT.fine;
    } finally {
      await source.close?.();
    }
  },
};

/** What `--slice` says, or the path itself. Throws `UsageError` for ranges of what has no axes. */
function sliceOf(node: Node, ranges: string | undefined, option: string | undefined): string | undefined {
  if (ranges === undefined || node.kind === "list") return option;
  if (node.kind !== "array")
    throw new UsageError(`[${ranges}] needs an array or a list; ${node.path || "the file"} is a ${nodeTitle(node)}`);
  if (option !== undefined) throw new UsageError(`the path has ranges, and --slice ${option} as well`);
  return ranges;
}

/** The node at a path, as it is stored or, where nothing is stored under it, as the schema has it: `shots[2]` for a group `shot2`. */
async function find(
  [root, ...others]: readonly [Node, ...Node[]],
  path: string | undefined,
  signal: AbortSignal,
): Promise<Node> {
  if (path === undefined) return root;
  try {
    return await findNode(root, path, { signal });
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(error.message, spellingHint(path));
    if (!isFormatError(error, "missing")) throw error;
    const found = await foundIn(others, path, signal);
    // The path of what was found is that under which it is stored, if it is.
    if (found) return (await foundIn([root], found.path, signal)) ?? found;
    const near = await nearPath(root, path, signal);
    const hint = near === undefined ? "somakit show FILE lists what there is" : `did you mean ${near}?`;
    throw new UsageError(error.reason, hint);
  }
}

/** What other commands say of all items of a list is no path of one. */
function spellingHint(path: string): string {
  if (!path.includes("[]")) return 'paths look like a.b[3]["odd key"]';
  return `[] stands for all items; ${path.replaceAll("[]", "[0]")} is in the first of them`;
}

async function foundIn(roots: readonly Node[], path: string, signal: AbortSignal): Promise<Node | undefined> {
  for (const root of roots) {
    try {
      return await findNode(root, path, { signal });
    } catch (error) {
      if (!isFormatError(error, "missing")) throw error;
    }
  }
  return undefined;
}

/**
 * The path with its wrong keys set right, as far as one can tell: up to where it leads to something. Of attributes, of which there
 * are few, none is guessed.
 */
async function nearPath(root: Node, path: string, signal: AbortSignal): Promise<string | undefined> {
  if (path.includes("@")) return undefined;
  const right: (string | number)[] = [];
  let node = root;
  let isChanged = false;
  for (const step of parsePath(path)) {
    const within = await unboxed(node, { signal });
    const name = nameIn(within, step);
    const child = name === undefined ? undefined : await childOf(within, name, signal);
    if (name === undefined || !child) break;
    right.push(name);
    isChanged ||= name !== step;
    node = child;
  }
  return isChanged ? pathOf(right) : undefined;
}

/** The step itself where there is one, else the key that was most likely meant. */
function nameIn(node: Node, step: string | number): string | number | undefined {
  if (node.kind === "list")
    return typeof step === "number" && step >= -node.length && step < node.length ? step : undefined;
  if (node.kind !== "group" || typeof step !== "string") return undefined;
  return node.keys.includes(step) ? step : alike(step, node.keys);
}

async function childOf(node: Node, name: string | number, signal: AbortSignal): Promise<Node | undefined> {
  if (node.kind === "list" && typeof name === "number")
    return node.child(name < 0 ? name + node.length : name, { signal });
  return node.kind === "group" && typeof name === "string" ? node.child(name, { signal }) : undefined;
}

function pathOf(steps: readonly (string | number)[]): string {
  return steps.reduce<string>(
    (path, step) => (typeof step === "number" ? elementPath(path, step) : memberPath(path, step)),
    "",
  );
}

async function showArray(
  { printer, signal }: Context,
  node: ArrayNode,
  slice: string | undefined,
  all: boolean,
): Promise<void> {
  const array = slice === undefined ? await node.load({ signal }) : await loadSlice(node, slice, { signal });
  if (printer.json) {
    const { path, type } = node;
    await printer.document(
      jsonPieces({ path, dtype: type.descr, shape: array.shape, value: array.ndim === 0 ? array.get() : array }, 2),
    );
    return;
  }
  const what = slice === undefined ? "" : ` of ${arrayTitle(node.type, node.shape)}`;
  printer.note(`${node.path || "array"}: ${arrayTitle(array.type, array.shape)}${what}`);
  const threshold = all ? Number.POSITIVE_INFINITY : undefined;
  printer.block(
    arrayText(array, {
      ...(threshold === undefined ? {} : { threshold }),
      width: printer.columns,
      element: (value) => valueText(value),
    }),
  );
}

async function showTree({ printer, signal }: Context, node: Node, all: boolean): Promise<ExitCode> {
  const unreadable: FormatError[] = [];
  const onUnreadable = (error: FormatError): void => void unreadable.push(error);
  if (printer.json) {
    const value = await readableValue(node, { signal, onUnreadable });
    const failures = unreadable.map((error) => {
      const { exit: _, ...failure } = failureOf(error);
      return failure;
    });
    await printer.document(
      jsonPieces({ path: node.path, value, ...(failures.length > 0 ? { unreadable: failures } : {}) }, 2),
    );
  } else if (node.kind === "scalar" && !(node.value instanceof Map)) {
    printer.line(valueText(node.value, all ? Number.POSITIVE_INFINITY : 2000));
  } else {
    for await (const line of treeLines(node, { signal, all, onUnreadable })) printer.line(...line);
  }
  for (const error of unreadable) printer.problem("somakit: ", failureText(failureOf(error)));
  return unreadable.length > 0 ? EXIT.unreadable : EXIT.fine;
}

interface ReadableOptions extends WorkOptions {
  readonly onUnreadable: (error: FormatError) => void;
}

/** All of a node; of an archive those entries that can be read. */
async function readableValue(node: Node, options: ReadableOptions): Promise<unknown> {
  if (node.kind !== "group" || node.load) return exactValue(node, options);
  const members = new Map<string, unknown>();
  for (const key of node.keys) {
    try {
      const child = await node.child(key, options);
      if (child) members.set(key, await exactValue(child, options));
    } catch (error) {
      if (!isFormatError(error)) throw error;
      options.onUnreadable(error);
    }
  }
  return members;
}
