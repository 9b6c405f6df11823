import { candidatesFor } from "../complete/candidates.js";
import { FILES_LINE, SHELLS, type Shell, scripts } from "../complete/scripts.js";
import { EXIT } from "../failure.js";
import { textArgument, type Verb } from "./verb.js";

export const completion: Verb = {
  name: "completion",
  summary: "Print what sets up completion of commands, options and names in a shell",
  details: [
    "Commands, options, their choices, data sets, profiles and conventions are completed, and names of files where these fit.",
  ],
  arguments: [{ name: "shell", description: `the shell: ${SHELLS.join(", ")}`, required: true, choices: SHELLS }],
  options: [],
  examples: [
    ['eval "$(somakit completion bash)"', "for this shell; in ~/.bashrc for all to come"],
    ["somakit completion fish > ~/.config/fish/completions/somakit.fish", "for fish"],
  ],

  async run({ printer }, input) {
    await printer.document([scripts[textArgument(input, 0) as Shell].trimEnd()]);
    return EXIT.fine;
  },
};

/** The hidden command that shells ask, with the words behind `somakit` up to the one that is to be completed. */
export function complete(verbs: readonly Verb[]): Verb {
  return {
    name: "complete",
    summary: "List what can stand in place of the last word",
    details: [],
    arguments: [{ name: "words", description: "the words behind somakit", required: false, several: true }],
    options: [{ flags: "--next", description: "a new word is begun" }],
    examples: [],
    hidden: true,

    async run(context, input) {
      const given = (input.arguments[0] ?? []) as readonly string[];
      const words = input.options["next"] === true || given.length === 0 ? [...given, ""] : given;
      const { found, files } = await candidatesFor(verbs, words, context);
      const lines = found.map(({ value, meaning }) => (meaning === "" ? value : `${value}\t${meaning}`));
      if (files) lines.push(FILES_LINE);
      if (lines.length > 0) await context.printer.document([lines.join("\n")]);
      return EXIT.fine;
    },
  };
}
