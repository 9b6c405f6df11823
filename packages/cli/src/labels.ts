import type { NamedList } from "@somakit/core";
import { alike } from "./alike.js";
import { OptionError } from "./failure.js";
import type { Context, VerbOption } from "./verbs/verb.js";

/** `--labels`, for verbs that know what `does` is about. */
export function labelsOption(does: string): VerbOption {
  return { flags: "--labels <key=list>", description: `${does}: label=ntu60_classes` };
}

/** The key, and the name of the list, that `--labels` has. */
export function labelsOf(option: string): { readonly key: string; readonly list: string } {
  const [key = "", list = ""] = option.split("=");
  return { key, list };
}

/** The list of that name. Throws `OptionError` when there is none. */
export async function listNamed(context: Context, name: string): Promise<NamedList> {
  const { entries, find } = await context.lists();
  const found = await find(name);
  if (found) return found;
  const known = entries.map((entry) => entry.name);
  const near = alike(name, known);
  const hint = near === undefined ? `there are ${known.join(", ")}` : `did you mean ${near}?`;
  throw new OptionError(`there is no list ${JSON.stringify(name)}`, hint);
}
