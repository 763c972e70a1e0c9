import type { Cluster } from '../cluster/cluster.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { type Resource, resources } from '../kube/resources.ts'
import type { Installation, OperatorFacts } from '../migration/preflight.ts'
import { Gaps, settle } from './gaps.ts'

const groups = {
  trainingOperator: 'kubeflow.org',
  trainer: 'trainer.kubeflow.org',
  jobSet: 'jobset.x-k8s.io',
  kueue: 'kueue.x-k8s.io',
} as const

/**
 * What is installed, by what the API server serves (which every user may ask), which Services answer for the webhooks of each API,
 * and which Deployments stand behind these. What may not be read is a gap: the versions are unknown then.
 */
export async function readInstallation(cluster: Cluster, gaps: Gaps): Promise<Installation> {
  const served = await servedGroups(cluster)
  const [validating, mutating, v1Kinds] = await settle(
    optionalList(cluster, resources.validatingWebhooks, gaps),
    optionalList(cluster, resources.mutatingWebhooks, gaps),
    served.get(groups.trainingOperator)?.includes('v1')
      ? kindsOf(cluster, '/apis/kubeflow.org/v1')
      : Promise.resolve([]),
  )
  const configurations = validating && mutating && [...validating, ...mutating]
  const operator = async (group: string): Promise<OperatorFacts | undefined> => {
    const versions = served.get(group)
    if (!versions) return undefined
    const webhooks = configurations && webhooksOf(configurations, group)
    const service = webhooks && firstService(webhooks)
    const behind = service && (await deploymentBehind(cluster, service, gaps))
    return { versions, ...(webhooks ? { webhooks: webhooks.length } : {}), ...behind }
  }
  const [trainingOperator, trainer, jobSet, kueue] = await settle(
    operator(groups.trainingOperator),
    operator(groups.trainer),
    operator(groups.jobSet),
    operator(groups.kueue),
  )
  return { trainingOperator, trainer, jobSet, kueue, v1Kinds }
}

/** `v2.3.0`: the tag of the image of Trainer's operator; undefined where the user may not look for it, or the tag is no version. */
export async function readTrainerRelease(cluster: Cluster): Promise<string | undefined> {
  const gaps = new Gaps()
  const configurations = (await optionalList(cluster, resources.validatingWebhooks, gaps)) ?? []
  const service = firstService(webhooksOf(configurations, groups.trainer))
  return service && (await deploymentBehind(cluster, service, gaps)).version
}

/** The same, asked once by a command that moves many jobs; asked again where it could not be read. */
export function trainerReleaseOnce(cluster: Cluster): () => Promise<string | undefined> {
  let asked: Promise<string | undefined> | undefined
  return async () => {
    asked ??= readTrainerRelease(cluster)
    try {
      return await asked
    } catch (error) {
      asked = undefined
      throw error
    }
  }
}

async function servedGroups(cluster: Cluster): Promise<ReadonlyMap<string, readonly string[]>> {
  const answer = await cluster.raw('/apis')
  return new Map(
    records(isRecord(answer) ? answer['groups'] : undefined).map(({ name, versions }) => [
      String(name),
      records(versions).map(({ version }) => String(version)),
    ]),
  )
}

async function kindsOf(cluster: Cluster, path: string): Promise<string[]> {
  const answer = await cluster.raw(path)
  const found = records(isRecord(answer) ? answer['resources'] : undefined)
  return found.filter(({ name }) => !String(name).includes('/')).map(({ kind }) => String(kind))
}

async function optionalList(cluster: Cluster, resource: Resource, gaps: Gaps): Promise<KubeObject[] | undefined> {
  return (await gaps.optional(resource, undefined, () => cluster.list(resource, {})))?.items
}

/** The webhooks for a group of those configurations that are not Kueue's: Kueue's look at jobs of every group. */
function webhooksOf(configurations: readonly KubeObject[], group: string): Record<string, unknown>[] {
  const isFor = (webhook: Record<string, unknown>, wanted: string) =>
    records(webhook['rules']).some(({ apiGroups }) => Array.isArray(apiGroups) && apiGroups.includes(wanted))
  return configurations.flatMap((configuration) => {
    const webhooks = records(configuration['webhooks'])
    const ofKueue = webhooks.some((webhook) => isFor(webhook, groups.kueue))
    return group === groups.kueue || !ofKueue ? webhooks.filter((webhook) => isFor(webhook, group)) : []
  })
}

interface ServiceName {
  readonly namespace: string
  readonly name: string
}

function firstService(webhooks: readonly Record<string, unknown>[]): ServiceName | undefined {
  return webhooks.map(serviceOf).find((found) => found !== undefined)
}

function serviceOf({ clientConfig }: Record<string, unknown>): ServiceName | undefined {
  const service = isRecord(clientConfig) ? clientConfig['service'] : undefined
  if (!isRecord(service)) return undefined
  const { namespace, name } = service
  return typeof namespace === 'string' && typeof name === 'string' ? { namespace, name } : undefined
}

/** The Deployment whose pods the Service selects, and the version in the tag of its image. */
async function deploymentBehind(
  cluster: Cluster,
  { namespace, name }: ServiceName,
  gaps: Gaps,
): Promise<Pick<OperatorFacts, 'place' | 'version'>> {
  const service = await gaps.optional(resources.services, namespace, () =>
    cluster.find(resources.services, namespace, name),
  )
  const { items = [] } =
    (await gaps.optional(resources.deployments, namespace, () => cluster.list(resources.deployments, { namespace }))) ??
    {}
  const selector = isRecord(service?.['spec']) ? service['spec']['selector'] : undefined
  const deployment = items.find((one) => selects(selector, podTemplate(one)))
  if (!deployment) return { place: `${namespace}/${name}` }
  const version = versionOf(podTemplate(deployment))
  return { place: `${namespace}/${deployment.metadata.name}`, ...(version === undefined ? {} : { version }) }
}

function podTemplate({ spec }: KubeObject): Record<string, unknown> {
  const template = isRecord(spec) ? spec['template'] : undefined
  return isRecord(template) ? template : {}
}

function selects(selector: unknown, { metadata }: Record<string, unknown>): boolean {
  const labels = isRecord(metadata) && isRecord(metadata['labels']) ? metadata['labels'] : {}
  const wanted = Object.entries(isRecord(selector) ? selector : {})
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}

/** `v2.3.0` of `ghcr.io/kubeflow/trainer/trainer-controller-manager:v2.3.0@sha256:…`; undefined for tags that are no version. */
function versionOf({ spec }: Record<string, unknown>): string | undefined {
  const containers = records(isRecord(spec) ? spec['containers'] : undefined)
  const tags = containers.map(({ image }) => /:(v?\d+\.\d+[\w.+-]*)(?:@|$)/.exec(String(image))?.[1])
  return tags.find((tag) => tag !== undefined)
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}
