import { Command, Help, Option } from "commander";

import { storeUrlForms } from "../store/store-url.ts";

const COMMON_GROUP = "Common options:";

/** A command that has the common options, and whose commands have them: they may stand anywhere. */
export class ProgramCommand extends Command {
  constructor(name?: string) {
    super(name);
    this.addOption(
      common(new Option("--store <url>", `${storeUrlForms()} (default: $FORETILE_STORE)`)),
    );
    this.addOption(
      common(new Option("--json", "JSON lines instead of text; errors too, on stderr")),
    );
    this.addHelpOption(common(new Option("-h, --help", "show help")));
  }

  override createCommand(name?: string): ProgramCommand {
    return new ProgramCommand(name);
  }

  override createHelp(): Help {
    return Object.assign(new ProgramHelp(), this.configureHelp());
  }
}

/** Puts a command's own options before the common ones, and does not repeat of every command that it has options. */
class ProgramHelp extends Help {
  override groupItems<T extends Command | Option>(
    all: T[],
    visible: T[],
    group: (item: T) => string,
  ): Map<string, T[]> {
    // Groups come in the order of their first item here.
    const ownFirst = all.toSorted(
      (a, b) => Number(group(a) === COMMON_GROUP) - Number(group(b) === COMMON_GROUP),
    );
    return super.groupItems(ownFirst, visible, group);
  }

  override subcommandTerm(command: Command): string {
    const operands = command.registeredArguments.map((argument) => {
      const name = this.argumentTerm(argument);
      return argument.required ? `<${name}>` : `[${name}]`;
    });
    return [command.name(), ...operands].join(" ");
  }
}

/** The option in the group of those that every command has. */
function common(option: Option): Option {
  return option.helpGroup(COMMON_GROUP);
}
