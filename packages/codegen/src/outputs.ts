import { isUsablePath } from "./emit/paths.js";
import type { Problem, Project } from "./ir.js";
import { isGenerated } from "./print/header.js";
import { compareText } from "./print/text.js";

/** A path that is generated, and the schemas that claim it. */
export interface Claim {
  readonly path: string;
  readonly sources: readonly string[];
}

/** Schemas whose folder, file, convention or list names cannot name files and modules. */
export function pathProblems({ datasets, conventions, lists }: Project): Problem[] {
  const named = [
    ...datasets.map(({ file, system, name }) => ({ file, path: `${system}/${name}` })),
    ...conventions.map(({ file, name }) => ({ file, path: name })),
    ...lists.map(({ file, name }) => ({ file, path: name })),
  ];
  return named
    .filter(({ path }) => !isUsablePath(path))
    .map(({ file, path }) =>
      problem(file, `${JSON.stringify(path)} cannot name a generated file: use letters, digits, "_", "-" and "."`),
    );
}

/** Two schemas that claim one file (on disks that know no case too), and files in the way that nobody generated. */
export function ownershipProblems(claims: readonly Claim[], existing: ReadonlyMap<string, string>): Problem[] {
  const problems: Problem[] = [];
  const owners = new Map<string, Claim>();
  for (const claim of claims) {
    const file = claim.sources[0] ?? "";
    const owner = owners.get(claim.path.toLowerCase());
    if (owner)
      problems.push(
        problem(
          file,
          `${claim.path} is generated from ${owner.sources[0]} already${owner.path === claim.path ? "" : ` (as ${owner.path})`}`,
        ),
      );
    owners.set(claim.path.toLowerCase(), claim);
    const text = existing.get(claim.path);
    if (text !== undefined && !isGenerated(text)) {
      problems.push(
        problem(
          file,
          `${claim.path} is in the way: it was not generated, so it is not replaced`,
          "rename or remove the file",
        ),
      );
    }
  }
  return problems;
}

/** Files that were generated once and are not any more. Only what says so in its name and its first line is one. */
export function staleFiles(outputs: ReadonlyMap<string, string>, existing: ReadonlyMap<string, string>): string[] {
  return [...existing]
    .filter(([path, text]) => hasGeneratedName(path) && isGenerated(text) && !outputs.has(path))
    .map(([path]) => path)
    .sort(compareText);
}

/** Whether a file's name says that it may have been generated. */
export function hasGeneratedName(path: string): boolean {
  return path.endsWith(".gen.ts") || path.endsWith(".md");
}

function problem(file: string, message: string, hint?: string): Problem {
  return { severity: "error", file, pointer: "", line: undefined, message, hint };
}
