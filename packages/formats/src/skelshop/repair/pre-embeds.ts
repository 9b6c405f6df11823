import type { RepairOptions, RepairReport, Sink, Source } from "@somakit/core";
import { createHdf5, hdf5 } from "@somakit/core/codec/hdf5";
import { FormatError } from "@somakit/core/errors";
import { Changes } from "./changes.js";
import { numberIn, type StoredGroup, storedGroup } from "./stored.js";
import { copyNode } from "./write-plan.js";

interface Plan {
  readonly root: StoredGroup;
  /** Frames by number, then whatever else there is. */
  readonly names: readonly string[];
  readonly report: RepairReport;
}

async function planOf(source: Source, options: RepairOptions): Promise<Plan> {
  const root = await storedGroup(await hdf5.open(source, { signal: options.signal }), options);
  if (!root) throw new FormatError("mismatch", "the file holds no frames");
  const changes = new Changes();
  const { keys } = root.node;
  const numbers = new Map(keys.map((name) => [name, numberIn(name, "") ?? Number.POSITIVE_INFINITY]));
  const numberOf = (name: string): number => numbers.get(name) as number;
  const names = [...keys].sort((a, b) => (numberOf(a) === numberOf(b) ? 0 : numberOf(a) - numberOf(b)));
  if (names.some((name, index) => name !== keys[index]))
    changes.mend("", "frames are in the order of their names: put in that of their numbers");
  const frames = keys.filter((name) => Number.isFinite(numberOf(name))).length;
  return { root, names, report: { changes: changes.list, facts: [["frames", frames]] } };
}

/** What is wrong with a file of hands. Throws what opening HDF5 throws. */
export async function planPreEmbeds(source: Source, options: RepairOptions): Promise<RepairReport> {
  return (await planOf(source, options)).report;
}

/** Writes frames in the order of their numbers, in a root that keeps it, and commits the sink. */
export async function writePreEmbeds(source: Source, sink: Sink, options: RepairOptions): Promise<RepairReport> {
  const { root, names, report } = await planOf(source, options);
  const file = createHdf5(sink, { signal: options.signal, ordered: true });
  for (const [name, value] of root.attributes) await file.root.setAttribute(name, value);
  for (const name of names) {
    const node = await root.node.child(name, options);
    if (node) await copyNode(file.root, name, node, options);
  }
  await file.close();
  return report;
}
