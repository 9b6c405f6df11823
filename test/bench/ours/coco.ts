// A large document of annotations: what is in it, whether it is as its schema says, and its people as clips.
import { checkFile, type OpenedFile, openFile } from "@somakit/core";
import { convertMotion, openMotion } from "@somakit/core/motion";
import { fileSink, fileSource } from "@somakit/core/node";
import { layout } from "@somakit/formats/coco";
import { loadConvention } from "@somakit/formats/conventions";
import { layout as clips } from "@somakit/formats/pyskl";
import type { Operation } from "./operations.js";

export const cocoOperations: Readonly<Record<string, Operation>> = {
  "coco-info": ({ file }) => checked(file, "headers"),

  "coco-validate": ({ file }) => checked(file, "values"),

  "coco-convert": async ({ file, out }) => {
    const source = await fileSource(file);
    const opened = await openFile(layout, source);
    const conversion = await convertMotion(openMotion(opened), clips, { conventions: loadConvention });
    await conversion.write(await fileSink(`${out}.pkl`, { overwrite: true }));
    await source.close?.();
    return () => [conversion.report.frames];
  },
};

async function checked(file: string, depth: "headers" | "values"): Promise<() => Promise<unknown>> {
  const source = await fileSource(file);
  const opened = await openFile(layout, source);
  const issues = await checkFile(opened, { depth });
  const lengths = [await lengthOf(opened, "images"), await lengthOf(opened, "annotations")];
  await source.close?.();
  return async () => [...lengths, issues.length];
}

async function lengthOf({ root }: OpenedFile, key: string): Promise<number | undefined> {
  const list = root.kind === "group" ? await root.child(key) : undefined;
  return list?.kind === "list" ? list.length : undefined;
}
