import type { PathStep } from '../kube/field-path.ts'
import { labelValueFault } from '../kube/label-value.ts'
import { isRecord } from '../kube/object.ts'
import type { PodSpec } from '../kube/pod.ts'
import { parseQuantity } from '../kube/quantity.ts'
import { remembered } from '../kube/remembered.ts'
import type { Replica, V1Job } from './job.ts'
import { specOfPods } from './pods.ts'

/** Says what is wrong with a field of the value that is looked at. */
type Tell = (steps: readonly PathStep[], message: string) => void

type Fields = Readonly<Record<string, unknown>>

/** One reason why the API server would refuse pods of a job; the message follows the path in a sentence. */
export interface PodFault {
  /** in the v1 object */
  readonly path: readonly PathStep[]
  readonly message: string
}

/**
 * What the API server refuses of the pods Training Operator makes of a job, where v1's own API takes the job: the errors that people make,
 * not all there are. A resource that has a request and no limit is none of them, as a LimitRange may add the limit.
 * Source: kubernetes v1.36.3, pkg/apis/core/validation/validation.go.
 */
export function podFaults(job: V1Job): PodFault[] {
  const faults: PodFault[] = []
  for (const replica of job.replicas) {
    const template = ['spec', job.info.specKey, replica.key, 'template']
    checkTemplate(job, replica, (steps, message) => {
      faults.push({ path: [...template, ...steps], message })
    })
  }
  return faults
}

function checkTemplate(job: V1Job, replica: Replica, tell: Tell): void {
  const { labels = {} } = replica.template.metadata ?? {}
  checkLabels(labels, (steps, message) => tell(['metadata', 'labels', ...steps], message))
  checkPod(specOfPods(job, replica), replica.template.spec, (steps, message) => tell(['spec', ...steps], message))
}

/** `written` is what of the spec stands in the job: a fault of what its operator adds is told of that. */
function checkPod(spec: PodSpec, written: PodSpec, tell: Tell): void {
  const volumes = new Set<unknown>()
  each(spec.volumes, ['volumes'], tell, (volume, toldOf) => {
    volumes.add(volume['name'])
    checkName(volume['name'], toldOf)
    checkOne(volume, ['name'], 'source', toldOf, { mayBeNone: true })
  })
  const names = new Map<unknown, Tell>()
  for (const list of ['containers', 'initContainers'] as const) {
    each(spec[list], [list], tell, (container, toldOf, at) => {
      const { name } = container
      checkName(name, toldOf)
      const first = names.get(name)
      const tellHere = at < (written[list]?.length ?? 0) ? toldOf : first
      if (first) tellHere?.(['name'], `is the name of another container: ${JSON.stringify(name)}`)
      names.set(name, toldOf)
      checkContainer(container, volumes, toldOf)
      if (list === 'initContainers' && container['restartPolicy'] !== 'Always') checkEnding(container, toldOf)
    })
  }
  each(spec.tolerations, ['tolerations'], tell, checkToleration)
  checkLabels(spec.nodeSelector ?? {}, (steps, message) => tell(['nodeSelector', ...steps], message))
}

function checkContainer(container: Fields, volumes: ReadonlySet<unknown>, tell: Tell): void {
  for (const [field, words] of containerWords) checkWord(container, field, words, tell)
  each(container['volumeMounts'], ['volumeMounts'], tell, (mount, toldOf) => {
    checkVolume(mount, volumes, toldOf)
    checkMount(mount, toldOf)
  })
  each(container['volumeDevices'], ['volumeDevices'], tell, (device, toldOf) => checkVolume(device, volumes, toldOf))
  checkPorts(container['ports'], tell)
  each(container['env'], ['env'], tell, checkVariable)
  each(container['envFrom'], ['envFrom'], tell, (source, toldOf) => checkOne(source, ['prefix'], 'source', toldOf))
  for (const probe of probes) {
    within(container, probe, tell, (value, toldOf) => checkOne(value, probeFields, 'handler', toldOf))
  }
  within(container, 'lifecycle', tell, checkHooks)
  within(container, 'resources', tell, checkResources)
}

/** Fields of a container that take certain words only. */
const containerWords: readonly (readonly [field: string, words: readonly string[]])[] = [
  ['imagePullPolicy', ['Always', 'IfNotPresent', 'Never']],
  ['terminationMessagePolicy', ['File', 'FallbackToLogsOnError']],
]

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const

/** Fields of a probe beside its handler. */
const probeFields = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
  'terminationGracePeriodSeconds',
]

function checkHooks(lifecycle: Fields, tell: Tell): void {
  for (const hook of ['postStart', 'preStop']) {
    within(lifecycle, hook, tell, (value, toldOf) => checkOne(value, [], 'handler', toldOf))
  }
}

/** An init container that the others wait for cannot be asked how it is. */
function checkEnding(container: Fields, tell: Tell): void {
  for (const field of [...probes, 'lifecycle']) {
    if (container[field] !== undefined) tell([field], 'must not be set for an init container that ends')
  }
}

function checkVolume({ name }: Fields, volumes: ReadonlySet<unknown>, tell: Tell): void {
  if (!volumes.has(name)) tell(['name'], `names no volume of its pod template: ${JSON.stringify(name)}`)
}

function checkMount({ mountPath, subPath }: Fields, tell: Tell): void {
  if (mountPath === '') tell(['mountPath'], 'must not be empty')
  if (typeof subPath === 'string' && (subPath.startsWith('/') || subPath.split('/').includes('..'))) {
    tell(['subPath'], `must be a relative path without ..: ${JSON.stringify(subPath)}`)
  }
}

