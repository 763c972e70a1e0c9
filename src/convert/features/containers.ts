import type { Container, ContainerPort, EnvVar } from '../../kube/pod.ts'
import type { V1Job } from '../../v1/job.ts'
import { launcherEnv } from '../../v1/mpi-pods.ts'
import type { Feature, FeatureContext, IntentRole } from '../intent.ts'
import { templatePath } from '../intent.ts'
import type { Path } from '../ledger.ts'

/** Fields of core/v1 Container that v2 takes as they are (k8s.io/api v0.36.3, core/v1/types.go); env and ports are handled apart. */
const carried = new Set([
  'name',
  'image',
  'command',
  'args',
  'workingDir',
  'envFrom',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'volumeMounts',
  'volumeDevices',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'imagePullPolicy',
  'securityContext',
  'stdin',
  'stdinOnce',
  'tty',
])

/** All containers of all templates: what they run, with env that v1 overrides removed and every port named. */
export const containers: Feature = {
  name: 'containers',
  apply(context) {
    for (const [at, replica] of context.job.replicas.entries()) {
      const role = context.intent.roles[at]
      if (!role) continue
      const path = [...templatePath(context.job, replica.key), 'spec']
      const { spec } = role.template
      const usedNames = new Set(
        allContainers(spec).flatMap(({ ports = [] }) => ports.flatMap(({ name }) => name ?? [])),
      )
      const convert = (list: 'containers' | 'initContainers', container: Container, index: number): Container => {
        const where = [...path, list, index]
        context.ledger.carryFields(where, carried)
        const names = list === 'containers' ? injectedNames(context.job, role, container) : new Set<string>()
        return {
          ...container,
          ...env(context, container, where, names),
          ...ports(context, container, where, { usedNames, onHost: spec['hostNetwork'] === true, main: role.main }),
        }
      }
      spec.containers = spec.containers.map((container, index) => convert('containers', container, index))
      if (spec.initContainers?.length === 0) context.ledger.carry([...path, 'initContainers'])
      if (spec.initContainers) {
        spec.initContainers = spec.initContainers.map((container, index) => convert('initContainers', container, index))
      }
    }
  },
}

function allContainers(spec: { containers: Container[]; initContainers?: Container[] }): Container[] {
  return [...spec.containers, ...(spec.initContainers ?? [])]
}

/** Names the operator sets in this container of every pod of the role. */
function injectedNames({ info }: V1Job, role: IntentRole, container: Container): Set<string> {
  const here = role.injected.filter(({ only }) => only === undefined || container.name === role.main)
  const launches =
    info.kind === 'MPIJob' && info.operator === undefined && role.role === 'launcher' && container.name === role.main
  return new Set([...here, ...(launches ? launcherEnv(role.template, container) : [])].map(({ name }) => name))
}

/**
 * The last of a name counts, and what the operator injects counts more than the template. What stood before takes values from those
 * that are left out: it is given them.
 */
function env(
  { ledger }: FeatureContext,
  container: Container,
  path: Path,
  overridden: ReadonlySet<string>,
): { env?: EnvVar[] } {
  ledger.carry([...path, 'env'])
  const variables = container.env
  if (!variables) return {}
  const last = new Map(variables.map(({ name }, index) => [name, index]))
  const values = new Map<string, string>()
  const kept = variables.flatMap((variable, index) => {
    const { name } = variable
    const given = variable.value === undefined ? variable : { ...variable, value: withValues(variable.value, values) }
    if (given.value === undefined) values.delete(name)
    else values.set(name, given.value)
    if (overridden.has(name)) {
      ledger.note([...path, 'env', index], {
        code: 'env-overridden',
        message: `${name} is not carried: Training Operator overrides it with its own value`,
      })
      return []
    }
    if (last.get(name) !== index) {
      ledger.note([...path, 'env', index], {
        code: 'env-duplicate',
        message: `this ${name} is not carried: a later one of the same name counts`,
      })
      return []
    }
    values.delete(name)
    return [given]
  })
  return { env: kept.length > 0 ? kept : undefined }
}

