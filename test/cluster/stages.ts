/**
 * How simulated pods live, as kwok stages (kwok v0.8.0, pkg/apis/v1alpha1/stage_types.go). Without annotations a pod is
 * Running and Ready as soon as it is scheduled, runs until somebody deletes it, and is gone at once then. Annotations on the
 * pod say otherwise; on a running pod they work too (`kubectl annotate pod NAME kubectl-migrate.test/exit-code=1`):
 *
 * | annotation `kubectl-migrate.test/...` | meaning                                                                      |
 * | ------------------------------------- | ---------------------------------------------------------------------------- |
 * | `start-seconds: "3"`                  | stays Pending (scheduled, nothing started) that long                         |
 * | `run-seconds: "5"`                    | ends that long after its start; alone: with exit code 0                      |
 * | `exit-code: "1"`                      | ends with this code; alone: at once                                          |
 * | `never-ready: "true"`                 | Running, and never Ready                                                     |
 * | `waiting: ImagePullBackOff`           | stays Pending, every container waiting for this reason; starts when removed  |
 * | `stop-seconds: "10"`                  | takes that long to go once deleted                                           |
 * | `only: "worker-1$"`                   | the others hold only for pods whose name this regular expression finds       |
 *
 * Restart policies: Never ends the pod (Succeeded, Failed); OnFailure ends it on code 0; otherwise the containers are
 * restarted in place after one second of CrashLoopBackOff, for as long as the annotation stays, with restartCount counting.
 *
 * PersistentVolumeClaims of the default StorageClass `simulated` get a volume at once.
 *
 * A deleted pod that runs ends as Failed with exit code 143 before it goes, as the kubelet does it: a Job whose replacements
 * wait for failed pods (podReplacementPolicy Failed) keeps its finalizer on pods that have not ended.
 *
 * Not simulated: containers of one pod ending differently or at different times (all end alike), init containers that take
 * time or fail (they have completed when the pod starts), growing restart back-off, programs that answer SIGTERM with exit
 * code 0, probes, logs, exec, metrics, networking between pods, eviction, node failures.
 */
const prefix = 'kubectl-migrate.test/'

/** Annotations that decide a simulated pod's life; see the table above. */
export const life = {
  startSeconds: `${prefix}start-seconds`,
  runSeconds: `${prefix}run-seconds`,
  exitCode: `${prefix}exit-code`,
  neverReady: `${prefix}never-ready`,
  waiting: `${prefix}waiting`,
  stopSeconds: `${prefix}stop-seconds`,
  only: `${prefix}only`,
} as const

/** The default StorageClass of the control plane. */
export const storageClass = 'simulated'

/** A jq expression and the values it must, or must not, give. */
interface Condition {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

/** jq: an annotation's value, or null where `only` excludes this pod. */
const told = (annotation: string): string =>
  `(if (.metadata.annotations["${life.only}"] // "") as $only | .metadata.name | test($only) ` +
  `then .metadata.annotations["${annotation}"] else null end)`

const is = (key: string, ...values: string[]): Condition => ({ key, operator: 'In', values })
const isNot = (key: string, ...values: string[]): Condition => ({ key, operator: 'NotIn', values })
const exists = (key: string): Condition => ({ key, operator: 'Exists' })
const isAbsent = (key: string): Condition => ({ key, operator: 'DoesNotExist' })

const alive = isAbsent('.metadata.deletionTimestamp')
const deleted = exists('.metadata.deletionTimestamp')
const pending = is('.status.phase', 'Pending')
const running = is('.status.phase', 'Running')

const exitCode = `(${told(life.exitCode)} // "0")`
const restarts = `(.spec.restartPolicy == "Always" or (.spec.restartPolicy == "OnFailure" and ${exitCode} != "0"))`
const ending = [
  alive,
  running,
  exists('.status.containerStatuses[0].state.running'),
  exists(`(${told(life.runSeconds)} // ${told(life.exitCode)})`),
]
const endTime =
  `(.status.containerStatuses[0].state.running.startedAt | fromdateiso8601) + ` +
  `((${told(life.runSeconds)} // "0") | tonumber) | todateiso8601`
const seconds = (annotation: string): string => `(${told(annotation)} // "0") + "s"`

interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
}

interface PodStage {
  readonly name: string
  readonly when: readonly Condition[]
  /** jq: a duration such as `5s`, or the time at which */
  readonly delay?: string
  readonly event?: PodEvent
  /** Go template of the status fields that change */
  readonly status?: string
  readonly delete?: true
}

