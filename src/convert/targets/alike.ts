import { equalJson } from '../../kube/clone.ts'
import type { Container, EnvVar, PodSpec, PodTemplate, Resources } from '../../kube/pod.ts'
import type { Dialect, PodOverride } from '../../v2/dialects/dialect.ts'
import { ancestorLabel, type Trainer, trainerContainer } from '../../v2/trainjob.ts'
import type { Intent, IntentRole } from '../intent.ts'
import { type Binding, boundEnv, isHelper } from './bound-env.ts'
import { jobSpec } from './job-spec.ts'
import { bindingFor, loses, sidecar, withOwnLabels } from './node-pod.ts'
import { renameContainer, renameInMetadata, renameInPod } from './rename.ts'
import { asksRoleIndex, withRoleIndex } from './role-index.ts'
import type { Target } from './target.ts'

/** Whether one replicated job can stand for all roles: same pods, same restarts, and nothing in their env tells the roles apart. */
export function areAlike(intent: Intent): boolean {
  const [first, ...others] = intent.roles
  if (!first) return false
  const compared = (role: IntentRole) => ({ ...role, role: '', path: [], count: 0 })
  if (intent.mpi || intent.startFirst !== undefined || first.own || clashes(first)) return false
  const oneRole = others.length === 0
  return (
    others.every((role) => equalJson(compared(role), compared(first))) &&
    (oneRole || !(asksRoleIndex(first.template.spec) || first.injected.some(({ parts }) => parts.some(isOfRole))))
  )
}

/** Another container has the name that the one that trains would get. */
function clashes({ template: { spec }, main }: IntentRole): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(
    ({ name }) => name === trainerContainer && name !== main,
  )
}

/** A pod's place inside its role means another pod once the roles are one. */
function isOfRole(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'is' in part && (part.is === 'index' || part.is === 'self')
}

/**
 * One replicated job `node` whose first pod is v1's first: for roles that are alike. The runtime carries v1's conventions and nothing of
 * one job; image, command, env, resources, size and scheduling are the TrainJob's. Same-shaped jobs of any name and size share it.
 */
export function alike(intent: Intent, dialect: Dialect): Target {
  const [role] = intent.roles
  if (!role) throw new Error('a job without replicas has no shape')
  const total = intent.roles.reduce((sum, { count }) => sum + count, 0)
  const binding = bindingFor(intent, role.template)
  const renamed = renameInPod(role.template.spec, role.main, trainerContainer)
  const template = { ...role.template, spec: withRoleIndex(renamed, binding) }
  const main = template.spec.containers.find(({ name }) => name === role.main)
  if (!main) throw new Error(`container ${role.main} is missing`)
  const env = placeEnv(role, main, binding, dialect)
  const mounted = mountsOf(main, dialect)
  const { trainer, kept } = splitMain(main, total, env, mounted, dialect)
  const { patch, spec } = splitPod(template, mounted !== undefined, dialect)
  const { metadata, findings } = renameInMetadata(withOwnLabels(role), role.main, trainerContainer, role.path)
  return {
    shape: 'replicas alike',
    jobSet: {
      replicatedJobs: [
        {
          name: 'node',
          template: {
            metadata: { labels: { [ancestorLabel]: 'trainer' } },
            spec: {
              ...jobSpec(intent, role, trainerContainer),
              ...success(intent, total),
              template: {
                ...ofRuntime(metadata, dialect),
                spec: {
                  ...spec,
                  containers: template.spec.containers.map((container) =>
                    container === main ? kept : sidecar(container, binding, role),
                  ),
                  restartPolicy: role.restart.podPolicy,
                },
              },
            },
          },
        },
      ],
    },
    trainer,
    overrides: overridesOf(metadata, patch, mounted, dialect),
    findings,
  }
}

/** The pods that decided in v1 decide here, by their index; any pod where v1 took the first to succeed. */
function success(intent: Intent, total: number): { successPolicy?: { rules: Record<string, unknown>[] } } {
  const { success: decides, roles } = intent
  if (total === 1 || decides.by === 'all') return {}
  if (decides.by === 'any') return { successPolicy: { rules: [{ succeededCount: 1 }] } }
  const at = roles.findIndex(({ role }) => role === decides.role)
  const first = roles.slice(0, at).reduce((sum, { count }) => sum + count, 0)
  const last = first + (decides.by === 'first' ? 1 : (roles[at]?.count ?? 1)) - 1
  if (last - first + 1 === total) return {}
  return { successPolicy: { rules: [{ succeededIndexes: first === last ? `${first}` : `${first}-${last}` }] } }
}

interface PlacedEnv {
  readonly runtime: readonly EnvVar[]
  readonly trainJob: readonly EnvVar[]
}

/**
 * v1 appends its env to the user's, so that `$(RANK)` in a user's value stays literal text there. The runtime's env stands before
 * the TrainJob's: where the order matters, or Trainer would not copy a source, all of it stays together in v1's order.
 */
