import { stableJson } from '../../src/kube/clone.ts'
import type { ModelPod } from '../../src/kube/model-pod.ts'
import type { Container, Pod, PodSpec } from '../../src/kube/pod.ts'
import type { Addition } from './pod-leaves.ts'

const container = String.raw`(containers|initContainers)\[\d+\]`
const action = String.raw`(livenessProbe|readinessProbe|startupProbe|lifecycle\.(postStart|preStop))`
const volume = String.raw`volumes\[\d+\]`

/** A path of a pod's spec, and the value found there. */
const spec = (path: string, value?: RegExp): Addition => ({
  path: new RegExp(`^spec\\.${path}$`),
  ...(value ? { value } : {}),
})

/**
 * What the API server writes into every pod where its creator wrote nothing: defaults of kubernetes v1.36.3
 * (pkg/apis/core/v1/defaults.go) and of its admission plugins Priority and ServiceAccount.
 */
const podDefaults: readonly Addition[] = [
  spec('dnsPolicy', /^ClusterFirst$/),
  spec('enableServiceLinks', /^true$/),
  spec('schedulerName', /^default-scheduler$/),
  spec('securityContext', /^\{\}$/),
  spec('terminationGracePeriodSeconds', /^30$/),
  spec('priority', /^(0|2000000000)$/),
  spec('preemptionPolicy', /^PreemptLowerPriority$/),
  spec('serviceAccountName', /^default$/),
  // what a pod as a whole requests where it only has limits: the sum of its containers
  spec('resources\\.requests\\.(cpu|memory)'),
  // the old name of serviceAccountName
  spec('serviceAccount'),
  // the scheduler's choice
  spec('nodeName'),
  spec(`${container}\\.imagePullPolicy`, /^(Always|IfNotPresent)$/),
  spec(`${container}\\.terminationMessagePath`, /^\/dev\/termination-log$/),
  spec(`${container}\\.terminationMessagePolicy`, /^File$/),
  spec(`${container}\\.resources`, /^\{\}$/),
  spec(`${container}\\.ports\\[\\d+\\]\\.protocol`, /^TCP$/),
  // pods on the host's network claim their ports there
  spec(`${container}\\.ports\\[\\d+\\]\\.hostPort`),
  spec(`${container}\\.${action}\\.httpGet\\.path`, /^\/$/),
  spec(`${container}\\.${action}\\.httpGet\\.scheme`, /^HTTP$/),
  spec(`${container}\\.${action}\\.timeoutSeconds`, /^1$/),
  spec(`${container}\\.${action}\\.periodSeconds`, /^10$/),
  spec(`${container}\\.${action}\\.successThreshold`, /^1$/),
  spec(`${container}\\.${action}\\.failureThreshold`, /^3$/),
  spec(`${container}\\.env\\[\\d+\\]\\.valueFrom\\.fieldRef\\.apiVersion`, /^v1$/),
  spec(`${container}\\.env\\[\\d+\\]\\.valueFrom\\.resourceFieldRef\\.divisor`, /^0$/),
  spec(`${volume}\\.(configMap|secret|downwardAPI|projected)\\.defaultMode`, /^420$/),
  spec(
    `${volume}\\.(downwardAPI|projected\\.sources\\[\\d+\\]\\.downwardAPI)\\.items\\[\\d+\\]\\.fieldRef\\.apiVersion`,
    /^v1$/,
  ),
  spec(`${volume}\\.downwardAPI\\.items\\[\\d+\\]\\.resourceFieldRef\\.divisor`, /^0$/),
  spec(`${volume}\\.hostPath\\.type`, /^$/),
  spec(`${volume}\\.ephemeral\\.volumeClaimTemplate\\.metadata`, /^\{\}$/),
  spec(`${volume}\\.ephemeral\\.volumeClaimTemplate\\.spec\\.volumeMode`, /^Filesystem$/),
]

/** What JobSet 0.12 and the Job controller mark their pods with beside what the model says; uids and hashes among it. */
export const v2PodAdditions: readonly Addition[] = [
  ...podDefaults,
  { path: /^labels\.(batch\.kubernetes\.io\/)?controller-uid$/ },
  { path: /^(labels|annotations)\.jobset\.sigs\.k8s\.io\/(jobset-uid|job-key)$/ },
  { path: /^(labels|annotations)\.jobset\.sigs\.k8s\.io\/restart-attempt$/, value: /^0$/ },
  { path: /^(labels|annotations)\.jobset\.sigs\.k8s\.io\/group-name$/, value: /^default$/ },
  { path: /^(labels|annotations)\.jobset\.sigs\.k8s\.io\/(group-replicas|job-group-index)$/ },
  { path: /^labels\.jobset\.sigs\.k8s\.io\/priority$/, value: /^(0|2000000000)$/ },
]

