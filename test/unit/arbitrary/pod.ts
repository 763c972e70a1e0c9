import fc from 'fast-check'
import type { Container, PodTemplate, Volume } from '../../../src/kube/pod.ts'
import { container, mainPort } from './container.ts'
import type { EnvContext } from './env.ts'
import { sometimes } from './sometimes.ts'

/** Where the jobs are meant for. */
export interface PodContext extends Pick<EnvContext, 'job' | 'duplicates'> {
  /** only what a cluster takes without objects of its own: no runtime class, no fixed node, no priority by number */
  readonly forCluster: boolean
}

const volumes: readonly Volume[] = [
  { name: 'scratch', emptyDir: {} },
  { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '1024Mi' } },
  { name: 'code', configMap: { name: 'settings', defaultMode: 493, items: [{ key: 'a', path: 'a.py' }] } },
  { name: 'token', secret: { secretName: 'token', optional: true } },
  { name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: true } },
  { name: 'host', hostPath: { path: '/mnt', type: 'Directory' } },
  { name: 'share', nfs: { server: 'nfs.example.org', path: '/' } },
  { name: 'about', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  {
    name: 'limits',
    downwardAPI: { items: [{ path: 'cpu', resourceFieldRef: { containerName: 'pytorch', resource: 'limits.cpu' } }] },
  },
  {
    name: 'big',
    ephemeral: {
      volumeClaimTemplate: {
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
      },
    },
  },
]

/** A volume whose content v1's labels are: v2's pods lack them. */
const ofV1Labels: Volume = {
  name: 'index',
  projected: {
    sources: [
      {
        downwardAPI: {
          items: [
            {
              path: 'index',
              fieldRef: { fieldPath: "metadata.labels['training.kubeflow.org/replica-index']" },
            },
          ],
        },
      },
      { configMap: { name: 'settings' } },
    ],
  },
}

const affinity = fc.constantFrom(
  {},
  {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'gpu', operator: 'In', values: ['a100', 'h100'] }] }],
      },
    },
  },
  {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 10,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { team: 'nlp' } },
          },
        },
      ],
    },
  },
)

const tolerations = fc.subarray([
  { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
  { key: 'spot', operator: 'Equal', value: 'yes' },
  { operator: 'Exists', effect: 'PreferNoSchedule' },
])

const spread = fc.subarray([
  {
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { team: 'nlp' } },
  },
  { maxSkew: 2, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', minDomains: 2 },
])

const network = fc.constantFrom(
  {},
  {},
  {},
  { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' },
  { hostUsers: false },
  { dnsPolicy: 'None', dnsConfig: { nameservers: ['10.0.0.1'], options: [{ name: 'ndots', value: '2' }] } },
)

/** Pod fields that any cluster takes. */
const podFields = {
  terminationGracePeriodSeconds: fc.constantFrom(10, 120),
  activeDeadlineSeconds: fc.constant(86_400),
  nodeSelector: fc.constantFrom({}, { pool: 'gpu' }, { pool: 'gpu', zone: 'a' }),
  serviceAccountName: fc.constant('trainer'),
  automountServiceAccountToken: fc.boolean(),
  shareProcessNamespace: fc.boolean(),
  securityContext: fc.constantFrom(
    {},
    { fsGroup: 2000, fsGroupChangePolicy: 'OnRootMismatch' },
    { runAsUser: 1000, supplementalGroups: [4, 5], seccompProfile: { type: 'RuntimeDefault' } },
  ),
  imagePullSecrets: fc.constantFrom([{ name: 'registry' }], [{ name: 'registry' }, { name: 'other' }]),
  schedulerName: fc.constantFrom('default-scheduler', 'volcano'),
  tolerations,
  affinity,
  topologySpreadConstraints: spread,
  hostAliases: fc.constant([{ ip: '10.1.2.3', hostnames: ['data.local', 'data'] }]),
  priorityClassName: fc.constant('system-cluster-critical'),
  readinessGates: fc.constant([{ conditionType: 'example.org/ready' }]),
  enableServiceLinks: fc.boolean(),
  setHostnameAsFQDN: fc.boolean(),
  os: fc.constant({ name: 'linux' }),
  schedulingGates: fc.constant([{ name: 'example.org/wait' }]),
  resources: fc.constant({ limits: { cpu: '64', memory: '64Gi' } }),
  restartPolicy: fc.constantFrom('Never', 'OnFailure'),
}

const fieldsOfCluster = {
  nodeName: fc.constant('node-0'),
  runtimeClassName: fc.constant('nvidia'),
  overhead: fc.constant({ cpu: '100m' }),
  priority: fc.constant(10),
  preemptionPolicy: fc.constant('Never'),
  resourceClaims: fc.constant([{ name: 'gpu', resourceClaimTemplateName: 'gpu' }]),
  serviceAccount: fc.constant('trainer'),
}

/** What v2 sets itself. */
const lostFields = {
  hostname: fc.constant('custom'),
  subdomain: fc.constant('sub'),
  affinity: fc.constant({
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'rack', labelSelector: { matchLabels: { 'training.kubeflow.org/job-name': 'other' } } },
      ],
    },
  }),
}

