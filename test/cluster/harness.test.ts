import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { cluster } from './harness.ts'
import { v1Job } from './jobs.ts'

/** Makes a program that stands for kubectl-migrate until the test ends. */
async function program(script: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'program-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'kubectl-migrate')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  vi.stubEnv('KUBECTL_MIGRATE_BIN', path)
}

afterEach(() => {
  vi.unstubAllEnvs()
})

describe('migrate', () => {
  it('runs the program KUBECTL_MIGRATE_BIN names and returns its code and both streams', async () => {
    await program('cat; echo "$@"; echo words >&2; exit 5')
    expect(await cluster().migrate(['status', "it's", '*'], { namespace: 'team', input: 'yes\n' })).toEqual({
      code: 5,
      stdout: "yes\nstatus it's * -n team\n",
      stderr: 'words\n',
    })
  })

  it('gives it the kubeconfig of the cluster, and its kubectl', async () => {
    await program('kubectl config view --minify -o "jsonpath={.clusters[0].cluster.server}"')
    const { stdout } = await cluster().migrate([])
    expect(stdout).toMatch(/^https:\/\//)
  })

  it('gives it a terminal of the asked width, on which the input is typed', async () => {
    await program('test -t 0 && test -t 1 && stty size; read answer; echo "got $answer, $1"; exit 4')
    const { code, stdout } = await cluster().migrate(["it's"], { tty: { columns: 42 }, input: 'yes\n' })
    expect(stdout).toContain('50 42')
    expect(stdout).toContain("got yes, it's")
    expect(code).toBe(4)
  })

  it('reports the signal that ended it', async () => {
    await program('kill -9 $$')
    expect((await cluster().migrate([])).code).toBe(137)
  })

  it('runs the sources as a bundle otherwise', async () => {
    vi.stubEnv('KUBECTL_MIGRATE_BIN', '')
    const { code, stdout, stderr } = await cluster().migrate(['version'])
    expect(stderr).toBe('')
    expect(stdout).toContain('kubectl-migrate')
    expect(code).toBe(0)
  })
})

describe('a namespace', () => {
  it('is there for one test and deleted after it', async () => {
    const { createNamespace, deleteNamespace, kubectl, waitFor } = cluster()
    const name = await createNamespace()
    expect((await kubectl(['get', 'serviceaccount', 'default'], { namespace: name })).code).toBe(0)
    await deleteNamespace(name)
    await waitFor('the namespace is gone', async () => (await kubectl(['get', 'namespace', name])).code === 1)
  })
})

describe('get', () => {
  it.each([
    [['pods']],
    [['pods', '-l', 'team=a']],
    [['pod/one']],
    [['pod', 'one']],
    [['configmaps,pods,pytorchjobs,leases']],
    [['events', '--field-selector', 'reason=Scheduled']],
    [['persistentvolumeclaims']],
  ])('answers as kubectl does: %j', async (args) => {
    const { namespace, create, get, kubectl, waitFor } = cluster()
    const place = await namespace()
    const spec = { containers: [{ name: 'main', image: 'a:1' }] }
    const pod = (name: string, team: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { team } },
      spec,
    })
    await create(place, pod('one', 'a'), pod('two', 'b'), v1Job('bert', { suspend: true }))
    await waitFor('nothing changes any more', async () => {
      const { stdout } = await kubectl(['get', ...args, '-o', 'json'], { namespace: place })
      return isDeepStrictEqual(await get(args, { namespace: place }), JSON.parse(stdout))
    })
  })

  it('throws with the words of the server where there is nothing', async () => {
    const place = await cluster().namespace()
    const absent = cluster().get(['pytorchjob/nobody'], { namespace: place })
    await expect(absent).rejects.toThrow('pytorchjobs.kubeflow.org "nobody" not found')
  })
})

describe('waitFor', () => {
  it('returns the first answer that is not false', async () => {
    let asked = 0
    expect(await cluster().waitFor('three', async () => ++asked === 3 && asked)).toBe(3)
  })

  it('names what it waited for and the last error', async () => {
    const refused = cluster().waitFor('the end', () => Promise.reject(new Error('refused')), 300)
    await expect(refused).rejects.toThrow('not within 0.3 s: the end. Last error: refused')
  })

  it('tells what is in the namespaces of the test, and what its controllers said', async () => {
    const { namespace, create, waitFor } = cluster()
    const name = await namespace()
    const spec = { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' }, containers: [{ name: 'main', image: 'a:1' }] }
    await create(name, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lost' }, spec })
    const failed = waitFor('the end', async () => false, 300)
    await expect(failed).rejects.toThrow(
      /^not within 0\.3 s: the end\.\n[\s\S]*Pod lost \{"status":\{.*"phase":"Pending"/,
    )
  })
})
