import { isRecord } from '../../kube/object.ts'
import { type Dialect, jobSetPatch } from './dialect.ts'

const unlimited = Number.POSITIVE_INFINITY

/** Trainer v2.0: spec.podSpecOverrides, fields of the pod spec inline (v2.0.1, pkg/apis/trainer/v1alpha1/trainjob_types.go). */
export const podSpecOverrides: Dialect = {
  version: '2.0',
  release: 'v2.0.1',
  field: 'podSpecOverrides',
  podFields: ['serviceAccountName', 'nodeSelector', 'tolerations', 'schedulingGates', 'volumes'],
  containerFields: ['env', 'volumeMounts'],
  metadata: false,
  trainerItems: unlimited,
  trainerText: unlimited,
  imageText: unlimited,
  replacesResources: true,
  newerPodFields:
    /^spec\.(hostnameOverride|schedulingGroup|(initContainers|containers)\[\d+\]\.(restartPolicyRules|lifecycle\.stopSignal|env\[\d+\]\.valueFrom\.fileKeyRef)|volumes\[\d+\]\.projected\.sources\[\d+\]\.podCertificate)$/,
  write(overrides) {
    const written = overrides.flatMap(({ job, spec }) =>
      spec && Object.keys(spec).length > 0 ? [{ targetJobs: [{ name: job }], ...spec }] : [],
    )
    return written.length > 0 ? { podSpecOverrides: written } : {}
  },
  read(trainJob) {
    const overrides = trainJob.spec['podSpecOverrides']
    if (!Array.isArray(overrides)) return []
    return overrides.filter(isRecord).flatMap(({ targetJobs, ...spec }) => {
      const jobs = Array.isArray(targetJobs) ? targetJobs.filter(isRecord) : []
      return jobs.map(({ name }) => jobSetPatch(String(name), { spec }))
    })
  },
}
