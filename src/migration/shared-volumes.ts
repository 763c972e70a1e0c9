import { devicesOf, type Isolation } from '../convert/twin.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import type { Container, PodSpec, Volume, VolumeMount } from '../kube/pod.ts'
import type { V1Job } from '../v1/job.ts'
import { type PathUse, pathsBelow } from './output-paths.ts'
import { someOf } from './words.ts'

/** A volume to which v1 and a TrainJob that runs beside it would both write. */
export interface SharedVolume {
  readonly name: string
  /** `PersistentVolumeClaim nlp-data, ReadWriteMany` */
  readonly what: string
  /** why it is taken for shared, and what seems to be written there, a clause each */
  readonly evidence: readonly string[]
  /** how it may be kept apart, the one that is suggested first */
  readonly ways: readonly Isolation[]
}

/** A claim as it was read: `unread` where it may not be, absent where there is none. */
export type Claims = ReadonlyMap<string, KubeObject | 'unread'>

/** The flag that says how volumes are kept apart; none where nothing is said. */
export function isolateFlags(isolate: Readonly<Record<string, Isolation>>): string[] {
  const told = Object.entries(isolate).map(([name, how]) => `${name}=${how}`)
  return told.length > 0 ? [`--isolate ${told.join(',')}`] : []
}

/** Sources that are each pod's own, or that no pod can write to. */
const harmless = ['emptyDir', 'ephemeral', 'configMap', 'secret', 'downwardAPI', 'projected', 'image', 'gitRepo']

/** Names of the claims a job's pods mount. */
export function claimNames(job: V1Job): string[] {
  const names = job.replicas.flatMap(({ template }) =>
    (template.spec.volumes ?? []).flatMap((volume) => claimOf(volume) ?? []),
  )
  return [...new Set(names)]
}

/**
 * The volumes of a job that its pods may write to and that are not each pod's own, by name, with evidence; those mounted read-only
 * everywhere are none. Source: kubernetes v1.36.3, pkg/apis/core/types.go, VolumeSource.
 */
export function sharedVolumes(job: V1Job, claims: Claims): SharedVolume[] {
  const found = new Map<string, SharedVolume>()
  for (const { template } of job.replicas) {
    for (const volume of template.spec.volumes ?? []) {
      const shared = found.has(volume.name) ? undefined : judged(volume, template.spec, claims)
      if (shared) found.set(volume.name, shared)
    }
  }
  return [...found.values()]
}

/** One mount, and the container it is in. */
interface Mounted {
  readonly container: Container
  readonly mount: VolumeMount
}

function judged(volume: Volume, spec: PodSpec, claims: Claims): SharedVolume | undefined {
  const kind = sourceOf(volume)
  if (kind === undefined || harmless.includes(kind) || isReadOnly(volume[kind])) return undefined
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  const device = containers.some((container) => devicesOf(container).includes(volume.name))
  const writable = containers.flatMap((container) =>
    (container.volumeMounts ?? [])
      .filter((mount) => mount.name === volume.name && mount.readOnly !== true)
      .map((mount): Mounted => ({ container, mount })),
  )
  if (!device && writable.length === 0) return undefined
  if (kind === 'hostPath' && isDeviceFile(volume[kind])) return undefined
  const claim = claimOf(volume)
  const modes = claim === undefined ? undefined : modesOf(claims.get(claim))
  if (modes?.every((mode) => mode === 'ReadOnlyMany')) return undefined
  const uses = writable.flatMap(({ container, mount }) => pathsBelow(container, mount.mountPath, spec))
  const writes = uses.some(({ as }) => as === 'output') || looksWritten(volume.name, claim ?? '')
  return {
    name: volume.name,
    what: `${titleOf(kind, volume[kind])}${modes === undefined ? '' : `, ${modes.join(' and ')}`}`,
    evidence: evidenceOf(writable, device, modes, uses),
    ways: waysOf(device, modes, writes),
  }
}

function evidenceOf(
  writable: readonly Mounted[],
  device: boolean,
  modes: readonly string[] | undefined,
  uses: readonly PathUse[],
): string[] {
  const places = [...new Set(writable.map(({ mount }) => mount.mountPath))]
  const outputs = [...new Set(uses.filter(({ as }) => as === 'output').map(({ text }) => text))]
  return [
    device ? 'a raw device' : `writable at ${someOf(places)}`,
    ...(outputs.length > 0 ? [`${someOf(outputs)} lies in it`] : []),
    ...(modes?.includes('access mode not to be read') ? ['you may not read its claim'] : []),
    ...(modes?.every((mode) => mode === 'ReadWriteOncePod') ? ['one pod at a time may use it'] : []),
    ...(modes?.every((mode) => mode === 'ReadWriteOnce') ? ['pods on another node than v1’s cannot mount it'] : []),
  ]
}

/** A pod that may not mount the volume beside v1's can only have another; a device has no folders. */
function waysOf(device: boolean, modes: readonly string[] | undefined, writes: boolean): Isolation[] {
  if (device) return ['readonly', 'share']
  if (modes?.every((mode) => mode === 'ReadWriteOncePod')) return ['emptydir']
  return writes ? ['subpath', 'emptydir', 'readonly', 'share'] : ['readonly', 'subpath', 'emptydir', 'share']
}

function modesOf(claim: KubeObject | 'unread' | undefined): readonly string[] {
  if (claim === 'unread') return ['access mode not to be read']
  const spec = claim?.['spec']
  const modes = isRecord(spec) && Array.isArray(spec['accessModes']) ? spec['accessModes'].map(String) : []
  return modes.length > 0 ? modes : [claim ? 'no access mode' : 'which is not there']
}

function sourceOf({ name: _name, ...sources }: Volume): string | undefined {
  return Object.keys(sources)[0]
}

function claimOf(volume: Volume): string | undefined {
  const claim = volume['persistentVolumeClaim']
  return isRecord(claim) ? String(claim['claimName']) : undefined
}

/** The source itself says that nobody writes. */
function isReadOnly(source: unknown): boolean {
  return isRecord(source) && source['readOnly'] === true
}

/** Devices and the kernel's own files are no data; shared memory is. */
function isDeviceFile(source: unknown): boolean {
  const { path = '', type = '' } = isRecord(source) ? source : {}
  if (['CharDevice', 'BlockDevice', 'Socket'].includes(String(type))) return true
  return /^\/(dev|sys|proc)(\/|$)/.test(String(path)) && !/^\/dev\/shm(\/|$)/.test(String(path))
}

/** `PersistentVolumeClaim nlp-data`, `hostPath /mnt/out`, `nfs server:/export`, `csi driver`. */
function titleOf(kind: string, source: unknown): string {
  const { claimName, path, server, driver } = isRecord(source) ? source : {}
  if (kind === 'persistentVolumeClaim') return `PersistentVolumeClaim ${claimName}`
  if (kind === 'nfs') return `nfs ${server}:${path}`
  const detail = path ?? driver
  return detail === undefined ? kind : `${kind} ${detail}`
}

function looksWritten(...names: readonly string[]): boolean {
  return names.some((name) => /out|ckpt|checkpoint|model|result|log|save|work|scratch/i.test(name))
}
