// Which file of the bundled command each of its modules goes into.

/**
 * The files in the order in which they take modules: each takes what is loaded by `import()` and fits its pattern (paths such as
 * `core/codec/npz/open.js`), with everything that is imported there and that no file before it has. So files import from
 * those before them alone, and modules are run in the order of their imports. `$1` is what the pattern's group matched.
 */
const FIRST = "command";
const PARTS = [
  // What looking at a file takes, whatever it is; most other commands begin with that.
  [FIRST, /^cli\/(?:process|verbs\/info)\.js$/],
  [FIRST, /^core\/(?:engine\/(?!folder\/|records\/)|source\/|statistics\/collection\.js$)/],
  [FIRST, /^formats\/registry\.gen\.js$/],
  // What is needed for one container, and for the data sets of one system.
  ["records", /^core\/(?:codec\/(?:xz|wrap)|engine\/records)\/|^cli\/info\/record-summary\.js$/],
  ["$1", /^core\/(?:codec|engine)\/(\w+)\//],
  ["$1", /(?:^|\/)node_modules\/([\w-]+)\//],
  ["names", /^formats\/(?:conventions|lists)\//],
  ["$1", /^formats\/(\w+)\/\w+\.(?:layout|validate)\.gen\.js$/],
  // What other commands take.
  ["show", /^cli\/verbs\/show\.js$/],
  ["validate", /^cli\/verbs\/validate\.js$/],
  ["stats", /^cli\/verbs\/stats\.js$|^core\/statistics\//],
  ["convert", /^cli\/verbs\/convert\.js$/],
  ["render", /^cli\/verbs\/render\.js$/],
  ["jobs", /^formats\//],
  ["verbs", /^(?!cli\/bin\.js$)/],
];

/**
 * The file of each module, as the names of files by the paths of modules, made of the chunks of a bundle that is split as far as
 * it can be; in their order. `nameOf` makes the path that the patterns are about. What several files of one line need goes into
 * the first file.
 */
export function partsOf(chunks, nameOf) {
  const byFile = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const partOf = new Map();
  const take = (file, part, found) => {
    if (partOf.has(file) || !byFile.has(file)) return;
    const before = found.get(file);
    if (before === part || before === FIRST) return;
    found.set(file, before === undefined ? part : FIRST);
    for (const needed of byFile.get(file).imports) take(needed, found.get(file), found);
  };
  for (const [part, pattern] of PARTS) {
    const found = new Map();
    for (const { fileName, facadeModuleId } of chunks) {
      const match = facadeModuleId === null ? null : pattern.exec(nameOf(facadeModuleId));
      if (match) take(fileName, part.replace("$1", match[1]), found);
    }
    for (const [file, name] of found) partOf.set(file, name);
  }
  const modulesOf = (file) => Object.keys(byFile.get(file).modules);
  return new Map([...partOf].flatMap(([file, part]) => modulesOf(file).map((id) => [id, part])));
}
