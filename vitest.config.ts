import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const core = fileURLToPath(new URL("packages/core/", import.meta.url)).replaceAll("\\", "/");

export default defineConfig({
  plugins: [
    {
      // A package's own tests run on its sources; other packages are loaded as a user would load them, from dist. Only
      // #platform needs help: what package.json says it means is a compiled file, even for the sources.
      name: "platform-of-sources",
      enforce: "pre",
      resolveId: (id, importer) =>
        id === "#platform" && importer?.startsWith(core) && !importer.startsWith(`${core}dist/`)
          ? `${core}src/platform/node.ts`
          : undefined,
    },
  ],
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Not the order they are written in, yet the same one every time: a test that leans on another is found out at once.
    sequence: { shuffle: true, seed: 1 },
  },
});
