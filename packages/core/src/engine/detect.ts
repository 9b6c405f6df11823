import { FormatError } from "../errors.js";
import type { ContainerLayout, Layout } from "../layout/layout.js";
import type { RegistryEntry } from "../layout/registry.js";
import { isFolder } from "../source/input.js";
import type { Folder, Source, WorkOptions } from "../source/source.js";
import type { Node } from "../tree/node.js";
import type { ContainerCodec } from "./container.js";
import { bestScore, unlessDamaged } from "./detect-rule.js";
import { datasetFolder } from "./folder/dataset.js";
import { FolderNode } from "./folder/raw.js";
import { presentedTree } from "./present.js";

/** A data set that a file may be. */
export interface Detection {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  readonly container: ContainerLayout;
  /** As the schema has it. */
  readonly root: Node;
  /** As the container has it, whatever the schema says. */
  readonly tree: Node;
  /** Keys that speak for it; the more, the better. */
  readonly score: number;
}

const HEAD_BYTES = 512;

/**
 * Which data sets of a registry a file may be, best first, told by its content alone. Empty when none fits. Throws the
 * `FormatError` of the container that the content claims to be, when that cannot be opened.
 */
export async function detect(
  registry: readonly RegistryEntry[],
  source: Source | Folder,
  options: WorkOptions = {},
): Promise<readonly Detection[]> {
  if (isFolder(source)) return detectFolder(registry, source, options);
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  const head = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), options);
  const candidates: Candidate[] = [];
  for (const entry of registry) {
    const layout = await entry.load();
    const container = layout.containers.find(({ codec }) => codec.matches(head));
    if (container) candidates.push({ entry, layout, container });
  }
  return detectAmong(signedFirst(candidates), source, options);
}

/**
 * Without the streams that are not compressed where another container has its signature: theirs is but a byte, with which signatures
 * begin as well.
 */
function signedFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  const isBare = ({ container: { codec } }: Candidate): boolean => codec.isStream === true && isPlain(codec);
  const isSigned = candidates.some((one) => !isBare(one) && isPlain(one.container.codec));
  return isSigned ? candidates.filter((one) => !isBare(one)) : candidates;
}

function isPlain({ wrap }: ContainerCodec): boolean {
  return wrap === undefined || wrap.name === "none";
}

async function detectAmong(
  candidates: readonly Candidate[],
  source: Source,
  options: WorkOptions,
): Promise<readonly Detection[]> {
  // Each codec opens the file once, for all data sets: what one of them allows must not fail for another.
  const trees = new Map<ContainerCodec, Node>();
  const found: Detection[] = [];
  const streams: Candidate[] = [];
  const failures = new Map<ContainerCodec, FormatError>();
  for (const candidate of candidates) {
    const { codec } = candidate.container;
    if (codec.isStream) {
      streams.push(candidate);
      continue;
    }
    const allowed = candidates.filter(({ container }) => container.codec === codec);
    const classes = [...new Set(allowed.flatMap(({ container }) => container.classes))];
    if (failures.has(codec)) continue;
    const tree = trees.get(codec) ?? (await opened(codec.open(source, { ...options, classes }), codec, failures));
    if (!tree) continue;
    trees.set(codec, tree);
    const detection = await detectionOf(candidate, tree, options);
    if (detection) found.push(detection);
  }
  found.push(...(await detectStreams(streams, { source, failures }, options)));
  if (found.length === 0 && trees.size === 0) throwFirst(failures);
  return found.sort((a, b) => b.score - a.score);
}

/** The same for a folder. */
async function detectFolder(
  registry: readonly RegistryEntry[],
  folder: Folder,
  options: WorkOptions,
): Promise<readonly Detection[]> {
  const found: Detection[] = [];
  let tree: Node | undefined;
  for (const entry of registry.filter(({ containers }) => containers.includes("folder"))) {
    const layout = await entry.load();
    const container = layout.containers.find(({ codec }) => codec.openFolder);
    tree ??= await container?.codec.openFolder?.(folder, options);
    const detection = container && tree && (await detectionOf({ entry, layout, container }, tree, options));
    if (detection) found.push(detection);
  }
  return found.sort((a, b) => b.score - a.score);
}

/** The tree; undefined where one codec cannot make anything of bytes of which another may. */
async function opened(
  work: Promise<Node>,
  codec: ContainerCodec,
  failures: Map<ContainerCodec, FormatError>,
): Promise<Node | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    failures.set(codec, error);
    return undefined;
  }
}

/** Throws what is wrong with the bytes; that they are of another format only if there is nothing else to say. */
function throwFirst(failures: ReadonlyMap<ContainerCodec, FormatError>): void {
  const errors = [...failures.values()];
  const first = errors.find(({ code }) => code !== "not-this-format") ?? errors[0];
  if (first) throw first;
}

/** Each data set sees a stream by its own records. One that none of them can make anything of is damaged. */
async function detectStreams(
  candidates: readonly Candidate[],
  { source, failures }: { readonly source: Source; readonly failures: Map<ContainerCodec, FormatError> },
  options: WorkOptions,
): Promise<readonly Detection[]> {
  const found: Detection[] = [];
  let damage: { readonly codec: ContainerCodec; readonly error: FormatError } | undefined;
  let isReadable = false;
  for (const candidate of candidates) {
    try {
      const tree = await candidate.container.codec.open(source, { ...options, records: candidate.layout.records });
      isReadable = true;
      const detection = await detectionOf(candidate, tree, options);
      if (detection) found.push(detection);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      damage ??= { codec: candidate.container.codec, error };
    }
  }
  if (damage && !isReadable) failures.set(damage.codec, damage.error);
  return found;
}

type Candidate = Pick<Detection, "entry" | "layout" | "container">;

async function detectionOf(candidate: Candidate, tree: Node, options: WorkOptions): Promise<Detection | undefined> {
  const { layout, container } = candidate;
  const root = await unlessDamaged(presentedTree(layout, container, tree, options));
  if (!root) return undefined;
  // A folder is told by its own names: what is in it has those that the schema gives.
  const shown = tree instanceof FolderNode ? await datasetFolder(layout, tree, options) : root;
  const score = await bestScore(layout.detect, shown, options);
  return score > 0 ? { ...candidate, root, tree, score } : undefined;
}
