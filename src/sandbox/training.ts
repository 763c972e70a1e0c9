import type { Pod } from '../kube/pod.ts'

/** What a simulated container does; read from annotations of its pod, which both operators copy from the job's template. */
export interface Training {
  /** after as many steps it ends with exit code 0 */
  readonly steps: number
  /** seconds of a step, before the sandbox's speed */
  readonly stepSeconds: number
  /** a checkpoint is kept after each so many steps, where a claim is mounted to keep it on */
  readonly checkpointEvery: number
  /** it ends there with exitCode */
  readonly failsAt?: number
  readonly exitCode: number
  /** it stands still there */
  readonly hangsAt?: number
}

const prefix = 'sandbox.kubectl-migrate.dev/'

/** Annotations of a pod template that decide how its containers train. */
export const trainingAnnotations = {
  steps: `${prefix}steps`,
  stepSeconds: `${prefix}step-seconds`,
  checkpointEvery: `${prefix}checkpoint-every`,
  failsAt: `${prefix}fails-at`,
  exitCode: `${prefix}exit-code`,
  hangsAt: `${prefix}hangs-at`,
} as const

/** How a pod trains, by its annotations; what makes no sense there is as if it were absent. */
export function trainingOf({ metadata }: Pod): Training {
  const number = (key: keyof typeof trainingAnnotations, preset: number): number => {
    const value = Number(metadata.annotations?.[trainingAnnotations[key]] ?? preset)
    return Number.isFinite(value) && value >= 0 ? value : preset
  }
  const optional = (key: 'failsAt' | 'hangsAt'): Partial<Training> =>
    metadata.annotations?.[trainingAnnotations[key]] === undefined ? {} : { [key]: number(key, 0) }
  return {
    steps: number('steps', 100_000),
    stepSeconds: Math.max(number('stepSeconds', 1), 0.001),
    checkpointEvery: Math.max(number('checkpointEvery', 100), 1),
    exitCode: number('exitCode', 1),
    ...optional('failsAt'),
    ...optional('hangsAt'),
  }
}

/** One run of a container: since when, from which step on. */
export interface Session {
  readonly startedAt: number
  readonly firstStep: number
}

/** The step a container has reached; it trains at `speed` times its own pace. Times in milliseconds since 1970. */
export function stepAt(training: Training, { startedAt, firstStep }: Session, now: number, speed: number): number {
  const done = Math.floor(((now - startedAt) / 1000) * (speed / training.stepSeconds))
  return Math.min(
    firstStep + Math.max(done, 0),
    lastStep(training, firstStep),
    training.hangsAt ?? Number.POSITIVE_INFINITY,
  )
}

/** Milliseconds from its start until it ends by itself; infinite where it hangs before. */
export function endsAfter(training: Training, { firstStep }: Session, speed: number): number {
  const last = lastStep(training, firstStep)
  if (training.hangsAt !== undefined && training.hangsAt < last) return Number.POSITIVE_INFINITY
  return (last - firstStep) * (training.stepSeconds / speed) * 1000
}

/** Exit code of a container that ended by itself. */
export function exitCodeOf(training: Training, { firstStep }: Session): number {
  return training.failsAt !== undefined && lastStep(training, firstStep) === training.failsAt ? training.exitCode : 0
}

/** A run that begins behind the step at which the training fails gets by it: what broke it was there once. */
function lastStep({ steps, failsAt }: Training, firstStep: number): number {
  const end = failsAt !== undefined && failsAt >= firstStep ? Math.min(failsAt, steps) : steps
  return Math.max(end, firstStep)
}

/** A log line of a step, as trainers print them; rank 0 tells the loss, the others that they are there. */
export function logLine(training: Training, step: number, rank: number): string {
  if (rank > 0) return `rank ${rank}: step ${step} done`
  const noise = Math.sin(step * 12.9898) * 0.02
  const loss = 1.2 + 8 * Math.exp(-step / (training.steps / 2)) + noise
  const seconds = training.stepSeconds * (1 + Math.sin(step * 78.233) * 0.01)
  const perSecond = 64 / seconds
  const saved = step > 0 && step % training.checkpointEvery === 0 ? `\nsaved checkpoint at step ${step}` : ''
  return `step=${step} loss=${loss.toFixed(4)} lr=0.0003 step_time=${seconds.toFixed(4)} samples/s=${perSecond.toFixed(1)}${saved}`
}
