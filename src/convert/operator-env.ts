import type { PodPair } from '../compare/pods.ts'
import type { Difference } from '../compare/rows.ts'
import { codes } from './codes.ts'
import { type Finding, findingAt } from './finding.ts'

const main = 'containers[main]'
/** What torchrun sets for each process it starts, whatever its own env is. */
const ofTorchrun: ReadonlySet<string> = new Set(['RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT'])
const torchrun = /\btorchrun\b|\btorch\.distributed\.(?:run|launch)\b/

/**
 * The finding for a variable of Training Operator's that a pod of v2 has not; undefined for any other difference.
 * @param injected names of the variables that Training Operator sets
 */
export function missingOperatorEnv(
  { path, v1, v2, ranks }: Difference,
  injected: ReadonlySet<string>,
  pairs: readonly PodPair[],
): Finding | undefined {
  const [, container = '', name = ''] = /^(\w+\[.*?\])\.env\.(.*)$/.exec(path) ?? []
  if (v1 === undefined || v2 !== undefined || !injected.has(name)) return undefined
  const told =
    container === main &&
    ofTorchrun.has(name) &&
    ranks.every((rank) => startsTorchrun(pairs.find((pair) => pair.rank === rank)))
  const code = told ? 'torchrun-env' : 'operator-env'
  return findingAt('spec', { code, message: codes[code].what, explains: [path] })
}

/** Whether a pod of v2 says that it starts torchrun, and has what that reads. */
function startsTorchrun(pair: PodPair | undefined): boolean {
  const of = (path: string) => pair?.leaves.find((leaf) => leaf.path === `${main}.${path}`)?.v2
  return (
    of('env.PET_MASTER_ADDR') !== undefined && [of('command'), of('args')].some((words) => torchrun.test(words ?? ''))
  )
}
