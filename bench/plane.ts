import { Api, messageOf } from '../test/cluster/api.ts'
import { acquire } from '../test/cluster/global-setup.ts'
import { waitFor } from '../test/cluster/wait-for.ts'

/** The cluster of a bench run: one of its own, or the one the environment names to the cluster tests too. */
export interface Plane {
  readonly kubectl: string
  readonly environment: Readonly<Record<string, string>>
  readonly api: Api
  /** ends with the run, and with all that is in it */
  readonly isOwn: boolean
  stop(): Promise<void>
}

export async function startPlane(say: (line: string) => void): Promise<Plane> {
  const { provided, stop } = await acquire(say)
  const api = await Api.fromKubeconfig(provided.kubeconfig)
  return {
    kubectl: provided.kubectl,
    environment: { KUBECONFIG: provided.kubeconfig },
    api,
    isOwn: provided.folder?.includes('/run-') === true,
    async stop() {
      api.close()
      await stop()
    },
  }
}

export async function createNamespace(api: Api, name: string): Promise<void> {
  const answer = await api.request('POST', '/api/v1/namespaces', { metadata: { name } })
  if (answer.status >= 300 && answer.status !== 409) throw new Error(`namespace ${name}: ${messageOf(answer)}`)
}

/** Removes namespaces with all that is in them, and waits until they are gone. */
export async function deleteNamespaces(api: Api, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const answer = await api.request('DELETE', `/api/v1/namespaces/${name}`)
    if (answer.status >= 300 && answer.status !== 404) throw new Error(`namespace ${name}: ${messageOf(answer)}`)
  }
  for (const name of names) {
    const gone = async () => (await api.request('GET', `/api/v1/namespaces/${name}`)).status === 404
    await waitFor(`namespace ${name} is gone`, gone, 600_000)
  }
}
