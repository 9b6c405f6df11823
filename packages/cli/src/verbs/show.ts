import type { ArrayNode, FormatError, Node, WorkOptions } from "@somakit/core";
import { exactValue } from "@somakit/core/engine";
import { isFormatError } from "@somakit/core/errors";
import { findNode, unboxed } from "@somakit/core/tree";
import { elementPath, memberPath, parsePath } from "@somakit/core/value";
import { alike } from "../alike.js";
import { EXIT, type ExitCode, failureOf, failureText, UsageError } from "../failure.js";
import { arrayText } from "../print/array.js";
import { jsonPieces } from "../print/json.js";
import { nodeTitle, treeLines } from "../print/tree.js";
import { arrayTitle, valueText } from "../print/value.js";
import { recognise } from "../recognise.js";
import { loadSlice } from "../slice.js";
import { type Context, FILE, textArgument, textOption, type Verb } from "./verb.js";

export const show: Verb = {
  name: "show",
  summary: "Print values from a file, as they are stored",
  details: [
    'A path names a value inside the file: keypoints2d, smpl.body_pose, annotations[3].keypoint, annotations[-1], ["odd key"]. Without one the whole tree is listed.',
    "Large arrays are shown by their edges, long lists by their first items. A member that cannot be read is marked; the command then exits with 3.",
  ],
  arguments: [FILE, { name: "path", description: "path of a value inside the file", required: false }],
  options: [
    { flags: "--slice <ranges>", description: 'part of an array, one range an axis: "0:3,:,0"' },
    { flags: "--all", description: "leave nothing out" },
  ],
  examples: [
    ["somakit show poses.npz", "the tree"],
    ['somakit show poses.npz keypoints2d --slice "0,:5"', "the first five joints of the first frame"],
    ["somakit show ntu.pkl annotations[0]", "one clip"],
  ],

  async run(context, input) {
    const source = await context.openAny(textArgument(input, 0));
    try {
      const { root } = await recognise(await context.registry(), source, { signal: context.signal });
      const node = await unboxed(await find(root, input.arguments[1] as string | undefined, context.signal), {
        signal: context.signal,
      });
      const slice = textOption(input, "slice");
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

async function find(root: Node, path: string | undefined, signal: AbortSignal): Promise<Node> {
  if (path === undefined) return root;
  try {
    return await findNode(root, path, { signal });
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(error.message, 'paths look like a.b[3]["odd key"]');
    if (!isFormatError(error, "missing")) throw error;
    const near = await nearPath(root, path, signal);
    const hint = near === undefined ? "somakit show FILE lists what there is" : `did you mean ${near}?`;
    throw new UsageError(error.reason, hint);
  }
}

/** The path with its first wrong key set right, as far as one can tell. Of attributes, of which there are few, none is guessed. */
async function nearPath(root: Node, path: string, signal: AbortSignal): Promise<string | undefined> {
  if (path.includes("@")) return undefined;
  const steps = [...parsePath(path)];
  let node = root;
  for (const [at, step] of steps.entries()) {
    const group = await unboxed(node, { signal });
    if (group.kind !== "group" || typeof step !== "string") return undefined;
    const child = await group.child(step, { signal });
    if (child) {
      node = child;
      continue;
    }
    const near = alike(step, group.keys);
    return near === undefined ? undefined : pathOf([...steps.slice(0, at), near, ...steps.slice(at + 1)]);
  }
  return undefined;
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
