import { Argument, Command, Help, Option } from "commander";
import { argumentsText, exitCodeHelp, GLOBAL_OPTIONS, STREAMS, verbHelp } from "./help.js";
import type { When } from "./progress/view.js";
import { OTHER_NAMES, otherSpellings } from "./spellings.js";
import type { Verb, VerbArgument, VerbInput } from "./verbs/verb.js";

export interface Globals {
  readonly json: boolean;
  readonly color: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly progress: When;
}

export interface ProgramOptions {
  readonly verbs: readonly Verb[];
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  /** Called with what was parsed. */
  readonly run: (verb: Verb, input: VerbInput, globals: Globals) => Promise<void>;
}

/** The parser of the command line, made from the table of verbs. Throws `CommanderError` instead of ending the process. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command("somakit")
    .description("Look into, check, convert and draw human-body data sets, and generate code from schemas.")
    .exitOverride()
    .configureHelp(HELP)
    .configureOutput({ writeOut: options.writeOut, writeErr: options.writeErr })
    .showHelpAfterError("(somakit --help lists commands and options)")
    .addHelpText("after", `\n${STREAMS}\n\n${exitCodeHelp()}`);
  for (const { flags, description, choices, default: preset } of GLOBAL_OPTIONS) {
    const option = new Option(flags, description);
    if (choices) option.choices(choices);
    program.addOption(preset === undefined ? option : option.default(preset));
  }
  for (const verb of options.verbs) addVerb(program, verb, options);
  return program;
}

function addVerb(program: Command, verb: Verb, options: ProgramOptions): void {
  const [name = "", topic] = verb.name.split(" ").reverse();
  const command = topicOf(program, topic)
    .command(name, { hidden: verb.hidden === true })
    .summary(verb.summary)
    .description([`${verb.summary}.`, ...verb.details].join("\n\n"))
    .addHelpText("after", verbHelp(verb));
  const other = OTHER_NAMES[verb.name];
  if (other !== undefined) command.alias(other);
  const { parsed, behind } = argumentsOf(verb);
  for (const argument of parsed) command.addArgument(parserOf(argument));
  const all = verb.arguments.map(parserOf);
  if (behind.length > 0)
    command.usage(`[options] ${argumentsText(verb)}`).configureHelp({ ...HELP, visibleArguments: () => all });
  for (const { flags, description, choices, default: preset, required, several } of verb.options) {
    const option = new Option(flags, description);
    if (several) option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
    if (choices) option.choices(choices);
    if (preset !== undefined) option.default(preset);
    command.addOption(required ? option.makeOptionMandatory() : option);
    for (const other of otherSpellings(flags)) addSpelling(command, option, other);
  }
  command.action(async (...words: unknown[]) => {
    const values = placed(verb, words.slice(0, parsed.length) as VerbInput["arguments"]);
    const flags = program.opts<Partial<Globals>>();
    const globals: Globals = {
      json: flags.json === true,
      color: flags.color !== false,
      quiet: flags.quiet === true,
      verbose: flags.verbose === true,
      progress: flags.progress ?? "auto",
    };
    await options.run(verb, { arguments: values, options: command.opts() }, globals);
  });
}

/** Another way to type an option, which sets the same value. */
function addSpelling(command: Command, option: Option, other: string): void {
  const spelling = new Option(option.flags.replace(/^.*?(?= [<[]|$)/, other)).hideHelp();
  if (option.argChoices) spelling.choices(option.argChoices);
  command.addOption(spelling).on(`option:${spelling.name()}`, (value: unknown) => {
    command.setOptionValueWithSource(option.attributeName(), value, "cli");
  });
}

/** Those that the parser knows, and those behind one that takes several, which it does not allow. */
function argumentsOf({ arguments: all }: Verb): {
  readonly parsed: readonly VerbArgument[];
  readonly behind: readonly VerbArgument[];
} {
  const several = all.findIndex((argument) => argument.several);
  const end = several < 0 ? all.length : several + 1;
  return { parsed: all.slice(0, end), behind: all.slice(end) };
}

function parserOf({ name, description, required, several, choices }: VerbArgument): Argument {
  const text = several ? `${name}...` : name;
  const argument = new Argument(required ? `<${text}>` : `[${text}]`, description);
  return choices ? argument.choices(choices) : argument;
}

/** The values with those of arguments behind one that takes several, told by their form. */
function placed(verb: Verb, values: VerbInput["arguments"]): VerbInput["arguments"] {
  const { behind } = argumentsOf(verb);
  const words = [...((values.at(-1) ?? []) as readonly string[])];
  if (behind.length === 0) return values;
  const found = behind
    .toReversed()
    .map(({ form }) => (words.length > 1 && form?.test(words.at(-1) ?? "") ? words.pop() : undefined));
  return [...values.slice(0, -1), words, ...found.reverse()];
}

/** The command of a topic, made when its first verb comes; the program itself for verbs without one. */
function topicOf(program: Command, topic: string | undefined): Command {
  if (topic === undefined) return program;
  return program.commands.find((command) => command.name() === topic) ?? program.command(topic);
}

const help = new Help();
const HELP = { showGlobalOptions: true, sortSubcommands: false, visibleCommands, subcommandTerm, commandUsage };

/** Commands of topics stand beside the others, with their whole name. */
function visibleCommands(command: Command): Command[] {
  return help.visibleCommands(command).flatMap((listed) => (listed.commands.length > 0 ? listed.commands : [listed]));
}

/** Without the other name of the command, which only documentation tells. */
function commandUsage(command: Command): string {
  return help.commandUsage(command).replace(`|${command.alias()}`, "");
}

function subcommandTerm(command: Command): string {
  const term = help.subcommandTerm(command).replace(`|${command.alias()}`, "");
  const topic = command.parent;
  return topic?.parent ? `${topic.name()} ${term}` : term;
}
