import type { NamedList } from "../ir.js";
import type { ListFile } from "../load/files.js";
import type { Problems } from "../load/problems.js";
import { baseName } from "../load/refs.js";

/** Lists in the order of their names, and what is wrong with them beyond the dialect. */
export function lowerLists(files: readonly ListFile[], problems: Problems): NamedList[] {
  const taken = new Map<string, string>();
  const lists = files.map(({ path, value }) => {
    const { name, description, items } = value as unknown as Omit<NamedList, "file">;
    const place = { file: path, pointer: "/name" };
    const stem = baseName(path).replace(/\.json$/, "");
    if (stem !== name)
      problems.error(place, `list ${JSON.stringify(name)} is in a file called ${JSON.stringify(stem)}`);
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) problems.error(place, `list ${JSON.stringify(name)} is also in ${other}`);
    taken.set(name.toLowerCase(), path);
    return { name, file: path, description, items };
  });
  return lists.sort((a, b) => (a.name < b.name ? -1 : 1));
}