function checkPorts(ports: unknown, tell: Tell): void {
  const names = new Set<unknown>()
  each(ports, ['ports'], tell, (port, toldOf) => {
    const { name = '', containerPort } = port
    if (name !== '') {
      if (!isPortName(name)) {
        toldOf(['name'], `must be at most 15 of a-z, 0-9 and -, one of them a letter: ${JSON.stringify(name)}`)
      }
      if (names.has(name)) toldOf(['name'], `is the name of another port: ${JSON.stringify(name)}`)
      names.add(name)
    }
    if (typeof containerPort !== 'number' || containerPort < 1 || containerPort > 65_535) {
      toldOf(['containerPort'], 'must be 1 to 65535')
    }
    checkWord(port, 'protocol', ['TCP', 'UDP', 'SCTP'], toldOf)
  })
}

function isPortName(name: unknown): boolean {
  return typeof name === 'string' && /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)
}

function checkVariable(variable: Fields, tell: Tell): void {
  const { name, value = '', valueFrom } = variable
  if (name === '') tell(['name'], 'must not be empty')
  else if (typeof name !== 'string' || !/^[\x20-\x3c\x3e-\x7e]+$/.test(name)) {
    tell(['name'], `must be printable ASCII without =: ${JSON.stringify(name)}`)
  }
  if (valueFrom === undefined) return
  if (value !== '') tell(['valueFrom'], 'must not be set beside value')
  within(variable, 'valueFrom', tell, (source, toldOf) => checkOne(source, [], 'source', toldOf))
}

function checkToleration(toleration: Fields, tell: Tell): void {
  const { operator, value = '' } = toleration
  checkWord(toleration, 'effect', ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], tell)
  if (operator === 'Exists' && value !== '') tell(['operator'], 'must not be Exists beside a value')
}

function checkResources({ limits, requests }: Fields, tell: Tell): void {
  const most = isRecord(limits) ? limits : {}
  for (const [list, amounts] of Object.entries({ limits, requests })) {
    for (const [name, amount] of Object.entries(isRecord(amounts) ? amounts : {})) {
      const fault =
        amountFault(name, amount) ?? (list === 'requests' ? requestFault(name, amount, most[name]) : undefined)
      if (fault !== undefined) tell([list, name], fault)
    }
  }
}

/** Resources that need no domain. */
const standard = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/

/** Whether it is one of the devices and the like that plugins serve, which are counted. */
function isCounted(name: string): boolean {
  return name.includes('/') && !/^([^/]+\.)?kubernetes\.io\//.test(name)
}

const wholeUnit = 1_000_000_000n

function amountFault(name: string, amount: unknown): string | undefined {
  if (!name.includes('/') && !standard.test(name)) {
    return 'is no resource: those that are not cpu, memory, ephemeral-storage or hugepages-… have a domain, as nvidia.com/gpu'
  }
  const units = quantityOf(amount)
  if (units < 0n) return `must not be negative: ${amount}`
  return isCounted(name) && units % wholeUnit !== 0n ? `must be a whole number: ${amount}` : undefined
}

function requestFault(name: string, request: unknown, limit: unknown): string | undefined {
  if (limit === undefined || limit === request) return undefined
  const [asked, most] = [quantityOf(request), quantityOf(limit)]
  if (isCounted(name)) return asked === most ? undefined : `must be equal to the limit: ${request} is not ${limit}`
  return asked > most ? `must not be more than the limit: ${request} is more than ${limit}` : undefined
}

function quantityOf(amount: unknown): bigint {
  return quantityOfText(String(amount))
}

/** Few amounts come again and again. */
const quantityOfText = remembered((text) => parseQuantity(text) ?? 0n, 500)

function checkName(name: unknown, tell: Tell): void {
  if (typeof name === 'string' && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return
  tell(['name'], `must be a DNS label (a-z, 0-9, -), at most 63 long: ${JSON.stringify(name)}`)
}

function checkLabels(labels: Fields, tell: Tell): void {
  for (const [key, value] of Object.entries(labels)) {
    const fault = labelValueFault(value)
    if (fault !== undefined) tell([key], fault)
  }
}

function checkWord(value: Fields, field: string, words: readonly string[], tell: Tell): void {
  const word = value[field] ?? ''
  if (word !== '' && !words.includes(word as string))
    tell([field], `${JSON.stringify(word)} is none of ${words.join(', ')}`)
}

/** A value of which one member says what it is, whatever members there are in later releases; `others` are those beside it. */
function checkOne(
  value: Fields,
  others: readonly string[],
  what: string,
  tell: Tell,
  { mayBeNone = false }: { readonly mayBeNone?: boolean } = {},
): void {
  const ways = Object.keys(value).filter((key) => !others.includes(key))
  if (ways.length > 1) tell([], `must have one ${what} only: ${ways.join(', ')}`)
  if (ways.length === 0 && !mayBeNone) tell([], `must have a ${what}`)
}

/** Looks at each item of a list that there may be. */
function each(
  list: unknown,
  steps: readonly PathStep[],
  tell: Tell,
  look: (item: Fields, toldOf: Tell, at: number) => void,
): void {
  if (!Array.isArray(list)) return
  for (const [at, item] of list.entries()) {
    if (isRecord(item)) look(item, (further, message) => tell([...steps, at, ...further], message), at)
  }
}

/** Looks at a field where it is there. */
function within(object: Fields, field: string, tell: Tell, look: (value: Fields, toldOf: Tell) => void): void {
  const value = object[field]
  if (isRecord(value)) look(value, (further, message) => tell([field, ...further], message))
}
