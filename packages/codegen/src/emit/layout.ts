import type { ContainerLayout, Layout, StructureValidator } from "@somakit/core/gen/v1";
import type { ContainerSpec, Dataset } from "../ir.js";
import type { Plan } from "../plan/plan.js";
import { docs } from "../print/comment.js";
import { Code, type Literal, type LiteralObject } from "../print/literal.js";
import { shareCounts } from "./counts.js";
import { CORE, constant, importOf, type Output, sourceFile } from "./output.js";
import { outputPath, siblingModule } from "./paths.js";

/** `<name>.layout.gen.ts`: what the engine needs to know, as one literal. */
export function emitLayout(plan: Plan): Output {
  const { dataset } = plan;
  const codecs = [...new Set(supportedContainers(dataset).map(({ kind }) => kind))];
  const { layout, shared } = shareCounts(layoutFields(dataset, (kind) => new Code(kind), new Code("validate")));
  return {
    path: outputPath(dataset, "layout"),
    sources: [dataset.file],
    note: "",
    structure: sourceFile(
      [...importOf(CORE, ["type Layout", ...codecs]), ...importOf(siblingModule(dataset, "validate"), ["validate"])],
      [
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
      ],
    ),
  };
}

/** The layout itself, for schemas that are interpreted instead of generated from. `codecs` are those that core has. */
export function layoutOf(
  dataset: Dataset,
  codecs: Readonly<Record<string, ContainerLayout["codec"]>>,
  structure?: StructureValidator,
): Layout {
  const { containers, structure: _, ...fields } = layoutFields(dataset, () => null, null);
  const layouts = supportedContainers(dataset).flatMap((container): ContainerLayout[] => {
    const codec = Object.hasOwn(codecs, container.kind) ? codecs[container.kind] : undefined;
    return codec ? [{ codec, ...containerFields(container) }] : [];
  });
  return { ...(fields as unknown as Layout), containers: layouts, ...(structure ? { structure } : {}) };
}

function layoutFields(dataset: Dataset, codec: (kind: string) => Literal, structure: Literal): LiteralObject {
  return {
    id: dataset.id,
    title: dataset.title,
    description: dataset.description,
    schema: dataset.schemaId,
    containers: supportedContainers(dataset).map((container) => ({
      codec: codec(container.kind),
      ...containerFields(container),
    })),
    detect: dataset.detect as unknown as Literal,
    root: dataset.root.layout as unknown as Literal,
    defs: Object.fromEntries(dataset.defs.map(({ name, field }) => [name, field.layout as unknown as Literal])),
    profiles: dataset.profiles as unknown as Literal,
    ...(Object.keys(dataset.severity).length > 0 && { severity: dataset.severity as unknown as Literal }),
    structure,
  };
}

function containerFields({ extensions, nulls, classes, protocol }: ContainerSpec): Omit<ContainerLayout, "codec"> {
  return { extensions, nulls, classes, ...(protocol === undefined ? {} : { protocol }) };
}

export function supportedContainers(dataset: Dataset): Dataset["containers"] {
  return dataset.containers.filter((container) => container.supported);
}
