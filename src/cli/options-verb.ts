import { exitCode } from '../exit-code.ts'
import type { Command } from './command.ts'
import { optionsHelp } from './help.ts'

export const command: Command = {
  name: 'options',
  summary: 'the flags of kubectl that every verb takes',
  usage: '',
  examples: [
    { does: 'All of them', type: '$0 options' },
    { does: 'One of them in use: a job of another cluster', type: '$0 list --context prod' },
    { does: "Those of a verb's own", type: '$0 version --help' },
  ],
  flags: {},
  connects: false,
  manyNamespaces: false,
  async run(env) {
    env.out.write(`${optionsHelp(env.out.columns).join('\n')}\n`)
    return exitCode.ok
  },
}
