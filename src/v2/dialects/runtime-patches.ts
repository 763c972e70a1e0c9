import { type Dialect, jobSetPatch, podTemplateOf } from './dialect.ts'

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
    const replicatedJobs = overrides
      .map((override) => ({ job: override.job, template: podTemplateOf(override) }))
      .filter(({ template }) => Object.keys(template).length > 0)
      .flatMap(({ job, template }) => jobSetPatch(job, template).replicatedJobs)
    if (replicatedJobs.length === 0) return {}
    const spec = { replicatedJobs }
    return { runtimePatches: [{ manager: patchManager, trainingRuntimeSpec: { template: { spec } } }] }
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
