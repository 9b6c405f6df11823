import type { RegistryEntry } from "@somakit/core";
import { EXIT } from "../failure.js";
import { jsonPieces } from "../print/json.js";
import { tableLines } from "../print/table.js";
import { ABILITIES, type Ability, abilitiesOf, jobsOf } from "../schema/abilities.js";
import type { Verb } from "./verb.js";

export const formats: Verb = {
  name: "formats",
  summary: "List the data sets that are known, and what can be done with them",
  details: [
    "Files are recognised by their content. The names in the first column are what --as and --to take.",
    `All of them can be shown, checked, counted and compared. Besides: ${abilityText()}.`,
  ],
  arguments: [],
  options: [],
  examples: [
    ["somakit formats", "all data sets with their containers and file name endings"],
    ["somakit --json formats", "with their descriptions and the profiles of their schemas, for programs"],
  ],

  async run({ printer, registry }) {
    const known = await Promise.all((await registry()).map(described));
    if (printer.json) {
      await printer.document(jsonPieces({ formats: known }, 2));
      return EXIT.fine;
    }
    const rows = known.map(({ id, title, containers, extensions, can, takenBy, madeBy }) => [
      id,
      title,
      containers.join(", "),
      extensions.join(", "),
      [...can, ...takenBy, ...madeBy.map((name) => `made by ${name}`)].join(", "),
    ]);
    const columns = [
      { title: "name", style: "bold" },
      { title: "data set" },
      { title: "containers" },
      { title: "endings" },
      { title: "can" },
    ] as const;
    for (const line of tableLines(columns, rows, { width: printer.columns })) printer.line(...line);
    return EXIT.fine;
  },
};

interface Described extends Pick<RegistryEntry, "id" | "title" | "description" | "containers" | "extensions"> {
  readonly can: readonly Ability[];
  readonly profiles: readonly string[];
  readonly takenBy: readonly string[];
  readonly madeBy: readonly string[];
}

async function described({ id, title, description, containers, extensions, load }: RegistryEntry): Promise<Described> {
  const layout = await load();
  const profiles = Object.keys(layout.profiles);
  return { id, title, description, containers, extensions, can: abilitiesOf(layout), profiles, ...jobsOf(id) };
}

function abilityText(): string {
  return Object.entries(ABILITIES)
    .map(([ability, meaning]) => `${ability} (${meaning})`)
    .join(", ");
}
