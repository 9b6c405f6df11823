import type { Issue } from "../issues.js";
import type { Layout } from "../layout/layout.js";
import { type FolderInput, isInput, toFolder } from "../source/input.js";
import { nodeOfValue } from "../tree/value-node.js";
import type { AccessorClass, LoadOptions } from "./accessor.js";
import { type CheckOptions, checkFile, checkTree } from "./check/check.js";
import { decode } from "./decode.js";
import { type OpenOptions, openFile } from "./open.js";
import { partOfWindow } from "./part.js";
import { SymbolScope } from "./scope.js";

/** How a whole file is read. */
export type ReadFileOptions = OpenOptions & LoadOptions;

/** Opens `input` and hands it to the accessor of its data set. Reads headers only. */
export async function openWith<A>(
  layout: Layout,
  accessor: AccessorClass<A>,
  input: FolderInput,
  options: OpenOptions = {},
): Promise<A> {
  const file = await openFile(layout, input, options);
  return new accessor({ file, field: layout.root, path: "", find: async () => file.root });
}

/** Reads all of `input` into memory. */
export async function readWith<T>(layout: Layout, input: FolderInput, options: ReadFileOptions = {}): Promise<T> {
  const { container, root, source } = await openFile(layout, input, options);
  try {
    const part = options.window && partOfWindow(options.window, SymbolScope.of(layout, root));
    const decoder = { layout, holds: container.codec.holds, nulls: container.nulls, options, part };
    return (await decode(decoder, layout.root, root)) as T;
  } finally {
    if (source !== input) await source.close?.();
  }
}

/** What is wrong with a file, or with a value in memory, by the schema. */
export async function checkWith(
  layout: Layout,
  subject: unknown,
  options: CheckOptions & OpenOptions = {},
): Promise<readonly Issue[]> {
  if (!isInput(subject) && !toFolder(subject))
    return checkTree(layout, nodeOfValue(subject), { ...options, form: "logical" });
  const file = await openFile(layout, subject as FolderInput, options);
  try {
    return await checkFile(file, options);
  } finally {
    if (file.source !== subject) await file.source.close?.();
  }
}