/** A text with `$(NAME)` replaced where the value is known; `$$` stands for a dollar that refers to nothing. */
function withValues(text: string, values: ReadonlyMap<string, string>): string {
  if (values.size === 0 || !text.includes('$(')) return text
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) => values.get(name ?? '') ?? whole)
}

interface PodPorts {
  /** names that ports of the pod have */
  readonly usedNames: Set<string>
  /** the pod claims its ports on the host, so that the operator's own is more than a declaration */
  readonly onHost: boolean
  /** name of the container that trains */
  readonly main: string
}

function ports(
  { job, ledger }: FeatureContext,
  container: Container,
  path: Path,
  { usedNames, onHost, main }: PodPorts,
): { ports?: Container['ports'] } {
  ledger.carry([...path, 'ports'])
  if (!container.ports) return {}
  const given = container.ports.filter(
    ({ name }) => onHost || name !== job.info.port?.name || isWritten(job.object, path, name),
  )
  const place = `${path.at(-2)}[${container.name === main ? 'main' : container.name}]`
  const written = oncePerNumber(ledger, { container, place, path, onHost }, given)
  const named = written.map((port) => {
    if (port.name !== undefined) return port
    const name = freeName(port.containerPort, usedNames)
    ledger.note([...path, 'ports', container.ports?.indexOf(port) ?? 0], {
      code: 'port-named',
      message: `port ${port.containerPort} is named ${name}`,
      why: 'Trainer keeps only the last of the ports of a container that have no name',
    })
    return { name, ...port }
  })
  return { ports: named.length > 0 ? named : undefined }
}

interface PortsOf {
  readonly container: Container
  /** of the container in paths of pod values */
  readonly place: string
  readonly path: Path
  readonly onHost: boolean
}

/**
 * Trainer takes two ports of one number for the same (v2.3.0, pkg/apply/apply.go byContainerPortOrName). A declaration opens nothing: the
 * one that something in the pod names stays, else the one of TCP. Ports of the host are more than that: they stay, and are not proved.
 */
function oncePerNumber(
  ledger: FeatureContext['ledger'],
  { container, place, path, onHost }: PortsOf,
  all: readonly ContainerPort[],
): ContainerPort[] {
  if (new Set(all.map(({ containerPort }) => containerPort)).size === all.length) return [...all]
  const { ports = [], ...rest } = container
  const text = JSON.stringify(rest)
  const weight = ({ name, protocol = 'TCP' }: ContainerPort) =>
    (name !== undefined && text.includes(`"port":${JSON.stringify(name)}`) ? 2 : 0) + (protocol === 'TCP' ? 1 : 0)
  return all.filter((port) => {
    const alike = all.filter(({ containerPort }) => containerPort === port.containerPort)
    const claims = onHost || alike.some(({ hostPort }) => hostPort !== undefined)
    const [kept] = [...alike].sort((a, b) => weight(b) - weight(a))
    if (claims || kept === port || weight(port) > 1) return true
    const { containerPort, protocol = 'TCP', name } = port
    ledger.note([...path, 'ports', ports.indexOf(port)], {
      code: 'port-number-twice',
      message: `port ${containerPort}/${protocol}${name === undefined ? '' : ` (${name})`} is not declared: port ${kept?.containerPort}/${kept?.protocol ?? 'TCP'} is`,
      explains: [`${place}.ports[${containerPort}/*`],
    })
    return false
  })
}

function freeName(port: number, used: Set<string>): string {
  let name = `port-${port}`
  for (let suffix = 2; used.has(name); suffix++) name = `port-${port}-${suffix}`
  used.add(name)
  return name
}

/** Whether the user wrote the port, rather than the operator's defaulting. */
function isWritten(object: unknown, path: Path, name: string | undefined): boolean {
  let value = object
  for (const part of [...path, 'ports']) value = (value as Record<string | number, unknown> | undefined)?.[part]
  return Array.isArray(value) && value.some((port) => port?.name === name)
}
