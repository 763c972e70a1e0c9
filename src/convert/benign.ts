import type { PodDifference } from '../compare/pods.ts'
import { codes, type FindingCode } from './codes.ts'
import { type Finding, findingAt } from './finding.ts'

/** A difference that --style native takes for v2's own way of the same thing. */
interface Benign {
  readonly code: FindingCode
  readonly path: RegExp
  fits?(difference: PodDifference): boolean
}

const main = 'containers\\[main\\]'

const benign: readonly Benign[] = [
  {
    code: 'torch-rendezvous',
    path: new RegExp(`^${main}\\.env\\.PET_(MASTER_ADDR|MASTER_PORT|NODE_RANK)$`),
    fits: ({ v1 }) => v1 === undefined,
  },
  { code: 'port-default', path: new RegExp(`^${main}\\.env\\.PET_MASTER_PORT$`), fits: ({ v2 }) => v2 === '29500' },
  {
    code: 'port-default',
    path: new RegExp(`^${main}\\.ports\\[29500/TCP\\]$`),
    fits: ({ v1 }) => v1 === undefined,
  },
  {
    code: 'process-count',
    path: new RegExp(`^${main}\\.env\\.PET_NPROC_PER_NODE$`),
    fits: ({ v1, v2 }) => v1 === 'auto' && v2 !== undefined,
  },
  { code: 'restart-default', path: /^restartPolicy$/, fits: ({ v2 }) => v2 === 'OnFailure' },
  { code: 'unbuffered', path: /^containers\[[^\]]+\]\.env\.PYTHONUNBUFFERED$/, fits: ({ v2 }) => v2 === undefined },
]

/** Findings for those of the differences that are benign: one a code, each with the very paths it explains. */
export function benignFindings(differences: readonly PodDifference[]): Finding[] {
  const explained = new Map<FindingCode, Map<string, PodDifference>>()
  for (const difference of differences) {
    const found = benign.find(({ path, fits }) => path.test(difference.path) && (fits?.(difference) ?? true))
    if (!found) continue
    const paths = explained.get(found.code) ?? new Map<string, PodDifference>()
    paths.set(difference.path, difference)
    explained.set(found.code, paths)
  }
  return [...explained].map(([code, paths]) => {
    const values = [...paths.values()].map(
      ({ path, v1 = 'absent', v2 = 'absent' }) => `${lastName(path)} ${v1} -> ${v2}`,
    )
    return findingAt('spec', {
      code,
      message: `${codes[code].what}: ${values.join(', ')}`,
      explains: [...paths.keys()],
    })
  })
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
