import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import type { Files, Input } from '../env.ts'
import { exitCode } from '../exit-code.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { parseJson } from '../kube/parse-json.ts'
import { resources } from '../kube/resources.ts'
import { hasMovedSpec } from '../migration/moved-spec.ts'
import { type MigrationRecord, recordName } from '../migration/record.ts'
import { Problem } from '../problem.ts'
import { readManifests } from './manifests.ts'

/** Where the manifest of a deleted v1 job is taken from. */
export interface ManifestQuestion {
  readonly record: MigrationRecord
  /** a file, instead of the Secret */
  readonly from?: string
  readonly files: Files
  readonly input: Input
}

/**
 * The v1 job as it was before it was moved. Throws a Problem where it cannot be had (exit 1 or 2), and `manifest-differs` for one whose
 * spec is not the one that was moved.
 */
export async function readV1Manifest(
  cluster: Cluster,
  question: ManifestQuestion,
): Promise<{ readonly manifest: KubeObject; readonly source: string }> {
  const { record, from, files, input } = question
  const source = from ?? `Secret ${recordName(record)}`
  const manifest = from === undefined ? await ofSecret(cluster, record) : await ofFile(files, input, from, record)
  refuseOther(manifest, source, record)
  return { manifest, source }
}

async function ofSecret(cluster: Cluster, record: MigrationRecord): Promise<KubeObject> {
  const { namespace, kind } = record
  const name = recordName(record)
  const again = `$0 rollback ${kind.toLowerCase()}/${record.name} -n ${namespace} --from FILE`
  let secret: KubeObject | undefined
  try {
    secret = await cluster.find(resources.secrets, namespace, name)
  } catch (error) {
    if (!failedWith(error, 'forbidden')) throw error
    throw new Problem({
      code: 'guard-rights',
      what: `${namespace}/${record.name} is not rolled back: you may not get secrets in namespace ${namespace}`,
      why: `v1 is deleted, and its manifest is in Secret ${name}; nothing was changed`,
      next: [
        `kubectl get secret ${name} -n ${namespace} -o jsonpath='{.data.manifest\\.json}' | base64 -d > v1.json   (by somebody who may)`,
        again.replace('FILE', 'v1.json'),
      ],
      exit: exitCode.no,
    })
  }
  const data = secret?.['data']
  const text = isRecord(data) ? data['manifest.json'] : undefined
  const manifest: unknown =
    typeof text === 'string' ? parseJson(Buffer.from(text, 'base64').toString('utf8')) : undefined
  if (isRecord(manifest)) return manifest as unknown as KubeObject
  throw new Problem({
    code: 'manifest-gone',
    what: `${namespace}/${record.name} is not rolled back: Secret ${name} ${secret ? 'has no manifest that can be read' : 'is gone'}`,
    why: 'v1 is deleted, and that was its manifest; nothing was changed',
    next: [`${again}   (from a backup, or what it was created from)`],
    exit: exitCode.no,
  })
}

async function ofFile(files: Files, input: Input, path: string, record: MigrationRecord): Promise<KubeObject> {
  for await (const { problem, documents } of readManifests(files, input, { paths: [path], recursive: false })) {
    if (problem) throw problem
    for (const document of documents) {
      if (document.problem) throw document.problem
      const { kind, metadata } = document.object ?? {}
      const { name, namespace = record.namespace } = isRecord(metadata) ? metadata : {}
      if (kind === record.kind && name === record.name && namespace === record.namespace)
        return document.object as unknown as KubeObject
    }
  }
  throw new Problem({
    code: 'no-such-manifest',
    what: `${path} has no ${record.kind} ${record.namespace}/${record.name}`,
    exit: exitCode.usage,
  })
}

function refuseOther(manifest: KubeObject, source: string, record: MigrationRecord): void {
  if (hasMovedSpec(manifest, record)) return
  const { namespace, name, kind } = record
  throw new Problem({
    code: 'manifest-differs',
    what: `${namespace}/${name} is not rolled back: the ${kind} in ${source} is not the one that was moved: its spec differs`,
    why: 'v1 would not go on with the same training; nothing was changed',
    next: [`$0 status ${name} -n ${namespace} --history`],
    exit: exitCode.no,
  })
}
