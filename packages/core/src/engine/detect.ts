import { FormatError } from "../errors.js";
import type { ContainerLayout, DetectRule, Layout } from "../layout/layout.js";
import type { RegistryEntry } from "../layout/registry.js";
import type { Source, WorkOptions } from "../source/source.js";
import type { GroupNode, Node } from "../tree/node.js";
import type { ContainerCodec } from "./container.js";

/** A data set that a file may be. */
export interface Detection {
  readonly entry: RegistryEntry;
  readonly layout: Layout;
  readonly container: ContainerLayout;
  readonly root: Node;
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
  source: Source,
  options: WorkOptions = {},
): Promise<readonly Detection[]> {
  if (source.byteLength === 0) throw new FormatError("truncated", "the file is empty", { offset: 0 });
  const head = await source.read(0, Math.min(HEAD_BYTES, source.byteLength), options);
  const candidates: Pick<Detection, "entry" | "layout" | "container">[] = [];
  for (const entry of registry) {
    const layout = await entry.load();
    const container = layout.containers.find(({ codec }) => codec.matches(head));
    if (container) candidates.push({ entry, layout, container });
  }
  // Each codec opens the file once, for all data sets: what one of them allows must not fail for another.
  const roots = new Map<ContainerCodec, Node>();
  const found: Detection[] = [];
  for (const candidate of candidates) {
    const { codec } = candidate.container;
    const allowed = candidates.filter(({ container }) => container.codec === codec);
    const classes = [...new Set(allowed.flatMap(({ container }) => container.classes))];
    const root = roots.get(codec) ?? (await codec.open(source, { ...options, classes }));
    roots.set(codec, root);
    let score = 0;
    for (const rule of candidate.layout.detect) score = Math.max(score, await scoreOf(rule, root, options));
    if (score > 0) found.push({ ...candidate, root, score });
  }
  return found.sort((a, b) => b.score - a.score);
}

/** The number of keys that a rule demands, 0 when the file does not fit it. */
async function scoreOf(rule: DetectRule, root: Node, options: WorkOptions): Promise<number> {
  // What is damaged below the root says nothing for a data set, and nothing against another one.
  const group = await groupOf(rule, root, options).catch((error: unknown) => {
    if (error instanceof FormatError) return undefined;
    throw error;
  });
  if (!group) return 0;
  const keys = new Set(group.keys);
  const fits = rule.present.every((key) => keys.has(key)) && !rule.absent.some((key) => keys.has(key));
  return fits ? rule.present.length : 0;
}

/** The dict whose keys a rule speaks of. */
async function groupOf(rule: DetectRule, root: Node, options: WorkOptions): Promise<GroupNode | undefined> {
  let node: Node | undefined = root;
  if (rule.in === "items") node = root.kind === "list" && root.length > 0 ? await root.child(0, options) : undefined;
  else if (rule.in === "members") {
    const [first] = root.kind === "group" ? root.keys : [];
    node = root.kind === "group" && first !== undefined ? await root.child(first, options) : undefined;
  }
  return node?.kind === "group" ? node : undefined;
}
