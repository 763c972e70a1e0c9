import { type Dialect, type JobSetPatch, jobSetPatch, podTemplateOf } from './dialect.ts'

/** Who wrote a runtime patch: Trainer wants a domain-prefixed path. */
const patchManager = 'kubectl-migrate.dev/convert'

const podFields: Dialect['podFields'] = [
  'serviceAccountName',
  'nodeSelector',
  'tolerations',
  'affinity',
  'imagePullSecrets',
  'securityContext',
  'schedulingGates',
  'volumes',
]

const shared: Omit<Dialect, 'version' | 'release' | 'podFields' | 'trainerText' | 'replacesResources'> = {
  field: 'runtimePatches',
  containerFields: ['env', 'volumeMounts', 'securityContext'],
  metadata: true,
  trainerItems: 128,
  imageText: 500,
  write(overrides) {
    const entries: JobSetPatch[] = []
    for (const override of overrides) {
      const template = podTemplateOf(override)
      if (Object.keys(template).length === 0) continue
      const patch = jobSetPatch(override.job, template)
      // an entry names a job once only, and entries apply in their order
      const free = entries.find(({ replicatedJobs }) => !replicatedJobs.some(({ name }) => name === override.job))
      if (free) free.replicatedJobs.push(...patch.replicatedJobs)
      else entries.push(patch)
    }
    if (entries.length === 0) return {}
    return {
      runtimePatches: entries.map((spec, at) => ({
        manager: at === 0 ? patchManager : `${patchManager}-${at + 1}`,
        trainingRuntimeSpec: { template: { spec } },
      })),
    }
  },
  read(trainJob) {
    return (trainJob.spec.runtimePatches ?? []).flatMap((patch) => patch.trainingRuntimeSpec?.template?.spec ?? [])
  },
}

/** Trainer v2.2: spec.runtimePatches (v2.2.1, pkg/apis/trainer/v1alpha1/trainjob_types.go). */
export const runtimePatches22: Dialect = {
  ...shared,
  version: '2.2',
  release: 'v2.2.1',
  podFields,
  trainerText: 65_536,
  replacesResources: true,
}

/** Trainer v2.3: the same with longer arguments, terminationGracePeriodSeconds, and resources merged per key (v2.3.0). */
export const runtimePatches23: Dialect = {
  ...shared,
  version: '2.3',
  release: 'v2.3.0',
  podFields: [...podFields, 'terminationGracePeriodSeconds'],
  trainerText: 1_048_576,
  replacesResources: false,
}
