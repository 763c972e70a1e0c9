import type { Command, Invocation } from '../cli/command.ts'
import { codes, codeText } from '../convert/codes.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { closest } from '../kube/closest.ts'
import { guardTexts } from '../migration/guards/texts.ts'
import { explainLines, listLines } from '../present/explain.ts'
import { Problem } from '../problem.ts'
import { columnsOf } from './screen.ts'

const flags = {} as const

/** What convert and diff find, and what a move is refused for. */
const all = { ...codes, ...guardTexts }

export const command: Command<typeof flags> = {
  name: 'explain',
  summary: 'what a finding code means, why it is so and what to do',
  usage: '[CODE]',
  offers: Object.keys(all),
  examples: [
    { does: 'What does this code of a conversion mean?', type: '$0 explain ttl' },
    { does: 'Why is a job not moved?', type: '$0 explain unproven' },
    { does: 'All codes there are', type: '$0 explain' },
    { does: 'Those that say that something is lost', type: '$0 explain | grep ^lost' },
  ],
  flags,
  connects: false,
  manyNamespaces: false,
  run,
}

async function run(env: Env, { positionals }: Invocation<typeof flags>): Promise<ExitCode> {
  const [code, second] = positionals
  if (second !== undefined) throw usage(`one code at a time: "${second}" is one word too many`)
  if (code === undefined) {
    env.out.write(`${listLines(all, columnsOf(env.out)).join('\n')}\n`)
    return exitCode.ok
  }
  const text = codeText(code) ?? guardTexts[code]
  if (!text) {
    const near = closest(code, Object.keys(all))
    throw usage(`there is no finding code ${code}`, near.length > 0 ? `near to it: ${near.join(', ')}` : undefined)
  }
  env.out.write(`${explainLines(code, text, env.out.columns).join('\n')}\n`)
  return exitCode.ok
}

function usage(what: string, why?: string): Problem {
  return new Problem({ code: 'unknown-code', what, why, next: ['$0 explain'], exit: exitCode.usage })
}
