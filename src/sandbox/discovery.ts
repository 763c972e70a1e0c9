import { apiVersionOf, type ServedResource, served } from './served.ts'

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
/** the order in which k8s.io/apiextensions-apiserver v0.36.3 lists them (pkg/apiserver/customresource_discovery_controller.go) */
const customVerbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch']
const statusVerbs = ['get', 'patch', 'update']

/** Questions that are answered and not stored. */
const reviews = [
  { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
  { group: 'authorization.k8s.io', version: 'v1', plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
] as const

interface Group {
  readonly name: string
  readonly version: string
}

/** API groups but for core, by name, each with the version it is served in. */
export function groups(): Group[] {
  const seen = new Map<string, Group>()
  for (const { group, version } of [...served, ...reviews]) if (group !== '') seen.set(group, { name: group, version })
  return [...seen.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What a GET of a discovery path answers; undefined for a path that is none. */
export function discovery(path: string, address: string): unknown {
  if (path === '/api') {
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    }
  }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupObject) }
  const group = groups().find(({ name }) => path === `/apis/${name}`)
  if (group) return { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(group) }
  const groupVersion = path === '/api/v1' ? 'v1' : path.startsWith('/apis/') ? path.slice('/apis/'.length) : ''
  const resources = resourcesOf(groupVersion)
  return resources.length === 0 ? undefined : { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources }
}

function groupObject({ name, version }: Group): object {
  const entry = { groupVersion: `${name}/${version}`, version }
  return { name, versions: [entry], preferredVersion: entry }
}

function resourcesOf(groupVersion: string): object[] {
  const stored = served.filter((resource) => apiVersionOf(resource) === groupVersion)
  const asked = reviews.filter((review) => apiVersionOf(review) === groupVersion)
  return [...stored.flatMap(entriesOf), ...asked.map(({ plural, kind }) => entry(plural, kind, false, ['create']))]
}

function entriesOf(resource: ServedResource): object[] {
  const { plural, kind, namespaced, status, shortNames, categories, custom } = resource
  const all = custom ? customVerbs : verbs
  return [
    { ...entry(plural, kind, namespaced, all), ...(shortNames && { shortNames }), ...(categories && { categories }) },
    ...(status ? [entry(`${plural}/status`, kind, namespaced, statusVerbs)] : []),
    ...(plural === 'pods' ? [entry('pods/log', 'Pod', true, ['get'])] : []),
  ]
}

function entry(name: string, kind: string, namespaced: boolean, allowed: readonly string[]): object {
  const singularName = name.includes('/') ? '' : kind.toLowerCase()
  return { name, singularName, namespaced, kind, verbs: allowed }
}
