import { formatFieldPath } from '../../kube/field-path.ts'
import { isRecord } from '../../kube/object.ts'
import type { EnvVar, PodSpec, PodTemplate } from '../../kube/pod.ts'
import { type Finding, findingAt } from '../finding.ts'
import type { Path } from '../ledger.ts'

/** The template's env with a container's new name in its resource references. */
export function renameContainer(env: readonly EnvVar[], from: string, to: string): EnvVar[] {
  return env.map((variable) => {
    const reference = variable.valueFrom?.resourceFieldRef
    if (reference?.containerName !== from) return variable
    return { ...variable, valueFrom: { ...variable.valueFrom, resourceFieldRef: { ...reference, containerName: to } } }
  })
}

/** The same in the env of init containers and in files that volumes make of a container's resources. */
export function renameInPod(spec: PodSpec, from: string, to: string): PodSpec {
  return {
    ...spec,
    ...(spec.initContainers
      ? {
          initContainers: spec.initContainers.map((container) =>
            container.env ? { ...container, env: renameContainer(container.env, from, to) } : container,
          ),
        }
      : {}),
    ...(spec.volumes ? { volumes: spec.volumes.map((volume) => renameReferences(volume, from, to)) } : {}),
  }
}

function renameReferences<T>(value: T, from: string, to: string): T {
  if (Array.isArray(value)) return value.map((item) => renameReferences(item, from, to)) as T
  if (!isRecord(value)) return value
  const members = Object.entries(value).map(([key, item]) => {
    const renamed = key === 'resourceFieldRef' && isRecord(item) && item['containerName'] === from
    return [key, renamed ? { ...item, containerName: to } : renameReferences(item, from, to)]
  })
  return Object.fromEntries(members) as T
}

/**
 * Annotations whose value is names of containers, with commas between. Sources: kubernetes v1.36.3, staging/src/k8s.io/kubectl/pkg/cmd/util/podcmd/podcmd.go;
 * docs of Vault's agent injector and of OpenTelemetry's operator.
 */
const namingValues =
  /^(kubectl\.kubernetes\.io\/default-(logs-)?container|vault\.hashicorp\.com\/agent-inject-containers|instrumentation\.opentelemetry\.io\/([\w-]+-)?container-names)$/

/**
 * Annotations whose key has a container's name, between what stands before and after it. Sources: kubernetes v1.36.3, pkg/apis/core/annotation_key_constants.go;
 * docs of Datadog's Autodiscovery, of Filebeat's hints, of Fluent Bit's filter kubernetes, and of plugins of the Node Resource Interface.
 */
const namingKeys: readonly (readonly [before: RegExp, after: RegExp])[] = [
  [/^container\.apparmor\.security\.beta\.kubernetes\.io\/$/, /^$/],
  [/^ad\.datadoghq\.com\/$/, /^\.\w+$/],
  [/^co\.elastic\.\w+\.$/, /^\//],
  [/^fluentbit\.io\/(parser|exclude)(_stdout|_stderr)?-$/, /^$/],
  [/^[^/]+\/container\.$/, /^$/],
]

/** An annotation with a container's new name; itself where it does not name the container. */
function renameAnnotation([key, value]: readonly [string, string], from: string, to: string): [string, string] {
  if (namingValues.test(key)) {
    return [key, value.replace(/[^,\s]+/g, (name) => (name === from ? to : name))]
  }
  for (let at = key.indexOf(from); at !== -1; at = key.indexOf(from, at + 1)) {
    const [before, after] = [key.slice(0, at), key.slice(at + from.length)]
    if (namingKeys.some(([start, end]) => start.test(before) && end.test(after))) return [before + to + after, value]
  }
  return [key, value]
}

/** Annotations that name the container follow it to its new name; `path` is the template's in the v1 object. */
export function renameInMetadata(
  { metadata }: PodTemplate,
  from: string,
  to: string,
  path: Path,
): { metadata: PodTemplate['metadata']; findings: Finding[] } {
  if (!metadata?.annotations || from === to) return { metadata, findings: [] }
  const explains: string[] = []
  const renamed = Object.entries(metadata.annotations).map((annotation) => {
    const [key, value] = renameAnnotation(annotation, from, to)
    if (key !== annotation[0]) explains.push(`annotations.${annotation[0]}`, `annotations.${key}`)
    else if (value !== annotation[1]) explains.push(`annotations.${key}`)
    return [key, value] as const
  })
  if (explains.length === 0) return { metadata, findings: [] }
  const finding = findingAt(formatFieldPath([...path, 'metadata', 'annotations']), {
    code: 'container-reference',
    message: `annotations that name container ${from} name ${to}`,
    explains,
  })
  return { metadata: { ...metadata, annotations: Object.fromEntries(renamed) }, findings: [finding] }
}
