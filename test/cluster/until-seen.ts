import { waitFor } from './wait-for.ts'

const unseen = /specified (clusterTrainingRuntime|trainingRuntime) must be created before the TrainJob is created/

/**
 * Types a command again, as its user would, while Trainer's webhook refuses a TrainJob for a runtime that was made a moment ago: it reads
 * runtimes from a cache (Trainer v2.3.0, pkg/runtime/core/trainingruntime.go).
 */
export async function untilSeen<T extends { readonly stderr: string }>(type: () => Promise<T>): Promise<T> {
  return await waitFor(
    'Trainer’s webhook has seen the runtime',
    async () => {
      const outcome = await type()
      return unseen.test(outcome.stderr) ? undefined : outcome
    },
    60_000,
  )
}
