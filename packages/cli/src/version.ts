import { readFile } from "node:fs/promises";

const LIBRARIES = ["@somakit/core", "@somakit/formats", "@somakit/codegen"] as const;

/** Versions of the command, its libraries and Node, by name. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = { somakit: await versionIn(new URL("../package.json", import.meta.url)) };
  for (const name of LIBRARIES) found[name] = await versionIn(new URL(import.meta.resolve(`${name}/package.json`)));
  return { ...found, node: process.versions.node };
}

async function versionIn(manifest: URL): Promise<string> {
  const { version } = JSON.parse(await readFile(manifest, "utf8")) as { readonly version: string };
  return version;
}
