import { build } from '../cli/build.ts'
import type { Invocation } from '../cli/command.ts'
import { lostCodes } from '../convert/codes.ts'
import { convertJob } from '../convert/convert.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import { printJson } from '../kube/print-json.ts'
import { printYaml } from '../kube/print-yaml.ts'
import { resources } from '../kube/resources.ts'
import { Problem } from '../problem.ts'
import { readSources } from '../read/sources.ts'
import { noteTo } from './screen.ts'

/**
 * Prints a runtime of ours so that it can be applied: as the cluster has it, else as the conversion of the v1 job that needs it makes it.
 * Names carry a hash of the content, so what has the name is the runtime. Throws a Problem (exit 1) where no job needs such a one.
 */
export async function exportRuntime(
  env: Env,
  {
    connection,
    flags: { output },
  }: Pick<Invocation<never>, 'connection'> & { readonly flags: { readonly output?: string } },
  name: string,
): Promise<ExitCode> {
  const cluster = await env.connect(connection)
  const { namespace } = cluster
  let runtime: KubeObject | undefined
  try {
    runtime = await cluster.find(resources.trainingRuntimes, namespace, name)
  } finally {
    cluster.close()
  }
  runtime = runtime ? applicable(runtime) : await ofJobs(env, connection, name)
  if (!runtime) {
    throw new Problem({
      code: 'no-such-runtime',
      what: `there is no runtime ${name} in namespace ${namespace}, and no v1 job that needs it`,
      why: 'a runtime of this program has a hash of its content in its name',
      next: [
        `$0 runtimes -n ${namespace}`,
        `$0 cutover job NAME -n ${namespace} --dry-run   (names the runtime it needs)`,
      ],
      exit: exitCode.no,
    })
  }
  env.out.write(output === 'json' ? `${printJson(runtime)}\n` : printYaml(runtime))
  return exitCode.ok
}

/** Without what the API server and kubectl wrote. */
function applicable({ apiVersion, kind, metadata, ...content }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations = {} } = metadata
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...kept } = annotations
  const { status: _status, ...rest } = content
  const noted = Object.keys(kept).length > 0 ? { annotations: kept } : {}
  return { apiVersion, kind, metadata: { name, namespace, ...(labels ? { labels } : {}), ...noted }, ...rest }
}

async function ofJobs(env: Env, connection: Invocation['connection'], name: string): Promise<KubeObject | undefined> {
  const query = { paths: [], recursive: false, positionals: [], selector: '', allNamespaces: false }
  for await (const source of readSources(env, { ...query, connection, verb: 'runtimes export', note: noteTo(env) })) {
    if (source.is !== 'job') continue
    const { object, dialect } = source
    for (const mpi of object.kind === 'MPIJob' ? (['exec', 'ssh'] as const) : [undefined]) {
      const runtime = runtimeOf(object, { dialect, mpi })
      if (runtime?.metadata.name === name) return runtime
    }
  }
  return undefined
}

/** As cutover makes it; undefined for a job that cannot be converted. */
function runtimeOf(
  object: KubeObject,
  options: Pick<Parameters<typeof convertJob>[1], 'dialect' | 'mpi'>,
): KubeObject | undefined {
  const asCutover = { live: true, run: true, anyName: true, toolVersion: build.version, accept: lostCodes }
  try {
    return convertJob(object, { ...asCutover, ...options }).runtime
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}
