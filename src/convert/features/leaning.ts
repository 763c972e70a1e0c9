import { expand } from '../../kube/expand.ts'
import { isRecord } from '../../kube/object.ts'
import type { Container } from '../../kube/pod.ts'
import type { V1Job } from '../../v1/job.ts'
import type { FindingDetail } from '../finding.ts'
import type { Feature, FeatureContext } from '../intent.ts'
import { templatePath } from '../intent.ts'
import type { Path } from '../ledger.ts'

/** Ways a script takes a pod's number, its role or the job's name out of its host name; one that only shows it is not among them. */
const hostNameParsing = new RegExp(
  [
    String.raw`\$\{?HOSTNAME(?:##|#|%%|%|:|\/)`,
    // piped, compared, matched or read word by word
    String.raw`\$\{?HOSTNAME\}?["']?\s*(?:\||[!=]?=|in\b)`,
    String.raw`<<<\s*["']?\$\{?HOSTNAME`,
    String.raw`(?:\$\(|\`)hostname\b`,
    String.raw`\bhostname(?:\s+-\w+)?\s*\|`,
    String.raw`\buname\s+-n\b`,
    String.raw`\/etc\/hostname\b`,
    String.raw`(?:gethostname|getfqdn|platform\.node|os\.uname)\(\)`,
    String.raw`(?:environ|getenv)(?:\.get)?[([]\s*["']HOSTNAME`,
  ].join('|'),
)

/** Files that an MPIJob's pods have for kubectl exec only (Training Operator v1.9.4, pkg/controller.v1/mpi/mpijob.go). */
const execFiles = /\/etc\/mpi\/(?:kubexec|discover_hosts)\.sh|\/opt\/kube\b/

/** One thing of v1's that a text leans on. */
type Leaning = Pick<FindingDetail, 'code' | 'message' | 'remedy'>

/** A pattern that is made when a text may match it. */
type Hosts = () => RegExp

/** Texts of a container that programs read, and where they stand. */
function* texts(container: Container): Generator<{ text: string; path: Path; value: string }> {
  for (const field of ['command', 'args'] as const) {
    for (const [index, text] of (container[field] ?? []).entries()) {
      if (typeof text === 'string') yield { text, path: [field, index], value: field }
    }
  }
  for (const [index, { name, value }] of (container.env ?? []).entries()) {
    if (typeof value === 'string') yield { text: value, path: ['env', index, 'value'], value: `env.${name}` }
  }
}

const handlers = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const

/** Texts of a container's probes and hooks; the kubelet puts no env into them. */
function* handlerTexts(container: Container): Generator<{ text: string; path: Path; value: string }> {
  for (const field of handlers) {
    for (const { text, path } of textsIn(container[field], [field])) yield { text, path, value: `${field}.*` }
  }
}

function* textsIn(value: unknown, path: Path): Generator<{ text: string; path: Path }> {
  if (typeof value === 'string') yield { text: value, path }
  const members = Array.isArray(value) ? value.entries() : isRecord(value) ? Object.entries(value) : []
  for (const [key, item] of members) yield* textsIn(item, [...path, key])
}

/** What commands, arguments, env values, probes and hooks say about names that are v1's: it is carried as it stands, and said. */
export const leaning: Feature = {
  name: 'leaning',
  apply(context) {
    const { job, intent } = context
    const hosts = hostPattern(job)
    for (const [at, replica] of job.replicas.entries()) {
      const role = intent.roles[at]
      if (!role) continue
      for (const list of ['containers', 'initContainers'] as const) {
        for (const [index, container] of (replica.template.spec[list] ?? []).entries()) {
          const where = [...templatePath(job, replica.key), 'spec', list, index]
          const label = list === 'containers' && container.name === role.main ? 'main' : container.name
          const explained = new Set<string>()
          const values = (value: string) => {
            const all = [value, ...takers(container, value)]
            for (const each of all) explained.add(each)
            return all.map((each) => `${list}[${label}].${each}`)
          }
          for (const { text, path, value } of [...texts(container), ...handlerTexts(container)]) {
            look(context, text, [...where, ...path], () => values(value), hosts)
          }
          for (const { text, path, value } of expandedTexts(container)) {
            const host = explained.has(value) ? undefined : hostIn(text, job, hosts)
            if (host) context.ledger.note([...where, ...path], { ...host, explains: values(value) })
          }
        }
      }
    }
    nameReuse(context)
  },
}

