import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { Command } from './command.ts'
import { programHelp, verbHelp } from './help.ts'
import { findByName } from './program.ts'
import { verbs } from './table.ts'

export const command: Command = {
  name: 'help',
  summary: 'help of the program or of one verb',
  usage: '[VERB]',
  examples: [
    { does: 'All verbs and exit codes', type: '$0 help' },
    { does: 'One verb: its examples and flags', type: '$0 help version' },
    { does: 'The same', type: '$0 version --help' },
  ],
  flags: {},
  connects: false,
  manyNamespaces: false,
  async run(env, { positionals: [word, ...others] }) {
    if (others.length > 0) {
      throw new Problem({
        code: 'unexpected-name',
        what: `help takes one verb, but there is also ${others.map((other) => JSON.stringify(other)).join(', ')}`,
        next: [`$0 help ${word}`],
        exit: exitCode.usage,
      })
    }
    const { columns } = env.out
    const lines =
      word === undefined
        ? programHelp(env.name, verbs, columns)
        : verbHelp(env.name, (await findByName(word, verbs).load()).command, columns)
    env.out.write(`${lines.join('\n')}\n`)
    return exitCode.ok
  },
}
