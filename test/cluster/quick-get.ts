import { v1Kinds } from '../../src/v1/kinds.ts'
import { Api, messageOf } from './api.ts'

interface Listed {
  readonly metadata: { readonly managedFields?: unknown }
}

/** What can be asked for, by the path of its group. */
const served: Readonly<Record<string, readonly string[]>> = {
  v1: ['Pod', 'Service', 'ConfigMap', 'Secret', 'Event', 'ServiceAccount'],
  'batch/v1': ['Job'],
  'coordination.k8s.io/v1': ['Lease'],
  'jobset.x-k8s.io/v1alpha2': ['JobSet'],
  'trainer.kubeflow.org/v1alpha1': ['TrainJob', 'TrainingRuntime'],
  'kubeflow.org/v1': v1Kinds.map(({ kind }) => kind),
}

interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly path: string
}

const byName: ReadonlyMap<string, Resource> = new Map(
  Object.entries(served).flatMap(([apiVersion, kinds]) =>
    kinds.flatMap((kind): [string, Resource][] => {
      const singular = kind.toLowerCase()
      const root = apiVersion.includes('/') ? 'apis' : 'api'
      const resource = { apiVersion, kind, path: `/${root}/${apiVersion}/namespaces/NAMESPACE/${singular}s` }
      return [
        [singular, resource],
        [`${singular}s`, resource],
      ]
    }),
  ),
)

interface Asked {
  readonly resources: readonly Resource[]
  readonly name?: string
  readonly query: URLSearchParams
}

const flags: Readonly<Record<string, string>> = { '-l': 'labelSelector', '--field-selector': 'fieldSelector' }

/** Takes kubectl's words after `get`; undefined where there are some that only kubectl knows. */
function askedBy(args: readonly string[]): Asked | undefined {
  const words: string[] = []
  const query = new URLSearchParams()
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    const parameter = flags[word]
    if (parameter !== undefined) query.set(parameter, args[++at] ?? '')
    else if (word.startsWith('-')) return undefined
    else words.push(...word.split('/'))
  }
  const [kinds = '', name, ...others] = words
  const resources = kinds.split(',').map((kind) => byName.get(kind.toLowerCase()))
  if (others.length > 0 || !resources.every((resource) => resource !== undefined)) return undefined
  return { resources, query, ...(name !== undefined && { name }) }
}

/** As kubectl prints an object of a list: with its kind, and without what managers own. */
function printed({ apiVersion, kind }: Resource, object: Listed): object {
  const { managedFields: _, ...metadata } = object.metadata
  return { apiVersion, kind, ...object, metadata }
}

const lines = new Map<string, Promise<Api>>()

/**
 * What `kubectl get -o json` answers for these words, asked by this process: tests ask some thousand times while they wait, and each kubectl
 * takes a tenth of a second of the processor. Resolves with undefined for words that only kubectl knows, or where no answer came.
 * @throws Error with the server's message where it refuses
 */
export async function quickGet(kubeconfig: string, namespace: string, args: readonly string[]): Promise<unknown> {
  const asked = askedBy(args)
  if (asked === undefined) return undefined
  const line = lines.get(kubeconfig) ?? Api.fromKubeconfig(kubeconfig)
  lines.set(kubeconfig, line)
  const api = await line
  const { resources, name, query } = asked
  const found = await Promise.all(
    resources.map(async (resource) => {
      const path = resource.path.replace('NAMESPACE', namespace)
      const answer = await api
        .request('GET', name === undefined ? `${path}?${query}` : `${path}/${name}`)
        .catch(() => undefined)
      if (answer !== undefined && answer.status !== 200) throw new Error(`get ${args.join(' ')}: ${messageOf(answer)}`)
      return answer && { resource, body: answer.body as Listed & { readonly items: readonly Listed[] } }
    }),
  )
  if (!found.every((each) => each !== undefined)) return undefined
  const [first] = found
  if (name !== undefined && first) return printed(first.resource, first.body)
  const items = found.flatMap(({ resource, body }) => body.items.map((item) => printed(resource, item)))
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }
}