export const v1PodAdditions: readonly Addition[] = podDefaults

/** What JobSet's webhook (v0.12.0, pkg/webhooks/jobset_webhook.go) and Trainer's typed copy add to a rendered JobSet's spec. */
export const jobSetAdditions: readonly Addition[] = [
  { path: /^network\.(enableDNSHostnames|publishNotReadyAddresses)$/, value: /^true$/ },
  { path: /^startupPolicy\.startupPolicyOrder$/, value: /^AnyOrder$/ },
  { path: /^successPolicy\.operator$/, value: /^All$/ },
  { path: /^replicatedJobs\[\d+\]\.groupName$/, value: /^default$/ },
  { path: /^replicatedJobs\[\d+\]\.replicas$/, value: /^1$/ },
  { path: /^replicatedJobs\[\d+\]\.template\.spec\.completionMode$/, value: /^Indexed$/ },
  { path: /^replicatedJobs\[\d+\]\.template\.spec\.template\.spec\.restartPolicy$/, value: /^OnFailure$/ },
  { path: /^replicatedJobs\[\d+\](\.template(\.spec\.template)?)?\.metadata$/, value: /^\{\}$/ },
  { path: new RegExp(`\\.${container}\\.resources$`), value: /^\{\}$/ },
  { path: new RegExp(`\\.${container}\\.ports\\[\\d+\\]\\.protocol$`), value: /^TCP$/ },
  { path: /\.ephemeral\.volumeClaimTemplate\.metadata$/, value: /^\{\}$/ },
  // Trainer writes what absence means
  { path: /\.resourceFieldRef\.containerName$/, value: /^$/ },
  { path: /\.resourceFieldRef\.divisor$/, value: /^0$/ },
]

const tokenVolume = /^kube-api-access-/
const nodeTolerations = new Set(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])

/** What of a live pod a model speaks about, without the service account's token and the tolerations that admission appends; tolerations as a set. */
export function comparablePod({ metadata, spec: live }: Pod): Record<string, unknown> {
  const withoutToken = (each: Container): Container => {
    const { volumeMounts, ...rest } = each
    const mounts = volumeMounts?.filter(({ name }) => !tokenVolume.test(name)) ?? []
    return mounts.length > 0 ? { ...rest, volumeMounts: mounts } : rest
  }
  const { volumes, tolerations, hostname, subdomain, ...rest } = live
  const ownVolumes = volumes?.filter(({ name }) => !tokenVolume.test(name)) ?? []
  const ownTolerations = asSet(
    tolerations?.filter((each) => !nodeTolerations.has((each as { key?: string }).key ?? '')),
  )
  return {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    spec: {
      ...rest,
      containers: live.containers.map(withoutToken),
      ...(live.initContainers ? { initContainers: live.initContainers.map(withoutToken) } : {}),
      ...(ownVolumes.length > 0 ? { volumes: ownVolumes } : {}),
      ...(ownTolerations.length > 0 ? { tolerations: ownTolerations } : {}),
    },
    hostname: hostname ?? metadata.name,
    ...(subdomain === undefined ? {} : { subdomain }),
  }
}

/** JobSet 0.12 writes tolerations in any order, and some of them twice, when it resumes a Job (jobset_controller.go MergeSlices). */
function asSet(tolerations: readonly unknown[] = []): unknown[] {
  return [...new Set(tolerations.map(stableJson))].sort().map((text) => JSON.parse(text) as unknown)
}

/** The API server makes a limit without a request a request. */
function withRequests(container: Container): Container {
  const { resources } = container
  if (!resources?.limits) return container
  return { ...container, resources: { ...resources, requests: { ...resources.limits, ...resources.requests } } }
}

/** The same of a modelled pod. `subdomain` is JobSet's, absent in v1. */
export function comparableModel(pod: ModelPod, subdomain?: string): Record<string, unknown> {
  const { hostname: _hostname, subdomain: own, tolerations, ...spec } = pod.spec as PodSpec
  return {
    labels: pod.labels,
    annotations: pod.annotations,
    spec: {
      ...spec,
      ...(tolerations ? { tolerations: asSet(tolerations) } : {}),
      containers: spec.containers.map(withRequests),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withRequests) } : {}),
    },
    hostname: pod.hostname,
    ...((subdomain ?? own) ? { subdomain: subdomain ?? own } : {}),
  }
}
