import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Problem, Project } from "../src/ir.js";
import { loadProject } from "../src/project.js";

/** The JSON files below `folder`, by their paths relative to it. */
export function filesIn(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.sort().map((path) => [relative(folder, path).replaceAll("\\", "/"), readFileSync(path, "utf8")]),
  );
}

/** A project of files that are given as values. */
export function projectOf(files: Readonly<Record<string, unknown>>): Project {
  const texts = Object.entries(files).map(([path, value]) => {
    return [path, typeof value === "string" ? value : JSON.stringify(value, null, 2)] as const;
  });
  return loadProject(new Map(texts));
}

/** Problems as one line each, for tables. */
export function lines(problems: readonly Problem[]): string[] {
  return problems.map(({ severity, file, pointer, message }) => `${severity} ${file}#${pointer}: ${message}`);
}
