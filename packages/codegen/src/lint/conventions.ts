import type { Convention } from "../ir.js";
import type { ConventionFile } from "../load/files.js";
import { child } from "../load/pointer.js";
import type { Problems } from "../load/problems.js";
import { baseName } from "../load/refs.js";
import { didYouMean } from "../load/suggest.js";

/** Conventions in the order of their names, and what is wrong with them beyond the dialect. */
export function lowerConventions(files: readonly ConventionFile[], problems: Problems): Convention[] {
  const taken = new Map<string, string>();
  const conventions = files.map(({ path, value }) => {
    const { name, description, keypoints, edges = [] } = value as unknown as Omit<Convention, "file">;
    const convention: Convention = { name, file: path, description, keypoints, edges };
    const place = { file: path, pointer: "/name" };
    const stem = baseName(path).replace(/\.json$/, "");
    if (stem !== name)
      problems.error(place, `convention ${JSON.stringify(name)} is in a file called ${JSON.stringify(stem)}`);
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) problems.error(place, `convention ${JSON.stringify(name)} is also in ${other}`);
    taken.set(name.toLowerCase(), path);
    lintConvention(convention, problems);
    return convention;
  });
  return conventions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function lintConvention({ file, keypoints, edges }: Convention, problems: Problems): void {
  const mirrors = new Map(keypoints.map(({ name, mirror }) => [name, mirror]));
  const names = new Map<string, string>();
  const fault = (message: string, ...segments: readonly (string | number)[]) => {
    problems.error({ file, pointer: child("", ...segments) }, message);
  };
  const take = (name: string, segments: readonly (string | number)[]) => {
    const other = names.get(name);
    if (other !== undefined) fault(`the name ${JSON.stringify(name)} is that of keypoint ${other}, too`, ...segments);
    else names.set(name, String(segments[1]));
  };
  for (const [index, { name }] of keypoints.entries()) take(name, ["keypoints", index, "name"]);
  for (const [index, { name, mirror, aliases = [] }] of keypoints.entries()) {
    for (const [at, alias] of aliases.entries()) take(alias, ["keypoints", index, "aliases", at]);
    if (mirror === undefined) continue;
    const at = ["keypoints", index, "mirror"] as const;
    if (!mirrors.has(mirror))
      fault(`there is no keypoint ${JSON.stringify(mirror)}${didYouMean(mirror, mirrors.keys())}`, ...at);
    else if (mirrors.get(mirror) !== name)
      fault(`${JSON.stringify(mirror)} does not name ${JSON.stringify(name)} as its mirror in turn`, ...at);
  }
  lintEdges(edges, new Set(mirrors.keys()), fault);
}

function lintEdges(
  edges: Convention["edges"],
  names: ReadonlySet<string>,
  fault: (message: string, ...segments: readonly (string | number)[]) => void,
): void {
  const seen = new Set<string>();
  for (const [index, edge] of edges.entries()) {
    for (const [end, name] of edge.entries()) {
      if (!names.has(name))
        fault(`there is no keypoint ${JSON.stringify(name)}${didYouMean(name, names)}`, "edges", index, end);
    }
    const [from, to] = edge;
    const key = JSON.stringify([...edge].sort());
    if (from === to) fault("an edge joins two keypoints", "edges", index);
    if (seen.has(key))
      fault(`the edge from ${JSON.stringify(from)} to ${JSON.stringify(to)} occurs twice`, "edges", index);
    seen.add(key);
  }
}
