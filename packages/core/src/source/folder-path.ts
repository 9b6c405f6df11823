import { FormatError } from "../errors.js";

/**
 * The steps of a relative path separated by `/`; none for the folder itself (`""` or `.`). Throws `FormatError`
 * `refused` for a path that could leave the folder or mean different things on different systems.
 */
export function folderSteps(path: string): string[] {
  if (path === "" || path === ".") return [];
  const steps = path.split("/");
  for (const step of steps) {
    if (step === "" || step === "." || step === ".." || /[\\\0]/.test(step) || /^[A-Za-z]:/.test(step)) {
      throw new FormatError("refused", "not a path inside the folder", { path });
    }
  }
  return steps;
}
