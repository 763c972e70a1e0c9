import type { FindingCode } from '../../../src/convert/codes.ts'
import type { Ending, Endings, PodEnding, Seen } from './ending.ts'

/** In what a job can end otherwise in v2, and the codes by which a ledger names that. */
export const differences = {
  'pods that still ran are stopped when the job succeeds': ['workers-stopped-at-success'],
  'pods that still ran are stopped when the job fails': ['pods-stopped-at-failure'],
  'finished pods are kept': ['clean-pods-all'],
  'the failed pod is kept beside its successor': ['evicted-pod-kept', 'retry-back-off'],
  'a pod that exits with 0 is done': ['restart-always'],
  'a pod that is deleted and exits with 0 is done': ['deleted-pod-done'],
  'the job fails sooner': ['deadline-clock', 'backoff-limit-evictions'],
  'the job goes on': ['eviction-retried', 'deletion-retried', 'deleted-pod-done'],
  'the exit code is obeyed': ['mpi-exit-code'],
} as const satisfies Readonly<Record<string, readonly FindingCode[]>>

export type Difference = keyof typeof differences

/** In what the sides of one scenario differ, whichever way each ended; empty where they are the same. Throws for what has no name here. */
export function differencesOf({ v1, v2 }: Seen): Difference[] {
  const pairs = v1.flatMap((one) => v2.map((other) => ({ v1: one, v2: other })))
  return [...new Set(pairs.flatMap(differencesIn))]
}

function differencesIn({ v1, v2 }: Endings): Difference[] {
  const found = v1.state === v2.state ? [] : [stateDifference(v1, v2)]
  const pods = Object.entries(v1.pods).flatMap(([place, pod]): Difference[] => {
    const other = v2.pods[place]
    if (!other) throw new Error(`v2 has no ${place}`)
    // a job that goes on, or ended otherwise, has other pods for that very reason
    return v1.state === v2.state ? podDifferences(v1.state, pod, other) : []
  })
  return [...new Set([...found, ...pods])]
}

function stateDifference(v1: Ending, v2: Ending): Difference {
  const failed = Object.keys(v1.pods).some((place) => v1.pods[place]?.phase === 'Failed')
  switch (`${v1.state} ${v2.state}`) {
    case 'Running Succeeded':
      return 'a pod that exits with 0 is done'
    case 'Running Failed':
      return failed ? 'the exit code is obeyed' : 'the job fails sooner'
    case 'Failed Running':
      return 'the job goes on'
    case 'Failed Succeeded':
      return 'a pod that is deleted and exits with 0 is done'
  }
  throw new Error(`${v1.state} in v1 and ${v2.state} in v2 has no name`)
}

function podDifferences(state: string, v1: PodEnding, v2: PodEnding): Difference[] {
  const found: Difference[] = []
  if (v1.phase === 'gone' && v2.phase !== 'gone') found.push('finished pods are kept')
  else if (v1.phase !== 'gone' && v2.phase === 'gone' && state === 'Succeeded') {
    found.push('pods that still ran are stopped when the job succeeds')
  } else if (v1.phase !== 'gone' && v2.phase === 'gone' && state === 'Failed') {
    found.push('pods that still ran are stopped when the job fails')
  } else if (v1.phase === 'Running' && v2.phase === 'Succeeded') found.push('a pod that exits with 0 is done')
  else if (v1.phase === 'Running' && v2.phase === 'gone' && v1.recreated > 0) {
    found.push('a pod that is deleted and exits with 0 is done')
  } else if (v1.phase === 'Failed' && v2.phase === 'Running' && v2.recreated > 0) found.push('the exit code is obeyed')
  else if (v1.phase !== v2.phase) throw new Error(`${v1.phase} in v1 and ${v2.phase} in v2 has no name`)
  if (v1.restarts > v2.restarts && state === 'Failed') found.push('the job fails sooner')
  if (v2.kept && !v1.kept && v1.recreated > 0) found.push('the failed pod is kept beside its successor')
  return found
}
