import type { Command, FlagSpecs, Invocation } from '../cli/command.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { printJson } from '../kube/print-json.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { resources } from '../kube/resources.ts'
import { type Check, preflightChecks } from '../migration/preflight.ts'
import { lookVerbs, moveVerbs, type Right, type RoleName, rightsOf, rightTitle } from '../migration/rights.ts'
import { roleObjects } from '../migration/roles.ts'
import { asConnected } from '../present/as-connected.ts'
import { gapTexts } from '../present/gaps.ts'
import { preflightLines, preflightResult } from '../present/preflight.ts'
import { Problem } from '../problem.ts'
import { readDialect } from '../read/dialect.ts'
import { Gaps, settle } from '../read/gaps.ts'
import { readInstallation } from '../read/operators.ts'
import { missingRights } from '../read/rights.ts'
import type { Dialect } from '../v2/dialects/dialect.ts'
import { layoutOf, noteTo } from './screen.ts'
import { systems } from './version.ts'

const flags = {
  'print-rbac': {
    type: 'string',
    value: 'ROLE',
    bare: 'mover',
    choices: ['viewer', 'mover', 'platform'],
    describe:
      'print the rights of a role as YAML, for -n as a Role, and ask no cluster: to look, to move too, to keep runtimes too',
    group: 'Output',
  },
  output: {
    type: 'string',
    short: 'o',
    value: 'FORMAT',
    choices: ['text', 'json'],
    default: 'text',
    describe: 'a line a check, or data',
    group: 'Output',
  },
} as const satisfies FlagSpecs

export const command: Command<typeof flags> = {
  name: 'preflight',
  summary: 'is this cluster ready for a move, and may you make it?',
  usage: '',
  examples: [
    { does: 'Operators, versions, and your rights verb by verb', type: '$0 preflight -n nlp' },
    { does: 'May this user move jobs?', type: '$0 preflight -n nlp --as jane' },
    {
      does: 'The rights that moving needs, for one namespace',
      type: '$0 preflight --print-rbac=mover -n nlp > mover.yaml',
    },
    { does: 'A ClusterRole for those who only look', type: '$0 preflight --print-rbac=viewer | kubectl apply -f -' },
  ],
  flags,
  connects: true,
  manyNamespaces: false,
  run,
}

async function run(env: Env, { flags: given, connection }: Invocation<typeof flags>): Promise<ExitCode> {
  const role = given['print-rbac'] as RoleName | undefined
  if (role !== undefined) {
    env.out.write(
      roleObjects(role, connection.namespace)
        .map((object) => printYaml(object))
        .join('---\n'),
    )
    return exitCode.ok
  }
  const cluster = await env.connect(connection)
  try {
    return await preflight(env, cluster, given.output === 'json')
  } finally {
    cluster.close()
  }
}

async function preflight(env: Env, cluster: Cluster, json: boolean): Promise<ExitCode> {
  const { context, namespace } = cluster
  const gaps = new Gaps()
  const [installation, dialect, missing, namespaceExists] = await settle(
    readInstallation(cluster, gaps),
    knownDialect(cluster),
    missingByVerb(cluster, namespace),
    isThere(cluster, namespace),
  )
  const tested = { trainingOperator: systems.from.tested, trainer: systems.to.tested }
  const checks = preflightChecks({ installation, dialect, namespace, namespaceExists, missing, tested }).map(
    ({ todo, ...check }): Check => ({
      ...check,
      todo: todo.map((line) => asConnected(line.replace('$0', env.name), env.name)),
    }),
  )
  const ready = checks.every(({ result }) => result !== 'blocks')
  const notes = gapTexts(gaps.all)
  if (json) {
    const head = { apiVersion: 'kubectl-migrate.dev/v1alpha1', kind: 'Preflight', context, namespace, ready }
    env.out.write(`${printJson({ ...head, checks, notes })}\n`)
  } else {
    env.out.write(`${preflightLines(checks, layoutOf(env.out)).join('\n')}\n`)
    notes.forEach(noteTo(env))
    env.err.write(`${preflightResult(checks, namespace)}\n`)
  }
  return ready ? exitCode.ok : exitCode.no
}

/** Undefined where Trainer is absent, or speaks what nobody here knows: both are told by a check. */
async function knownDialect(cluster: Cluster): Promise<Dialect | undefined> {
  try {
    return await readDialect(cluster)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** Undefined where namespaces may not be read, as by who works in one. */
async function isThere(cluster: Cluster, namespace: string): Promise<boolean | undefined> {
  try {
    return (await cluster.find(resources.namespaces, undefined, namespace)) !== undefined
  } catch (error) {
    if (failedWith(error, 'forbidden')) return undefined
    throw error
  }
}

async function missingByVerb(cluster: Cluster, namespace: string) {
  const verbs = [...lookVerbs, ...moveVerbs]
  const wanted = new Map(verbs.map((verb) => [verb, rightsOf(verb)] as const))
  const all = new Map([...wanted.values()].flat().map((right) => [rightTitle(right), right]))
  const missing = await missingRights(cluster, namespace, [...all.values()])
  if (missing === undefined) return undefined
  const titles = new Set(missing.map(rightTitle))
  const lacks = (rights: readonly Right[]) => rights.filter((right) => titles.has(rightTitle(right)))
  return new Map([...wanted].map(([verb, rights]) => [verb, lacks(rights)] as const))
}