const conditions = (ready: boolean): string => `
conditions:
- {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ Now | Quote }}}
- {type: Initialized, status: "True", lastTransitionTime: {{ Now | Quote }}}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ Now | Quote }}}
{{ end }}
${readiness(ready ? undefined : 'ContainersNotReady')}`

const readiness = (reason: string | undefined): string =>
  ['Ready', 'ContainersReady']
    .map((type) => {
      const status = reason === undefined ? '"True"' : `"False", reason: ${reason}`
      return `- {type: ${type}, status: ${status}, lastTransitionTime: {{ Now | Quote }}}`
    })
    .join('\n')

const addresses = `
{{ $hostIPs := NodeIPsWith .spec.nodeName }}
{{ with $hostIPs }}
hostIP: {{ index . 0 | Quote }}
hostIPs: [{{ range . }}{ip: {{ . | Quote }}},{{ end }}]
{{ end }}
{{ $podIPs := PodIPsWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}
{{ with $podIPs }}
podIP: {{ index . 0 | Quote }}
podIPs: [{{ range . }}{ip: {{ . | Quote }}},{{ end }}]
{{ end }}`

const completedInitContainers = `
{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
  {{ if eq (or .restartPolicy "") "Always" }}
  started: true
  state: {running: {startedAt: {{ Now | Quote }}}}
  {{ else }}
  started: false
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }}}}
  {{ end }}
{{ end }}
{{ end }}`

/** Takes what follows name and image of every container's status; in it `$before` is that container's status until now. */
const containers = (state: string): string => `
containerStatuses:
{{ $pod := . }}
{{ range $index, $container := .spec.containers }}
{{ $before := dict }}
{{ if $pod.status.containerStatuses }}{{ $before = index $pod.status.containerStatuses $index }}{{ end }}
- name: {{ $container.name | Quote }}
  image: {{ $container.image | Quote }}
  imageID: ""
${state.trim().replace(/^/gm, '  ')}
{{ end }}`

const started = (ready: boolean): string => `
phase: Running
startTime: {{ Now | Quote }}
${conditions(ready)}
${addresses}
${completedInitContainers}
${containers(`
ready: ${ready}
started: true
restartCount: 0
state: {running: {startedAt: {{ Now | Quote }}}}`)}`

const terminated = `
exitCode: {{ or (index (or $pod.metadata.annotations dict) "${life.exitCode}") "0" }}
reason: {{ if eq (or (index (or $pod.metadata.annotations dict) "${life.exitCode}") "0") "0" }}Completed{{ else }}Error{{ end }}
startedAt: {{ $before.state.running.startedAt | Quote }}
finishedAt: {{ Now | Quote }}`
  .trim()
  .replaceAll('\n', ', ')

const ended = (phase: 'Succeeded' | 'Failed'): string => `
phase: ${phase}
conditions:
${readiness(phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed')}
${containers(`
ready: false
started: false
restartCount: {{ or $before.restartCount 0 }}
state: {terminated: {${terminated}}}`)}`

