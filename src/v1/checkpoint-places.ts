import { isRecord } from '../kube/object.ts'
import type { Container, PodSpec, Volume, VolumeMount } from '../kube/pod.ts'
import type { V1Job } from './job.ts'

/** Volumes that go with their pod, or that nobody writes to (kubernetes v1.36.3, staging/src/k8s.io/api/core/v1/types.go VolumeSource). */
const passing = ['emptyDir', 'configMap', 'secret', 'downwardAPI', 'projected', 'ephemeral', 'image', 'gitRepo']

/** Parts of a node that are no disk to keep something on. */
const noDisk = /^\/(?:dev|sys|proc|run|var\/run|etc|lib|usr|boot)(?:\/|$)/

/** Places of a container's own that go with it. */
const scratch = /^\/(?:tmp|var\/tmp|dev\/shm)(?:\/|$)/

const remote = /\b(?:s3[an]?|gs|gcs|hdfs|viewfs|abfss?|wasbs?|adl|oss|cosn?|obs|dbfs|r2):\/\/[^\s"'`,;)]+/i

/** What the programs of the field call the place they save to: transformers, Megatron-LM, Lightning, mmdetection, TensorFlow, Hydra. */
const placeName =
  '(?:[\\w.-]*[._-])?(?:(?:output|save|model|work|default[_-]root)[_-]?(?:dir|path|folder|directory|root)|(?:checkpoint|ckpt|snapshot)s?[\\w.-]*|save)'
const inArguments = new RegExp(`(?:^|[\\s"'])-{0,2}(${placeName})(?:=|\\s+)["']?([^\\s"'=]+)`, 'gi')
const inEnv = new RegExp(`^${placeName}$`, 'i')

/**
 * Where the pods of a job can keep a checkpoint that outlives them, in words: writable volumes that stay, addresses of object stores, and
 * places its arguments and env name as such. Empty: what it has trained is gone with its pods. A name is believed, unless it names a
 * place that is known to go with the pod.
 */
export function checkpointPlaces({ replicas }: Pick<V1Job, 'replicas'>): string[] {
  return [...new Set(replicas.flatMap(({ template }) => placesOf(template.spec)))]
}

function placesOf(spec: PodSpec): string[] {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]))
  return spec.containers.flatMap((container) => {
    const mounts = container.volumeMounts ?? []
    const lost = mounts.filter(({ name }) => !stays(volumes.get(name))).map(({ mountPath }) => mountPath)
    return [
      ...mounts.filter((mount) => isWritable(mount, volumes.get(mount.name))).map(volumeWords),
      ...namedPlaces(container, lost),
    ]
  })
}

function volumeWords({ name, mountPath }: VolumeMount): string {
  return `volume ${name} at ${mountPath}`
}

function isWritable(mount: VolumeMount, volume: Volume | undefined): boolean {
  if (!volume || mount.readOnly === true || !stays(volume)) return false
  const [, source] = sourceOf(volume)
  return source['readOnly'] !== true
}

function stays(volume: Volume | undefined): boolean {
  if (!volume) return false
  const [kind, source] = sourceOf(volume)
  if (kind === 'hostPath') return !noDisk.test(String(source['path']))
  return kind !== '' && !passing.includes(kind)
}

function sourceOf({ name: _, ...sources }: Volume): [kind: string, source: Record<string, unknown>] {
  const [kind = '', source] = Object.entries(sources).find(([, value]) => isRecord(value)) ?? []
  return [kind, isRecord(source) ? source : {}]
}

/** @param lost where volumes are mounted that go with the pod */
function namedPlaces({ command = [], args = [], env = [] }: Container, lost: readonly string[]): string[] {
  const goes = (value: string) =>
    scratch.test(value) || lost.some((path) => value === path || value.startsWith(`${path.replace(/\/$/, '')}/`))
  const line = [...command, ...args].join(' ')
  const named = [...line.matchAll(inArguments)].flatMap(([, name = '', value = '']) =>
    isPlace(name, value) && !goes(value) ? [`${name} ${value}`] : [],
  )
  const variables = env.flatMap(({ name, value, valueFrom }) => {
    const address = remote.exec(value ?? '')?.[0]
    if (address !== undefined) return [`${name} ${address}`]
    if (!inEnv.test(name)) return []
    if (valueFrom !== undefined) return [name]
    return value !== undefined && isPlace(name, value) && !goes(value) ? [`${name} ${value}`] : []
  })
  const address = remote.exec(line)?.[0]
  return [...named, ...(address === undefined ? [] : [address]), ...variables]
}

/** `--save-dir out` names a place; `--checkpoint-interval 500` and `--checkpoint true` do not. */
function isPlace(name: string, value: string): boolean {
  if (value === '' || value.startsWith('-')) return false
  if (/(?:dir|path|folder|directory|root|ur[il]|bucket|location|prefix)s?$/i.test(name)) return true
  return /[/$~]|^\./.test(value)
}
