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
    const { name, description, keypoints, limbs = [] } = value as unknown as Omit<Convention, "file">;
    const convention: Convention = { name, file: path, description, keypoints, limbs };
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
  lintParts(conventions, problems);
  return conventions.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The same name means the same place on the body, wherever it is used. */
function lintParts(conventions: readonly Convention[], problems: Problems): void {
  const known = new Map<string, { readonly parts: readonly string[]; readonly file: string }>();
  for (const { file, keypoints } of conventions) {
    for (const [index, { name, parts }] of keypoints.entries()) {
      if (!parts) continue;
      const first = known.get(name) ?? { parts, file };
      known.set(name, first);
      if ([...first.parts].sort().join() === [...parts].sort().join()) continue;
      const message = `${JSON.stringify(name)} belongs to other parts in ${first.file}: ${first.parts.join(", ")}`;
      problems.error({ file, pointer: child("/keypoints", index, "parts") }, message);
    }
  }
}

function lintConvention({ file, keypoints, limbs }: Convention, problems: Problems): void {
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
  lintLimbs(limbs, new Set(mirrors.keys()), fault);
}

function lintLimbs(
  limbs: Convention["limbs"],
  names: ReadonlySet<string>,
  fault: (message: string, ...segments: readonly (string | number)[]) => void,
): void {
  const seen = new Set<string>();
  const edges = limbs.flatMap(({ edges }, limb) =>
    edges.map((edge, index) => ({ edge, at: ["limbs", limb, "edges", index] })),
  );
  for (const { edge, at } of edges) {
    for (const [end, name] of edge.entries()) {
      if (!names.has(name)) fault(`there is no keypoint ${JSON.stringify(name)}${didYouMean(name, names)}`, ...at, end);
    }
    const [from, to] = edge;
    const key = JSON.stringify([...edge].sort());
    if (from === to) fault("an edge joins two keypoints", ...at);
    if (seen.has(key)) fault(`the edge from ${JSON.stringify(from)} to ${JSON.stringify(to)} occurs twice`, ...at);
    seen.add(key);
  }
}
