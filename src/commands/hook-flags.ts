import { exitCode } from '../exit-code.ts'
import { type Hook, hookEvents, parseHook } from '../migration/hooks.ts'
import { Problem } from '../problem.ts'

export const hookFlag = {
  type: 'strings',
  value: 'EVENT=CMD',
  describe: `run a command with JSON on its input: ${hookEvents.join(', ')}; a failure before the hold undoes, after it rolls back`,
  group: 'Safety',
} as const

export const hookTimeoutFlag = {
  type: 'string',
  value: 'DURATION',
  describe: 'how long a hook may take before it is killed, which is a failure',
  default: '1m',
  group: 'Timing',
} as const

/** The hooks that were asked for. Throws a Problem for one of an unknown event, or without a command. */
export function readHooks(given: readonly string[]): Hook[] {
  return given.map((text) => {
    const hook = parseHook(text)
    if (hook) return hook
    throw new Problem({
      code: 'wrong-flag-value',
      what: `--hook cannot be ${JSON.stringify(text)}: it takes EVENT=CMD`,
      why: `events: ${hookEvents.join(', ')}`,
      next: ["--hook before-hold='./drain.sh'"],
      exit: exitCode.usage,
    })
  })
}
