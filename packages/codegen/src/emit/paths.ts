import type { Dataset } from "../ir.js";

export type Artifact = "types" | "access" | "layout" | "validate";

/** Path of a generated file in the output folder. */
export function outputPath(dataset: Dataset, artifact?: Artifact): string {
  return `${dataset.system}/${fileName(dataset, artifact)}.ts`;
}

/** How a file of the same system imports it. */
export function siblingModule(dataset: Dataset, artifact?: Artifact): string {
  return `./${fileName(dataset, artifact)}.js`;
}

function fileName(dataset: Dataset, artifact: Artifact | undefined): string {
  return artifact === undefined ? `${dataset.name}.gen` : `${dataset.name}.${artifact}.gen`;
}

const SEGMENT = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u;

/** Whether a schema's folder and file name can name generated files and modules. */
export function isUsablePath(path: string): boolean {
  return path.split("/").every((segment) => SEGMENT.test(segment) && !segment.endsWith("."));
}

/** The module with what several data sets of a system share. An index of the system exists, so no data set is called so. */
export function sharedPartsPath(system: string): string {
  return `${system}/index.parts.gen.ts`;
}

/** How a file of the same system imports it. */
export const SHARED_PARTS = "./index.parts.gen.js";
