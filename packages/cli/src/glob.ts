import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { naturally } from "./natural.js";

/** Whether a name is a pattern, for shells that do not replace patterns by what they match. */
export function isGlob(name: string): boolean {
  return /[*?]|\[[^\]]+\]/.test(name);
}

/** Files that match a pattern of `*`, `?`, `[abc]` and, for any folders, `**`; in natural order. Names with a dot in front have to be asked for. */
export async function globFiles(pattern: string): Promise<readonly string[]> {
  const steps = pattern.split(/[\\/]/);
  const isAbsolute = steps[0] === "";
  const found = await matching(isAbsolute ? "/" : "", isAbsolute ? steps.slice(1) : steps);
  return [...new Set(found)].sort(naturally);
}

/** The folder that everything which a pattern matches is in: what stands in front of its first wildcard. */
export function globBase(pattern: string): string {
  const steps = pattern.split(/[\\/]/);
  const plain = steps.slice(0, Math.max(0, steps.findIndex(isGlob)));
  return plain.join("/") || (steps[0] === "" ? "/" : ".");
}

async function matching(folder: string, [step, ...rest]: readonly string[]): Promise<readonly string[]> {
  if (step === undefined) return [];
  if (step === "" || step === "." || step === ".." || !isGlob(step)) return below(join(folder, step), rest);
  const entries = await readdir(folder || ".", { withFileTypes: true }).catch(() => []);
  if (step === "**") {
    const deeper = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith("."));
    const inside = await Promise.all(deeper.map(({ name }) => matching(join(folder, name), [step, ...rest])));
    return [...(await matching(folder, rest.length > 0 ? rest : ["*"])), ...inside.flat()];
  }
  const fits = expressionOf(step);
  const names = entries.filter(({ name }) => fits.test(name) && name.startsWith(".") === step.startsWith("."));
  const found = await Promise.all(
    names.map((entry) => {
      const path = join(folder, entry.name);
      if (rest.length === 0) return entry.isDirectory() ? [] : [path];
      return entry.isFile() ? [] : matching(path, rest);
    }),
  );
  return found.flat();
}

async function below(path: string, rest: readonly string[]): Promise<readonly string[]> {
  if (rest.length > 0) return matching(path, rest);
  const entries = await readdir(join(path, ".."), { withFileTypes: true }).catch(() => []);
  return entries.some((entry) => !entry.isDirectory() && path.endsWith(entry.name)) ? [path] : [];
}

/** What one step of a pattern matches. Stars that follow each other are one, so that matching takes no time to speak of. */
function expressionOf(step: string): RegExp {
  const parts = step.replaceAll(/\*+/g, "*").match(/\[[^\]]+\]|./gs) ?? [];
  const source = parts.map((part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    if (part.length > 1)
      return `[${part
        .slice(1, -1)
        .replace(/^!/, "^")
        .replaceAll(/[\\[\]]/g, "\\$&")}]`;
    return part.replace(/[\\^$.|+(){}[\]]/, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "su");
}
