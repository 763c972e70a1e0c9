import { failedWith } from '../cluster/errors.ts'

/** milliseconds from one try to the next, times the tries before */
const pause = 250
const maxTries = 8

/**
 * Whether a TrainJob was refused as its runtime does not exist. Trainer's webhook knows a runtime only when its own watch has told of
 * it, a moment after it was made (Trainer v2.3.0, pkg/runtime/core/trainingruntime.go).
 */
export function isRuntimeUnseen(error: unknown): boolean {
  const said = failedWith(error, 'webhook', 'invalid') ? error.failure.message : ''
  return said.includes('must be created before the TrainJob is created')
}

/** Makes what refers to a runtime that exists, and gives Trainer some seconds to see that; throws what `make` throws. */
export async function onceRuntimeIsSeen<T>(
  sleep: (milliseconds: number) => Promise<void>,
  make: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await make()
    } catch (error) {
      if (tries === maxTries || !isRuntimeUnseen(error)) throw error
      await sleep(tries * pause)
    }
  }
}
