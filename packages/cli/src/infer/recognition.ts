import { escaped } from "./observe-folder.js";
import type { Member, Seen, SeenObject } from "./seen.js";

type Rule = Readonly<Record<string, unknown>> | readonly string[];

/** By what files of the same kind are recognised: keys that all have. Undefined where nothing tells them from others. */
export function detectionOf(seen: Seen, kind: string, isTable: boolean): readonly Rule[] | undefined {
  if (kind === "folder" && seen.kind === "object") return folderRule(seen);
  if (seen.kind === "list") return itemsRule("items", seen.items);
  if (seen.kind !== "object") return undefined;
  if (isTable) return itemsRule("members", [...seen.members.values()][0]?.seen);
  const present = requiredKeys(seen);
  return present.length > 0 ? [present] : undefined;
}

/** Keys of the first item, or of one member of a stream. */
export function itemsRule(
  where: "items" | "members" | { readonly member: string },
  item: Seen | undefined,
): readonly Rule[] | undefined {
  const present = item?.kind === "object" ? requiredKeys(item) : [];
  return present.length > 0 ? [{ in: where, present }] : undefined;
}

export function requiredKeys({ members, count }: SeenObject): string[] {
  return [...members].filter(([, { where }]) => where.length === count).map(([key]) => key);
}

/** Names of files and folders; where there are numbered ones only, how these are called. */
function folderRule(seen: SeenObject): readonly Rule[] | undefined {
  const required = requiredKeys(seen).map((key) => seen.members.get(key) as Member);
  const names = [...new Set(required.flatMap(({ seen: member }) => nameOf(member) ?? []))];
  if (names.length > 0) return [names];
  const patterns = [
    ...required.flatMap(({ seen: member }) => {
      if (member.kind !== "list" || !member.numbered) return [];
      const { prefix, suffix } = member.numbered;
      return [`^${escaped(prefix)}[0-9]+${escaped(suffix)}$`];
    }),
    ...(seen.patterns?.keys() ?? []),
  ];
  const [pattern] = patterns;
  return pattern === undefined ? undefined : [{ names: pattern }];
}

function nameOf({ place }: Seen): string | undefined {
  const { file, folder } = (place ?? {}) as { readonly file?: { readonly path?: string }; readonly folder?: string };
  return file?.path ?? folder;
}
