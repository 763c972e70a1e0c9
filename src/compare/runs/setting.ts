import type { Container, Pod } from '../../kube/pod.ts'
import type { RunSetting } from './fair.ts'

/** A pod of a run, and the container of it that trains. */
export interface TrainingPod {
  readonly pod: Pod
  readonly container: string
}

/**
 * What the pods say of how a run was set: image, size, processes, data, seed. What they do not say is absent.
 * @param desired pods the run should have, where that is known: of those that are left nobody can tell its size
 */
export function settingOf(pods: readonly TrainingPod[], desired = pods.length): RunSetting {
  const [first] = pods
  const container = first && containerOf(first)
  if (!first || !container) return {}
  const images = pods.map(digestOf)
  const processes = processesOf(container)
  const words = wordsOf(container)
  const seed = flagOf(words, /^(?:random[-_]?|manual[-_]?)?seed$/i) ?? envOf(container, /^(?:RANDOM_|GLOBAL_)?SEED$/)
  const dataPath = dataOf(first.pod, container, words)
  const all = images.every((image) => image !== undefined) ? [...new Set(images)].sort().join(', ') : undefined
  return {
    ...(all === undefined ? {} : { image: all }),
    ...(pods.length < desired ? {} : { worldSize: String(pods.length * Number(processes ?? 1)) }),
    processes: processes ?? '1',
    ...(dataPath === undefined ? {} : { dataPath }),
    ...(seed === undefined ? {} : { seed }),
  }
}

function containerOf({ pod, container }: TrainingPod): Container | undefined {
  return pod.spec.containers.find(({ name }) => name === container)
}

/** The digest the node pulled, else the one the template pins; a tag says nothing. */
function digestOf(training: TrainingPod): string | undefined {
  const status = training.pod.status?.containerStatuses?.find(({ name }) => name === training.container)
  const image = containerOf(training)?.image ?? ''
  return (/sha256:[0-9a-f]{64}/.exec(status?.imageID ?? '') ?? /sha256:[0-9a-f]{64}/.exec(image))?.[0]
}

function wordsOf({ command = [], args = [] }: Container): string[] {
  // a shell gets its script as one word
  return [...command, ...args].flatMap((word) => word.split(/\s+/))
}

/** The value of `--name VALUE` or `--name=VALUE`. */
function flagOf(words: readonly string[], name: RegExp): string | undefined {
  for (const [at, word] of words.entries()) {
    const [, flag = '', value] = /^--?([\w-]+)(?:=(.*))?$/.exec(word) ?? []
    if (name.test(flag)) return value ?? words[at + 1]
  }
  return undefined
}

function envOf({ env = [] }: Container, name: RegExp): string | undefined {
  return env.find((variable) => name.test(variable.name) && variable.value !== undefined)?.value
}

/** Processes of a pod: of torchrun's flag or variable; `auto` and `gpu` are one for each GPU. */
function processesOf(container: Container): string | undefined {
  const told = flagOf(wordsOf(container), /^nproc[-_]per[-_]node$/) ?? envOf(container, /^PET_NPROC_PER_NODE$/)
  if (told === undefined || /^\d+$/.test(told)) return told
  const gpus = Object.entries(container.resources?.limits ?? {}).find(([name]) => name.endsWith('/gpu'))?.[1]
  return gpus === undefined ? undefined : String(gpus)
}

/** Where the data comes from: the flag or variable that names it, and the claims that are mounted. */
function dataOf(pod: Pod, container: Container, words: readonly string[]): string | undefined {
  const told =
    flagOf(words, /^(?:train[-_]?)?data(?:set)?(?:[-_]?(?:path|dir|root|name))?$/i) ??
    envOf(container, /^(?:TRAIN_)?DATA(?:SET)?(?:_PATH|_DIR|_ROOT)?$/)
  const claims = (pod.spec.volumes ?? []).flatMap((volume) => {
    const claim = volume['persistentVolumeClaim'] as { claimName?: string } | undefined
    const mount = container.volumeMounts?.find(({ name }) => name === volume.name)
    return claim?.claimName && mount ? [`claim ${claim.claimName} at ${mount.mountPath}`] : []
  })
  const parts = [...(told === undefined ? [] : [told]), ...claims.sort()]
  return parts.length === 0 ? undefined : parts.join(', ')
}
