import type { Env } from '../env.ts'
import { formatClock } from '../kube/duration.ts'
import type { Hook, HookEvent } from '../migration/hooks.ts'

export interface HookOptions {
  readonly hooks: readonly Hook[]
  /** milliseconds each may take */
  readonly timeout: number
}

/** Runs the hooks of a migration; one that is not done in time, or at Ctrl-C, is killed. */
export class HookRunner {
  readonly #env: Pick<Env, 'hook' | 'signal'>
  readonly #options: HookOptions
  readonly #line: (text: string) => void
  #began = false

  /** @param line gets what they say, a line at a time */
  constructor(env: Pick<Env, 'hook' | 'signal'>, options: HookOptions, line: (text: string) => void) {
    this.#env = env
    this.#options = options
    this.#line = line
  }

  /** whether any was run */
  get began(): boolean {
    return this.#began
  }

  /** Runs those of an event, one after the other; why one failed, after which no further one is run. */
  async run(event: HookEvent, input: string): Promise<string | undefined> {
    const { hooks, timeout } = this.#options
    for (const { command } of hooks.filter((hook) => hook.event === event)) {
      this.#began = true
      const late = AbortSignal.timeout(timeout)
      // an interrupted cutover still tells how it ended
      const asked = endings.includes(event) ? [late] : [late, this.#env.signal]
      const line = (text: string) => this.#line(`hook ${event}: ${text}`)
      const code = await this.#env.hook(command, { input, signal: AbortSignal.any(asked), line })
      if (code === 0) continue
      const hook = `hook ${event} (${command})`
      if (code !== undefined) return `${hook} ended with exit code ${code}`
      return `${hook} was killed${late.aborted ? `, not done within ${formatClock(timeout)}` : ''}`
    }
    return undefined
  }
}

const endings: readonly HookEvent[] = ['done', 'rolled-back', 'failed']
