import type { TrainJob } from './trainjob.ts'

const overrides = ['runtimePatches', 'podTemplateOverrides', 'podSpecOverrides'] as const

/** The field of a TrainJob that sets a pod's value, or where it would stand; `runtimeRef` for what only a runtime can say. */
export function placeInTrainJob({ spec }: TrainJob, path: string): string {
  const [, variable] = /^containers\[main\]\.env\.(.*)$/.exec(path) ?? []
  if (variable !== undefined) {
    const at = (spec.trainer?.env ?? []).findIndex(({ name }) => name === variable)
    return at < 0 ? 'spec.trainer.env' : `spec.trainer.env[${at}]`
  }
  const [, field] = /^containers\[main\]\.(image|command|args)$/.exec(path) ?? []
  if (field !== undefined) return `spec.trainer.${field}`
  const [, resource] = /^containers\[main\]\.resources\.(limits|requests)\./.exec(path) ?? []
  if (resource !== undefined) return `spec.trainer.resourcesPerNode.${resource}`
  if (path === 'pod') return 'spec.trainer.numNodes'
  if (path === 'suspend' || path === 'managedBy') return `spec.${path}`
  if (path === 'queue' || path === 'priority') return 'metadata.labels'
  if (path.startsWith('job')) return 'spec.runtimeRef'
  const used = overrides.find((candidate) => spec[candidate] !== undefined)
  return used === undefined ? 'spec.runtimeRef' : `spec.${used}`
}