const metadataFields = {
  labels: fc.constantFrom({}, { team: 'nlp' }, { team: 'nlp', 'training.kubeflow.org/job-role': 'mine' }),
  annotations: fc.constantFrom(
    {},
    { note: 'a', 'sidecar.istio.io/inject': 'false' },
    { 'kubectl.kubernetes.io/default-container': 'pytorch' },
  ),
  name: fc.constant('ignored'),
}

/** Fields that kubectl writes into templates and that the CRD of Training Operator does not know. */
const prunedMetadata = { creationTimestamp: fc.constant(null) }

/** On the host's network a pod may claim a port once only, and v1 claims 23456 itself. */
function withoutSharedPort(container: Container): Container {
  const { ports, ...rest } = container
  const own = ports?.filter(({ containerPort, name }) => containerPort !== 23456 || name === 'pytorchjob-port')
  return own ? { ...rest, ports: own } : container
}

/** A pod template whose container `pytorch` stands at any place among its sidecars. */
export function podTemplate(context: PodContext): fc.Arbitrary<PodTemplate> {
  const shape = fc.record({
    before: fc.constantFrom([], [], [], ['proxy']),
    after: fc.constantFrom([], [], [], [], [], [], ['logger'], ['logger'], ['node']),
    init: fc.constantFrom([], [], [], ['fetch'], ['fetch', 'agent']),
    volumes: fc.oneof<fc.MaybeWeightedArbitrary<Volume[]>[]>(
      { weight: 40, arbitrary: fc.subarray([...volumes], { maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant([ofV1Labels]) },
    ),
  })
  return shape.chain(({ before, after, init, volumes: chosen }) => {
    const names = [...before, 'pytorch', ...after]
    const all = [...names, ...init]
    const containerNamed = (name: string, isInit: boolean): fc.Arbitrary<Container> =>
      container({
        ...context,
        name,
        init: isInit,
        containers: isInit ? [name] : names,
        volumes: chosen.map((volume) => volume.name),
        firstPort: name === 'pytorch' ? mainPort : mainPort + 100 * (all.indexOf(name) + 1),
      })
    const spec = fc
      .tuple(
        fc.tuple(...names.map((name) => containerNamed(name, false))),
        fc.tuple(...init.map((name) => containerNamed(name, true))),
        sometimes(5, podFields),
        context.forCluster ? fc.constant({}) : sometimes(10, fieldsOfCluster),
        sometimes(100, lostFields),
        network,
      )
      .map(([containers, initContainers, fields, ofCluster, lost, net]) => ({
        ...fields,
        ...ofCluster,
        ...lost,
        ...net,
        ...(chosen.length > 0 ? { volumes: chosen } : {}),
        ...(initContainers.length > 0
          ? {
              initContainers: initContainers.map((each) =>
                each.name === 'agent' ? { ...each, restartPolicy: 'Always' } : each,
              ),
            }
          : {}),
        containers: 'hostNetwork' in net ? containers.map(withoutSharedPort) : containers,
      }))
    return fc
      .tuple(
        fc.option(sometimes(2, context.forCluster ? metadataFields : { ...metadataFields, ...prunedMetadata }), {
          nil: undefined,
        }),
        spec,
      )
      .map(([meta, podSpec]) => ({ ...(meta ? { metadata: meta } : {}), spec: podSpec }) as unknown as PodTemplate)
  })
}
