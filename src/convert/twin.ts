import { clone } from '../kube/clone.ts'
import { formatFieldPath } from '../kube/field-path.ts'
import { hashJson } from '../kube/hash.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import type { Container, PodSpec } from '../kube/pod.ts'
import type { Replica, V1Job } from '../v1/job.ts'
import { annotations, twinLabel } from '../v2/trainjob.ts'
import { type Conversion, type ConvertOptions, convertJob } from './convert.ts'
import { type Finding, findingAt } from './finding.ts'
import { templatePath } from './intent.ts'
import { resized } from './twin-nodes.ts'

/** How a volume is kept apart from v1's; `share`: it is not, and both may write to it. */
export const isolations = ['readonly', 'subpath', 'emptydir', 'share'] as const
export type Isolation = (typeof isolations)[number]

/** In what a twin differs from the job it runs beside. */
export interface TwinChanges {
  /** by the name of the volume */
  readonly isolate: Readonly<Record<string, Isolation>>
  /** pods that train, fewer than v1's */
  readonly nodes?: number
  readonly env: Readonly<Record<string, string>>
  /** run by `sh -c` in the place of command and args */
  readonly command?: string
}

/** A twin that is its job in everything but its name: only such a one can take the job's place. */
export function isWholeCopy({ isolate, nodes, env, command }: TwinChanges): boolean {
  const apart = Object.values(isolate).some((how) => how !== 'share')
  return !apart && nodes === undefined && command === undefined && Object.keys(env).length === 0
}

/** Where below a shared volume a twin keeps what it writes. */
function twinFolder(twin: string): string {
  return `kubectl-migrate/${twin}`
}

/**
 * The conversion of a v1 job to its twin: of the job with the changes made, so that the proof covers all that was not asked for,
 * and a finding for each change. Throws what `convertJob` does, and a Problem for a number of nodes the job cannot have.
 */
export function convertTwin(job: V1Job, twin: string, changes: TwinChanges, options: ConvertOptions): Conversion {
  const { object, findings } = withChanges(job, twin, changes)
  const conversion = convertJob(object, { ...options, name: twin })
  const { trainJob } = conversion
  const { metadata } = trainJob
  const source = { [annotations.sourceHash]: hashJson(job.spec), [annotations.twin]: JSON.stringify(changes) }
  return {
    ...conversion,
    trainJob: {
      ...trainJob,
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, [twinLabel]: job.name },
        annotations: { ...metadata.annotations, ...source },
      },
    },
    findings: [...findings, ...conversion.findings],
  }
}

/** What a TrainJob says of the twin it is; undefined for one that is none, or that says nothing readable. */
export function twinChanges({ metadata }: KubeObject): TwinChanges | undefined {
  const value = parseJson(metadata.annotations?.[annotations.twin] ?? '')
  return isRecord(value) && isRecord(value['isolate']) && isRecord(value['env'])
    ? (value as unknown as TwinChanges)
    : undefined
}

/** The v1 object with the changes, and a finding for each. Throws a Problem for a number of nodes the job cannot have. */
export function withChanges(
  job: V1Job,
  twin: string,
  { isolate, nodes, env, command }: TwinChanges,
): { readonly object: KubeObject; readonly findings: readonly Finding[] } {
  const object = clone(job.object)
  const findings: Finding[] = []
  for (const replica of job.replicas) {
    const spec = specOf(object, job, replica)
    for (const [volume, how] of Object.entries(isolate)) isolateVolume(spec, volume, how, twin)
    const main = spec.containers.find(({ name }) => name === replica.main)
    if (!main) continue
    setEnv(main, env)
    if (command !== undefined && runsCommand(job, replica)) {
      main.command = ['/bin/sh', '-c', command]
      delete main.args
    }
  }
  findings.push(...isolationFindings(job, twin, isolate), ...changeFindings(job, env, command))
  if (nodes !== undefined) findings.push(resized(object, job, nodes))
  return { object, findings }
}

