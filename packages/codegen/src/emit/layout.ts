import type { ContainerLayout, Layout, StructureValidator } from "@somakit/core/gen/v1";
import type { ContainerSpec, Dataset } from "../ir.js";
import { fieldsOf } from "../lower/dataset.js";
import type { Plan } from "../plan/plan.js";
import { docs } from "../print/comment.js";
import { Code, type Literal, type LiteralObject } from "../print/literal.js";
import { quote } from "../print/text.js";
import { shareCounts } from "./counts.js";
import { CORE, constant, importOf, type Output, sourceFile } from "./output.js";
import { outputPath, siblingModule } from "./paths.js";

/** `<name>.layout.gen.ts`: what the engine needs to know, as one literal. */
export function emitLayout(plan: Plan): Output {
  const { dataset } = plan;
  const media = supportedContainers(dataset).some(({ kind }) => kind === "folder") ? mediaOf(dataset) : [];
  const codecs = new Set([...supportedContainers(dataset).flatMap(codecNames), ...media.map(([, name]) => name)]);
  // A validator can be longer than all the rest, and most programs check nothing.
  const module = quote(siblingModule(dataset, "validate"));
  const structure = new Code(`() => import(${module}).then((module) => module.validate)`);
  const { layout, shared } = shareCounts(layoutFields(dataset, (name) => new Code(name), structure));
  return {
    path: outputPath(dataset, "layout"),
    sources: [dataset.file],
    note: "",
    structure: sourceFile(importOf(CORE, ["type Layout", ...codecs]), [
      ...shared.map(({ name, value }) =>
        constant({
          name,
          type: "Readonly<Record<string, number>>",
          value,
          docs: docs({ opening: "Keypoints of each convention that a file may name.", text: [] }),
          exported: false,
        }),
      ),
      constant({
        name: "layout",
        type: "Layout",
        value: layout,
        docs: docs({ opening: "What is where in a file, for core's engine.", text: [] }),
      }),
    ]),
  };
}

/**
 * The layout itself, for schemas that are interpreted instead of generated from. `codecs` are those that core has: under
 * the names of their kinds, those for compressed files with what these are compressed by, as in `msgpack-stream.xz`.
 */
export function layoutOf(
  dataset: Dataset,
  codecs: Readonly<Record<string, ContainerLayout["codec"]>>,
  structure?: StructureValidator,
): Layout {
  const { containers, structure: _, ...fields } = layoutFields(dataset, () => null, null);
  const layouts = supportedContainers(dataset).flatMap((container): ContainerLayout[] => {
    const { kind, wrap } = container;
    const name = wrap === undefined ? kind : `${kind}.${wrap}`;
    const codec = Object.hasOwn(codecs, name) ? codecs[name] : undefined;
    if (!codec) return [];
    const media = container.kind === "folder" ? { media: mediaCodecs(dataset, codecs) } : {};
    return [{ codec, ...containerFields(container), ...media }];
  });
  return {
    ...(fields as unknown as Layout),
    containers: layouts,
    ...(structure && { structure: async () => structure }),
  };
}

function layoutFields(dataset: Dataset, codec: (kind: string) => Literal, structure: Literal): LiteralObject {
  return {
    id: dataset.id,
    title: dataset.title,
    description: dataset.description,
    schema: dataset.schemaId,
    containers: supportedContainers(dataset).map((container) => ({
      codec: codec(codecCode(container)),
      ...containerFields(container),
      ...(container.kind === "folder" && {
        media: Object.fromEntries(mediaOf(dataset).map(([type, name]) => [type, codec(name)])),
      }),
    })),
    detect: dataset.detect as unknown as Literal,
    root: dataset.root.layout as unknown as Literal,
    ...(dataset.records && { records: dataset.records as unknown as Literal }),
    defs: Object.fromEntries(dataset.defs.map(({ name, field }) => [name, field.layout as unknown as Literal])),
    profiles: dataset.profiles as unknown as Literal,
    ...(Object.keys(dataset.severity).length > 0 && { severity: dataset.severity as unknown as Literal }),
    structure,
  };
}

/** Core's names for codecs and for what makes one for compressed files of another. */
const CODECS: Readonly<Partial<Record<ContainerSpec["kind"], string>>> = { "msgpack-stream": "msgpackStream" };
const WRAPS: Readonly<Record<NonNullable<ContainerSpec["wrap"]>, string>> = { xz: "inXz", gzip: "inGzip" };

function codecNames({ kind, wrap }: ContainerSpec): string[] {
  return [CODECS[kind] ?? kind, ...(wrap === undefined ? [] : [WRAPS[wrap]])];
}

function codecCode(container: ContainerSpec): string {
  const [name, wrap] = codecNames(container);
  return wrap === undefined ? String(name) : `${wrap}(${name})`;
}

/** Media types of files that core has codecs for, with the names of these. */
const MEDIA: ReadonlyMap<string, string> = new Map([
  ["application/json", "strictJson"],
  ["image/png", "png"],
  ["image/x-exr", "exr"],
  ["application/x-npy", "npy"],
  ["application/x-npz", "npz"],
  ["application/x-pickle", "pickle"],
]);

/** Those that the files of a folder have. */
function mediaOf(dataset: Dataset): [type: string, codec: string][] {
  const types = new Set(
    [...fieldsOf(dataset)].flatMap(({ layout: { place } }) => (place?.kind === "file" ? [place.media] : [])),
  );
  return [...MEDIA].filter(([type]) => types.has(type));
}

function mediaCodecs(
  dataset: Dataset,
  codecs: Readonly<Record<string, ContainerLayout["codec"]>>,
): NonNullable<ContainerLayout["media"]> {
  const found = mediaOf(dataset).flatMap(([type, name]) => {
    const codec = Object.hasOwn(codecs, name) ? codecs[name] : undefined;
    return codec ? [[type, codec] as const] : [];
  });
  return Object.fromEntries(found);
}

function containerFields({
  extensions,
  nulls,
  classes,
  protocol,
}: ContainerSpec): Omit<ContainerLayout, "codec" | "media"> {
  return { extensions, nulls, classes, ...(protocol === undefined ? {} : { protocol }) };
}

export function supportedContainers(dataset: Dataset): Dataset["containers"] {
  return dataset.containers.filter((container) => container.supported);
}
