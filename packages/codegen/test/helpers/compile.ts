import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const core = `${root}packages/core/src/`;

/** What the compiler, as strict as this repository is, says about `files`; types of core come from its sources. */
export function compile(files: readonly string[]): string[] {
  const config = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile).config as { compilerOptions: object };
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      composite: false,
      declarationMap: false,
      noEmit: true,
      typeRoots: [`${root}node_modules/@types`],
      paths: { "@somakit/core/gen/v1": [`${core}gen/v1.ts`], "#platform": [`${core}platform/browser.ts`] },
    },
    root,
  );
  const program = ts.createProgram([...files], options);
  const own = files.flatMap((file) => program.getSourceFile(file) ?? []);
  if (own.length < files.length) throw new Error(`${files.length - own.length} files were not compiled`);
  return own.flatMap((file) =>
    [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
      ...program.getDeclarationDiagnostics(file),
    ].map(({ start = 0, messageText }) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      return `${file.fileName.slice(root.length)}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    }),
  );
}