/** An MPIJob's workers run the sshd or the sleep that the launcher needs. */
function runsCommand({ info }: V1Job, { role }: Pick<Replica, 'role'>): boolean {
  return info.kind !== 'MPIJob' || role === 'launcher'
}

function specOf(object: KubeObject, { info }: V1Job, { key }: Replica): PodSpec {
  const spec = object['spec'] as Record<string, Record<string, { template: { spec: PodSpec } }>>
  return spec[info.specKey]?.[key]?.template.spec ?? { containers: [] }
}

function isolateVolume(spec: PodSpec, name: string, how: Isolation, twin: string): void {
  const volume = spec.volumes?.find((candidate) => candidate.name === name)
  if (!volume || how === 'share') return
  if (how === 'emptydir') {
    spec.volumes = spec.volumes?.map((candidate) => (candidate === volume ? { name, emptyDir: {} } : candidate))
    return
  }
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    for (const mount of container.volumeMounts ?? []) {
      if (mount.name !== name) continue
      if (how === 'readonly') mount.readOnly = true
      else if (typeof mount['subPathExpr'] === 'string') mount['subPathExpr'] += `/${twinFolder(twin)}`
      else mount.subPath = mount.subPath ? `${mount.subPath}/${twinFolder(twin)}` : twinFolder(twin)
    }
  }
  const claim = volume['persistentVolumeClaim']
  const isDevice = spec.containers.some((container) => devicesOf(container).includes(name))
  if (how === 'readonly' && isDevice && isRecord(claim)) claim['readOnly'] = true
}

/** Names of the volumes a container has as raw devices. */
export function devicesOf(container: Container): string[] {
  const devices = container['volumeDevices']
  return Array.isArray(devices) ? devices.filter(isRecord).map(({ name }) => String(name)) : []
}

/** As the API server merges env: the last of a name counts. */
function setEnv(container: Container, env: TwinChanges['env']): void {
  const given = Object.entries(env).map(([name, value]) => ({ name, value }))
  if (given.length === 0) return
  container.env = [...(container.env ?? []).filter(({ name }) => !(name in env)), ...given]
}

function isolationFindings(job: V1Job, twin: string, isolate: TwinChanges['isolate']): Finding[] {
  const says: Readonly<Record<Isolation, string>> = {
    readonly: 'is mounted read-only in the twin',
    subpath: `gives the twin a folder of its own, ${twinFolder(twin)}, which is empty at first`,
    emptydir: 'is an empty folder of its own in each pod of the twin',
    share: 'is written to by v1 and its twin alike',
  }
  return Object.entries(isolate).map(([name, how]) =>
    findingAt(volumePath(job, name), {
      code: how === 'share' ? 'shared-volume' : 'isolated',
      message: `volume ${name} ${says[how]}`,
    }),
  )
}

/** Path of the first volume of the name. */
function volumePath(job: V1Job, name: string): string {
  for (const { key, template } of job.replicas) {
    const at = template.spec.volumes?.findIndex((volume) => volume.name === name) ?? -1
    if (at >= 0) return formatFieldPath([...templatePath(job, key), 'spec', 'volumes', at])
  }
  return 'spec'
}

function changeFindings(job: V1Job, env: TwinChanges['env'], command: string | undefined): Finding[] {
  const at = (field: string): string => {
    const [replica] = job.replicas.filter((candidate) => runsCommand(job, candidate))
    const index = replica?.template.spec.containers.findIndex(({ name }) => name === replica.main) ?? 0
    return formatFieldPath([...templatePath(job, replica?.key ?? ''), 'spec', 'containers', index, field])
  }
  const names = Object.keys(env)
  return [
    ...(names.length === 0
      ? []
      : [findingAt(at('env'), { code: 'twin-env', message: `the twin has ${names.join(', ')} of its own` })]),
    ...(command === undefined
      ? []
      : [findingAt(at('command'), { code: 'twin-command', message: 'the twin runs another command' })]),
  ]
}
