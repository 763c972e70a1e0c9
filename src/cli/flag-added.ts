import { exitCode } from '../exit-code.ts'
import { Problem } from '../problem.ts'
import type { Command, Invocation } from './command.ts'
import { commandAgain } from './typed-again.ts'

/** A hint that is a flag to add, and what it is for: `--accept gang`, `--nodes N   (a twin with fewer pods)`. */
const flagAlone = /^--([a-z][-a-z]*)(?:[ =](?:'[^']*'|[^\s'(][^\s']*))?(?= {3}\(|$)/

/**
 * The Problem with each flag that it says to add behind the command that was typed, so that the line can be copied. A value that was typed for the
 * flag makes room for it; where a flag that may be repeated has a wrong one, nobody knows which, and the hint stays the flag alone.
 */
export function withFlagsAdded(problem: Problem, command: Command, invocation: Invocation): Problem {
  const { data } = problem
  const specs = command.flags
  const next = data.next?.map((line) => {
    const [flag = '', name = ''] = flagAlone.exec(line) ?? []
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec === undefined || (spec.type === 'strings' && data.exit === exitCode.usage)) return line
    const { [name]: typed, ...others } = invocation.flags
    const flags = spec.type === 'strings' ? { ...others, [name]: typed } : others
    return `${commandAgain(command, { ...invocation, flags })} ${flag}${line.slice(flag.length)}`
  })
  return new Problem({ ...data, ...(next && { next }) }, { cause: problem })
}
