/**
 * `node scripts/session.ts`: types the main job on the cluster of KUBECONFIG and writes what it printed into README.md, between the markers.
 * Run `npm run package` before: it types the binary in dist. It makes namespace vision and a job in it, and removes both. Meant for the test control plane: `scripts/cluster up`.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(fileURLToPath(import.meta.url), '../..')
const readme = path.join(root, 'README.md')
const [start, end] = ['<!-- session: scripts/session.ts -->', '<!-- end of session -->']

const namespace = 'vision'
const job = readFileSync(path.join(root, 'examples/all-alike.yaml'), 'utf8')
const name = /^ {2}name: (\S+)$/m.exec(job)?.[1]
if (name === undefined) throw new Error('examples/all-alike.yaml names no job')

/** What the job mounts. */
const claim = JSON.stringify({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '1Gi' } } },
})

const commands = [
  `kubectl migrate list -n ${namespace}`,
  `kubectl migrate diff job ${name} -n ${namespace}`,
  `kubectl migrate cutover job ${name} -n ${namespace} --yes --observe 5s`,
  `kubectl migrate status ${name} -n ${namespace}`,
]

const environment = {
  ...process.env,
  PATH: `${path.join(root, 'dist')}:${process.env['PATH']}`,
  COLUMNS: '100',
  NO_COLOR: '1',
  // of the Node that runs this script: a shell of a person would not hand it to kubectl
  _: undefined,
}

/** What a command prints on a pipe, both streams in the order they came; a failure ends the session. */
function type(command: string, input?: string): string {
  const { status, stdout } = spawnSync('sh', ['-c', `${command} 2>&1`], { env: environment, encoding: 'utf8', input })
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}`)
  return stdout
}

type(`kubectl create namespace ${namespace}`)
try {
  type('kubectl apply -f -', claim)
  type('kubectl apply -f -', job)
  type(`kubectl wait -n ${namespace} --for=condition=Running pytorchjob/${name} --timeout=60s`)
  type(`kubectl wait -n ${namespace} --for=condition=Ready pod --all --timeout=60s`)
  const recorded = commands.map((command) => `$ ${command}\n${type(command)}`).join('\n')
  const text = readFileSync(readme, 'utf8')
  const [before, rest] = [text.indexOf(start), text.indexOf(end)]
  if (before < 0 || rest < before) throw new Error('README.md has no markers for the session')
  const block = `${start}\n\`\`\`console\n${recorded.trimEnd()}\n\`\`\`\n`
  writeFileSync(readme, text.slice(0, before) + block + text.slice(rest))
} finally {
  type(`kubectl delete namespace ${namespace} --wait=false`)
}