const podStages: readonly PodStage[] = [
  {
    name: 'pod-start',
    when: [alive, pending, isAbsent(told(life.waiting)), isNot(told(life.neverReady), 'true')],
    delay: seconds(life.startSeconds),
    event: { type: 'Normal', reason: 'Started', message: 'Started containers' },
    status: started(true),
  },
  {
    name: 'pod-start-unready',
    when: [alive, pending, isAbsent(told(life.waiting)), is(told(life.neverReady), 'true')],
    delay: seconds(life.startSeconds),
    event: { type: 'Warning', reason: 'Unhealthy', message: 'Readiness probe failed: simulated' },
    status: started(false),
  },
  {
    name: 'pod-wait',
    when: [alive, pending, exists(told(life.waiting)), isAbsent('.status.containerStatuses')],
    event: { type: 'Warning', reason: 'Failed', message: 'Error: container cannot start: simulated' },
    status: `
phase: Pending
startTime: {{ Now | Quote }}
${conditions(false)}
${addresses}
${completedInitContainers}
${containers(`
ready: false
started: false
restartCount: 0
state: {waiting: {reason: {{ index $pod.metadata.annotations "${life.waiting}" | Quote }}, message: "simulated"}}`)}`,
  },
  {
    name: 'pod-succeed',
    when: [...ending, is(exitCode, '0'), isNot(restarts, 'true')],
    delay: endTime,
    status: ended('Succeeded'),
  },
  {
    name: 'pod-fail',
    when: [...ending, isNot(exitCode, '0'), isNot(restarts, 'true')],
    delay: endTime,
    status: ended('Failed'),
  },
  {
    name: 'pod-crash',
    when: [...ending, is(restarts, 'true')],
    delay: endTime,
    event: { type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container' },
    status: `
conditions:
${readiness('ContainersNotReady')}
${containers(`
ready: false
started: false
restartCount: {{ or $before.restartCount 0 }}
lastState: {terminated: {${terminated}}}
state: {waiting: {reason: CrashLoopBackOff, message: "back-off 1s restarting failed container"}}`)}`,
  },
  {
    name: 'pod-restart',
    when: [alive, running, is('.status.containerStatuses[0].state.waiting.reason', 'CrashLoopBackOff')],
    delay: '"1s"',
    event: { type: 'Normal', reason: 'Started', message: 'Started containers' },
    status: `
conditions:
{{ if eq (or (index (or .metadata.annotations dict) "${life.neverReady}") "") "true" }}
${readiness('ContainersNotReady')}
{{ else }}
${readiness(undefined)}
{{ end }}
${containers(`
ready: true
started: true
restartCount: {{ add1 $before.restartCount }}
lastState: {{ toJson $before.lastState }}
state: {running: {startedAt: {{ Now | Quote }}}}`)}`,
  },
  {
    name: 'pod-stop',
    when: [deleted, isNot('.status.phase', 'Succeeded', 'Failed')],
    delay: seconds(life.stopSeconds),
    status: `
phase: Failed
conditions:
${readiness('PodFailed')}
${containers(`
ready: false
started: false
restartCount: {{ or $before.restartCount 0 }}
{{ if and $before.state $before.state.running }}
state: {terminated: {exitCode: 143, reason: Error, startedAt: {{ $before.state.running.startedAt | Quote }}, finishedAt: {{ Now | Quote }}}}
{{ else }}
state: {terminated: {exitCode: 137, reason: ContainerStatusUnknown, finishedAt: {{ Now | Quote }}}}
{{ end }}`)}`,
  },
  {
    // what has no grace left is going already, and kwok deletes by name: a second time would hit the successor of one of v1's pods
    name: 'pod-delete',
    when: [
      deleted,
      is('.status.phase', 'Succeeded', 'Failed'),
      isNot('.metadata.deletionGracePeriodSeconds | tostring', '0'),
    ],
    delete: true,
  },
]

const podStage = (stage: PodStage): object => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: stage.name },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Pod' },
    selector: { matchExpressions: stage.when },
    ...(stage.delay && { delay: { durationMilliseconds: 0, durationFrom: { expressionFrom: stage.delay } } }),
    next: {
      ...(stage.event && { event: stage.event }),
      ...(stage.status && { statusTemplate: stage.status }),
      ...(stage.delete && { delete: true }),
    },
  },
})

const nodeReady = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'node-ready' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'Node' },
    selector: {
      matchExpressions: [isNot('.status.conditions.[] | select(.type == "Ready") | .status', 'True')],
    },
    next: {
      statusTemplate: `
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
{{ end }}
addresses:
{{ with NodeIP }}
- {type: InternalIP, address: {{ . | Quote }}}
{{ end }}
{{ with NodeName }}
- {type: Hostname, address: {{ . | Quote }}}
{{ end }}
nodeInfo:
  architecture: amd64
  bootID: ""
  containerRuntimeVersion: kwok
  kernelVersion: kwok
  kubeProxyVersion: ""
  kubeletVersion: kwok
  machineID: ""
  operatingSystem: linux
  osImage: ""
  systemUUID: ""`,
    },
  },
}

/** The volume names its claim in advance; kube-controller-manager's binder does the rest. */
const volumeForClaim = {
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name: 'claim-provision' },
  spec: {
    resourceRef: { apiGroup: 'v1', kind: 'PersistentVolumeClaim' },
    selector: {
      matchExpressions: [alive, is('.spec.storageClassName', storageClass), isAbsent('.spec.volumeName')],
    },
    steps: [
      {
        apply: {
          template: `
apiVersion: v1
kind: PersistentVolume
metadata:
  name: simulated-{{ .metadata.uid }}
spec:
  accessModes: {{ toJson .spec.accessModes }}
  capacity: {{ toJson .spec.resources.requests }}
  persistentVolumeReclaimPolicy: Retain
  storageClassName: ${storageClass}
  volumeMode: {{ or .spec.volumeMode "Filesystem" }}
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    name: {{ .metadata.name | Quote }}
    namespace: {{ .metadata.namespace | Quote }}
    uid: {{ .metadata.uid | Quote }}
  hostPath: {path: /nonexistent}`,
        },
      },
    ],
  },
}

/** Returns every stage of the simulation, for kwok's configuration file. */
export const stages = (): object[] => [nodeReady, ...podStages.map(podStage), volumeForClaim]
