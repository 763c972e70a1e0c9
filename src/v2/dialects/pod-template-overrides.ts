import { isRecord } from '../../kube/object.ts'
import { type Dialect, jobSetPatch, podTemplateOf } from './dialect.ts'

const unlimited = Number.POSITIVE_INFINITY

/** Trainer v2.1: spec.podTemplateOverrides, metadata and spec of the pod (v2.1.0, pkg/apis/trainer/v1alpha1/trainjob_types.go). */
export const podTemplateOverrides: Dialect = {
  version: '2.1',
  release: 'v2.1.0',
  field: 'podTemplateOverrides',
  podFields: [
    'serviceAccountName',
    'nodeSelector',
    'tolerations',
    'affinity',
    'imagePullSecrets',
    'schedulingGates',
    'volumes',
  ],
  containerFields: ['env', 'volumeMounts'],
  metadata: true,
  trainerItems: unlimited,
  trainerText: unlimited,
  imageText: unlimited,
  replacesResources: true,
  newerPodFields:
    /^spec\.(schedulingGroup|volumes\[\d+\]\.projected\.sources\[\d+\]\.podCertificate\.userAnnotations)$/,
  write(overrides) {
    const written = overrides
      .map((override) => ({ job: override.job, template: podTemplateOf(override) }))
      .filter(({ template }) => Object.keys(template).length > 0)
      .map(({ job, template }) => ({ targetJobs: [{ name: job }], ...template }))
    return written.length > 0 ? { podTemplateOverrides: written } : {}
  },
  read(trainJob) {
    const overrides = trainJob.spec['podTemplateOverrides']
    if (!Array.isArray(overrides)) return []
    return overrides.filter(isRecord).flatMap(({ targetJobs, ...template }) => {
      const jobs = Array.isArray(targetJobs) ? targetJobs.filter(isRecord) : []
      return jobs.map(({ name }) => jobSetPatch(String(name), template))
    })
  },
}