/** The texts that env values are put into, as programs get them. */
function* expandedTexts(container: Container): Generator<{ text: string; path: Path; value: string }> {
  const known = new Map<string, string>()
  const found = [...texts(container)]
  // most texts refer to nothing
  if (!found.some(({ text }) => text.includes('$('))) return
  const ofEnv = found.filter(({ value }) => value.startsWith('env.'))
  for (const each of [...ofEnv, ...found.filter((other) => !ofEnv.includes(other))]) {
    const text = each.text.includes('$(') ? expand(each.text, (name) => known.get(name)) : each.text
    if (text !== each.text) yield { ...each, text }
    if (each.path[0] === 'env') known.set(each.value.slice('env.'.length), text)
  }
}

/** Values of a container that hold `$(NAME)` of an env value, or of another that does. */
function takers(container: Container, value: string, seen: readonly string[] = []): string[] {
  if (!value.startsWith('env.')) return []
  const reference = `$(${value.slice('env.'.length)})`
  const direct = [...texts(container)].filter(({ text }) => text.includes(reference)).map((found) => found.value)
  const fresh = direct.filter((each) => each !== value && !seen.includes(each))
  return fresh.flatMap((each) => [each, ...takers(container, each, [...seen, value, ...fresh])])
}

/** The job's own pod names, whole or up to the number, which a program adds: what v1's Services answer to and v2's do not. */
export function hostPattern(job: V1Job): Hosts {
  let pattern: RegExp | undefined
  return () => {
    pattern ??= newHostPattern(job)
    return pattern
  }
}

function newHostPattern(job: V1Job): RegExp {
  const name = job.name.replace(/[^A-Za-z0-9-]/g, '\\$&')
  const alone = job.replicas.flatMap(({ role }) => (role === 'launcher' ? [role] : []))
  const numbered = job.replicas.flatMap(({ role }) => (role === 'launcher' ? [] : [`${role}-`]))
  const pods = [...alone, ...numbered.map((role) => `${role}(?:0|[1-9]\\d*)`)].join('|')
  // what is no part of a path, and goes on with a variable, a pattern or the end of a literal
  const begun = `(?<!(?<!/)/)${name}-(?:${numbered.join('|') || '(?!)'})(?=[$%{[<(*\\\\"'\`])`
  return new RegExp(`(?<![\\w.-])(?:${name}-(?:${pods || '(?!)'})(?![\\w-])|${begun})`)
}

/** What a text leans on that is v1's, each with what is said of it. */
export function leanings(text: string, { job, mpi }: Pick<FeatureContext, 'job' | 'mpi'>, hosts: Hosts): Leaning[] {
  const found: Leaning[] = []
  const host = hostIn(text, job, hosts)
  if (host) found.push(host)
  if (/host|fqdn|uname|node\(/i.test(text) && hostNameParsing.test(text)) {
    found.push({
      code: 'host-name-parsing',
      message: 'it takes a host name apart: v2’s have other parts and numbers',
    })
  }
  if (text.includes('training.kubeflow.org')) {
    found.push({ code: 'v1-label-in-text', message: 'it names labels or kinds of Training Operator' })
  }
  if (mpi === 'ssh' && execFiles.test(text)) {
    found.push({
      code: 'mpi-path-in-text',
      message: 'it names a file of v1’s kubectl exec, which pods with --mpi ssh do not have',
      remedy: '--mpi exec keeps those files',
    })
  }
  return found
}

/** A host name of v1's that a text has, or begins. */
function hostIn(text: string, job: V1Job, hosts: Hosts): Leaning | undefined {
  const host = text.includes(job.name) ? hosts().exec(text)?.[0] : undefined
  if (host === undefined) return undefined
  return {
    code: 'literal-host',
    message: host.endsWith('-')
      ? `names that begin with ${host} are put together, and no pod of v2 has one`
      : `${host} is written out, and no pod of v2 has that name`,
    remedy: 'take the address from MASTER_ADDR, which both sides set',
  }
}

function look(context: FeatureContext, text: string, path: Path, values: () => readonly string[], hosts: Hosts): void {
  for (const leaning of leanings(text, context, hosts)) {
    const explains = leaning.code === 'literal-host' ? { explains: values() } : {}
    context.ledger.note(path, { ...leaning, ...explains })
  }
}

function nameReuse({ job, ledger }: FeatureContext): void {
  const { name } = job.object.metadata
  if (job.runPolicy.ttlSecondsAfterFinished === undefined || name === undefined) return
  ledger.note(['metadata', 'name'], {
    code: 'ttl-name-reuse',
    message: `a later create of ${name} is refused while the finished TrainJob stands`,
  })
}
