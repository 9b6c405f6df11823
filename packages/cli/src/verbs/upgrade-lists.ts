import type { FileUpgrader, Layout, Source, WriteOptions } from "@somakit/core";
import { upgradeCollection } from "@somakit/core/engine/collection";
import { saveLists, withLists } from "../collection.js";
import { type Handling, workOptions, writeOptions } from "../handling.js";
import { type Target, targetOf, verifyFree, writeFiles } from "../output.js";
import type { OwnUpgrade, Upgraded } from "./upgraders.js";
import { type Context, textOption, type VerbInput } from "./verb.js";

/** What `upgrade` does where the data set's upgrader writes a file. */
export async function upgradeFile(
  { context, handling, input, entry, source }: OwnUpgrade<Source>,
  upgrader: FileUpgrader,
): Promise<Upgraded> {
  const target = await targetIn(await entry.load(), handling, input);
  const { changes, write } = await upgrader.open(source, workOptions(context));
  if (!target) return { id: entry.id, changes, written: undefined };
  const options: WriteOptions = writeOptions(context, handling, target.container);
  const job = { path: target.path, write: (sink: Parameters<typeof write>[0]) => write(sink, options) };
  const [written] = await writeFiles([job], { force: handling.force, unfinished: context.unfinished });
  return { id: entry.id, changes, written };
}

/** `upgrade` by the schema for lists of records, whose arrays stay in the file until they are copied. Undefined for others. */
export function upgradeList(
  context: Context,
  name: string,
  handling: Handling,
  input: VerbInput,
): Promise<Upgraded | undefined> {
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
