import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NdArray } from "@somakit/core";
import { fileSource } from "@somakit/core/node";
import * as humandata from "@somakit/formats/humandata";
import { afterAll, beforeAll, expect } from "vitest";
import { HUMANDATA, type Result, type RunOptions, somakit } from "./run.js";

/** Paths in a folder that is there as long as the tests of a file run. */
export interface WorkFolder {
  readonly path: (name: string) => string;
}

export function workFolder(): WorkFolder {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "somakit-cli-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name) => join(folder, name) };
}

export const fixture = (name: string): string => join(HUMANDATA, name);

/** Runs a command that must succeed. */
export async function succeed(args: readonly string[], options?: RunOptions): Promise<Result> {
  const result = await somakit(args, options);
  expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: "" });
  return result;
}

/** The document that a command prints. */
export async function json<T = Readonly<Record<string, unknown>>>(args: readonly string[]): Promise<T> {
  const { stdout } = await somakit(["--json", ...args]);
  return JSON.parse(stdout) as T;
}

/** All of a file of HumanData, as stored. */
export async function stored(path: string): Promise<humandata.HumanData> {
  return humandata.read(await fileSource(path), { form: "stored" });
}

/** All of a file of HumanData, as users hold it. */
export async function read(path: string): Promise<humandata.HumanData> {
  return humandata.read(await fileSource(path));
}

/** Digest of a file's content, whatever the container: what makes two of them equal. */
export async function contentOf(path: string): Promise<unknown> {
  const { stdout } = await succeed(["digest", path]);
  return JSON.parse(stdout) as unknown;
}

/** A value with its arrays spelled out, however they lie in memory. */
export function spelled(value: unknown): unknown {
  if (value instanceof NdArray) return { dtype: value.dtype, shape: value.shape, elements: value.toList() };
  if (Array.isArray(value)) return value.map(spelled);
  if (value instanceof Map)
    return new Map([...(value as Map<unknown, unknown>)].map(([key, item]) => [key, spelled(item)]));
  const plain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  return plain ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spelled(item)])) : value;
}
