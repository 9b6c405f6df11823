import type { Change, Layout, WriteOptions } from "@somakit/core";
import { upgradeCollection } from "@somakit/core/engine/collection";
import { saveLists, withLists } from "../collection.js";
import { about } from "../failure.js";
import { type Handling, workOptions, writeOptions } from "../handling.js";
import { type Target, targetOf, verifyFree, type Written, writeFiles } from "../output.js";
import { findUpgrader } from "./upgraders.js";
import { type Context, textOption, type VerbInput } from "./verb.js";

/** What `upgrade` found and did. */
export interface Upgraded {
  /** Of the data set. */
  readonly id: string;
  readonly changes: readonly Change[];
  readonly written: Written | undefined;
}

/**
 * `upgrade` for lists of records, whose arrays stay in the file until they are copied: by the upgrader of the data set
 * where there is one, otherwise by the schema. Undefined for files that are no such list.
 */
export async function upgradeList(
  context: Context,
  name: string,
  handling: Handling,
  input: VerbInput,
): Promise<Upgraded | undefined> {
  return (await withUpgrader(context, name, handling, input)) ?? bySchema(context, name, handling, input);
}

async function withUpgrader(
  context: Context,
  name: string,
  handling: Handling,
  input: VerbInput,
): Promise<Upgraded | undefined> {
  return about(name, async () => {
    const source = await context.open(name);
    const { entry, upgrader } = await findUpgrader(context, source, handling.id);
    if (upgrader?.writes !== "file" || !entry) return undefined;
    const target = await targetIn(await entry.load(), handling, input);
    const { changes, write } = await upgrader.open(source, workOptions(context));
    if (!target) return { id: entry.id, changes, written: undefined };
    const options: WriteOptions = writeOptions(context, handling, target.container);
    const job = { path: target.path, write: (sink: Parameters<typeof write>[0]) => write(sink, options) };
    const [written] = await writeFiles([job], { force: handling.force, unfinished: context.unfinished });
    return { id: entry.id, changes, written };
  });
}

function bySchema(context: Context, name: string, handling: Handling, input: VerbInput): Promise<Upgraded | undefined> {
  return withLists(context, [name], handling.id, async ({ entry, layout, lists: [list] }) => {
    if (!list) throw new Error(`${name} was not opened`);
    const target = await targetIn(layout, handling, input);
    const upgraded = await upgradeCollection(list);
    const savings = target ? [{ target, list: upgraded.list }] : [];
    const [written] = await saveLists(context, handling, input, savings);
    return { id: entry.id, changes: upgraded.changes, written };
  });
}

/** Where the file goes, if anywhere. */
async function targetIn(layout: Layout, handling: Handling, input: VerbInput): Promise<Target | undefined> {
  const output = textOption(input, "output");
  if (output === undefined) return undefined;
  const target = targetOf(layout, output);
  await verifyFree([target], handling);
  return input.options["dryRun"] === true ? undefined : target;
}