function placeEnv(role: IntentRole, main: Container, binding: Binding, dialect: Dialect): PlacedEnv {
  const user = renameContainer(main.env ?? [], role.main, trainerContainer)
  const bound = boundEnv(role.injected, binding, role.role)
  const inOrder = [...user, ...bound]
  const tooMany = inOrder.length > dialect.trainerItems
  if (tooMany || user.some(loses)) return { runtime: inOrder, trainJob: [] }
  const leans = user.some(
    ({ value = '' }) => value.includes('$(') && bound.some(({ name }) => value.includes(`$(${name})`)),
  )
  if (leans) return { runtime: [], trainJob: inOrder }
  const perJob = new Set(role.injected.filter((variable) => variable.perJob).map(({ name }) => name))
  const shared = bound.filter(({ name }) => !perJob.has(name))
  const onlyHelpers = shared.every(({ name }) => isHelper(name, binding))
  return {
    runtime: onlyHelpers ? [] : shared,
    trainJob: onlyHelpers ? inOrder : [...user, ...bound.filter(({ name }) => perJob.has(name))],
  }
}

/** What of the container goes into spec.trainer and what stays in the runtime. */
function splitMain(
  main: Container,
  total: number,
  env: PlacedEnv,
  mounted: Partial<Container> | undefined,
  dialect: Dialect,
): { trainer: Trainer; kept: Container } {
  const { image, command, args, resources, env: _env, volumeMounts, securityContext, ...rest } = main
  const fits = (texts: readonly string[] = []) =>
    texts.length <= dialect.trainerItems && texts.every((text) => text.length <= dialect.trainerText)
  const small = (image ?? '').length <= dialect.imageText && fits(command) && fits(args)
  const own: Pick<Container, 'image' | 'command' | 'args'> = {
    ...(image === undefined ? {} : { image }),
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
  }
  const claims = resources?.claims !== undefined
  const trainer: Trainer = {
    numNodes: total,
    ...(small ? own : {}),
    ...(env.trainJob.length > 0 ? { env: [...env.trainJob] } : {}),
    ...(resources && !claims && hasAmounts(resources) ? { resourcesPerNode: resources } : {}),
  }
  const kept: Container = {
    ...rest,
    ...(small ? {} : own),
    name: trainerContainer,
    ...(env.runtime.length > 0 ? { env: [...env.runtime] } : {}),
    ...(claims ? { resources } : {}),
    ...(volumeMounts && !mounted?.volumeMounts ? { volumeMounts } : {}),
    ...(securityContext !== undefined && !mounted?.['securityContext'] ? { securityContext } : {}),
  }
  return { trainer, kept }
}

function hasAmounts(resources: Resources): boolean {
  return Object.keys(resources.limits ?? {}).length + Object.keys(resources.requests ?? {}).length > 0
}

/** Most items of a list in an override (Trainer v2.3.0, trainjob_types.go); older versions have no limit. */
const overrideItems: Readonly<Record<string, number>> = { imagePullSecrets: 64, schedulingGates: 16 }
const usualItems = 128

/**
 * What an override sets on the container; undefined where its mounts must stay in the runtime: an override's mounts are keyed by
 * volume, so a volume mounted twice cannot be told there.
 */
function mountsOf(main: Container, dialect: Dialect): Partial<Container> | undefined {
  const mounts = main.volumeMounts ?? []
  const twice = new Set(mounts.map(({ name }) => name)).size < mounts.length
  if (twice || mounts.length > usualItems) return undefined
  const security = main['securityContext']
  return {
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    ...(security !== undefined && dialect.containerFields.includes('securityContext')
      ? { securityContext: security }
      : {}),
  }
}

/** What of the pod goes into the override and what stays in the runtime, where volumes stay with the mounts that need them. */
function splitPod(
  template: PodTemplate,
  mountsMove: boolean,
  dialect: Dialect,
): { patch: Partial<PodSpec>; spec: PodSpec } {
  const patch: Record<string, unknown> = {}
  const spec: PodSpec = { ...template.spec }
  for (const field of dialect.podFields) {
    const value = spec[field]
    const tooMany = Array.isArray(value) && value.length > (overrideItems[field] ?? usualItems)
    if (value === undefined || tooMany || (field === 'volumes' && !mountsMove)) continue
    patch[field] = value
    delete spec[field]
  }
  return { patch, spec }
}

/** No override has finalizers. */
function ofRuntime(metadata: PodTemplate['metadata'], dialect: Dialect): { metadata?: PodTemplate['metadata'] } {
  if (!dialect.metadata) return isEmpty(metadata) ? {} : { metadata }
  return metadata?.finalizers ? { metadata: { finalizers: metadata.finalizers } } : {}
}

function overridesOf(
  whole: PodTemplate['metadata'],
  pod: Partial<PodSpec>,
  container: Partial<Container> | undefined,
  dialect: Dialect,
): PodOverride[] {
  const spec = { ...pod, ...(isEmpty(container) ? {} : { containers: [{ name: trainerContainer, ...container }] }) }
  const { finalizers: _ofRuntime, ...metadata } = whole ?? {}
  const hasMetadata = dialect.metadata && !isEmpty(metadata)
  if (isEmpty(spec) && !hasMetadata) return []
  return [{ job: 'node', ...(hasMetadata ? { metadata } : {}), ...(isEmpty(spec) ? {} : { spec }) }]
}

function isEmpty(value: object | undefined): boolean {
  return value === undefined || Object.keys(value).length === 0
}
