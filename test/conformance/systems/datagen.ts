import { digest, MemoryFolderSink, memoryFolder, type Node } from "@somakit/core";
import { fileFolder } from "@somakit/core/node";
import * as datagen from "@somakit/formats/datagen";
import { differences } from "../compare.js";
import type { Fixtures } from "../fixtures.js";
import type { Check, Difference, System } from "../system.js";
import { badChecks } from "./datagen/bad.js";
import { imageChecks } from "./datagen/images.js";
import { type ExpectedDatapoint, storedChecks } from "./datagen/stored.js";

type Expected = Readonly<Record<string, unknown>>;
type Input = Parameters<typeof datagen.open>[0];

/** The expected files are explained in the manifest. */
export const datagenSystem: System = {
  name: "datagen",

  partOf(file, fixtures) {
    if (file.endsWith("/manifest.json")) return file.slice(0, -"/manifest.json".length);
    const parts = file.split("/");
    const folders = parts.slice(0, -1).map((_, depth) => parts.slice(0, depth + 1).join("/"));
    return folders.find((folder) => fixtures.has(`${folder}.expected.json`));
  },

  checks({ path, expected }, fixtures) {
    if (!expected) return [];
    if ("error" in expected || "warning" in expected) return badChecks(path, expected, fixtures);
    if (Array.isArray(expected["datapoints"]))
      return datasetChecks(path, expected, () => fileFolder(fixtures.path(path)));
    if (typeof expected["same_as"] === "string") return archiveChecks(path, expected["same_as"], fixtures);
    if ("raw" in expected || "planes" in expected) return imageChecks(path, expected, fixtures);
    return [{ name: "", skip: "a kind of expectation that this runner does not know" }];
  },
};

function datasetChecks(path: string, expected: Expected, input: () => Promise<Input>): readonly Check[] {
  const system = expected["kind"] === "hic" ? datagen.hic : datagen;
  const datapoints = expected["datapoints"] as readonly ExpectedDatapoint[];
  let whole: Promise<unknown> | undefined;
  const read = (): Promise<unknown> => {
    whole ??= input().then((folder): Promise<unknown> => system.read(folder));
    return whole;
  };
  return [
    ...datapoints.flatMap((datapoint) => storedChecks(datapoint, read)),
    {
      name: "check",
      run: async () => {
        const issues = await system.check(await input());
        return issues.map(({ path: at, message }) => ({ path: at, expected: "no issue", found: message }));
      },
    },
    { name: "written", run: () => writtenDifferences(system, input) },
    { name: `${path} copied`, run: () => copyDifferences(system, input) },
  ];
}

type Bindings = typeof datagen | typeof datagen.hic;

async function digestOf(system: Bindings, input: Input): Promise<unknown> {
  const file = await system.open(input);
  return digest((await file.node()) as Node, { container: "folder" });
}

/** What is written of what was read is read as the same. */
async function writtenDifferences(system: Bindings, input: () => Promise<Input>): Promise<readonly Difference[]> {
  const sink = new MemoryFolderSink();
  const read = (await system.read(await input())) as never;
  await system.write(sink, read);
  const again = await system.read(memoryFolder(sink.files()));
  return differences(JSON.parse(JSON.stringify(read)), JSON.parse(JSON.stringify(again)), "", { order: false });
}

/** A copy of an open folder has the same digest. */
async function copyDifferences(system: Bindings, input: () => Promise<Input>): Promise<readonly Difference[]> {
  const sink = new MemoryFolderSink();
  await system.write(sink, (await system.open(await input())) as never);
  return differences(await digestOf(system, await input()), await digestOf(system, memoryFolder(sink.files())));
}

/** An archive is what the folder is that was packed. */
function archiveChecks(path: string, sameAs: string, fixtures: Fixtures): readonly Check[] {
  const folder = sameAs.replace(/\.expected\.json$/, "");
  const expected = fixtures.expected(folder) ?? {};
  const input = async (): Promise<Input> => fixtures.bytes(path);
  const same: Check = {
    name: "same digest",
    run: async () =>
      differences(
        await digestOf(datagen, await fileFolder(fixtures.path(folder))),
        await digestOf(datagen, await input()),
      ),
  };
  return [same, ...datasetChecks(path, expected, input)];
}
