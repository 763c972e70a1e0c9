import { readFile } from 'node:fs/promises'
import { Agent, request as httpsRequest } from 'node:https'
import { load } from 'js-yaml'
import type { Manifest } from './manifests.ts'

interface Kubeconfig {
  readonly clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[]
  readonly users: readonly {
    user: { 'client-certificate-data': string; 'client-key-data': string; token?: undefined } | { token: string }
  }[]
}

export interface Answer {
  readonly status: number
  readonly body: unknown
}

const clusterScoped = new Set([
  'Namespace',
  'Node',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'StorageClass',
  'PriorityClass',
  'ClusterTrainingRuntime',
  'ResourceFlavor',
  'ClusterQueue',
])

/** Takes an object and returns the path it has on the API server; enough for the kinds the harness installs. */
export function pathOf({ apiVersion, kind, metadata }: Manifest): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const lower = kind.toLowerCase()
  const plural = lower.endsWith('s') ? `${lower}es` : lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`
  const scope = clusterScoped.has(kind) ? '' : `/namespaces/${metadata.namespace ?? 'default'}`
  return `${root}${scope}/${plural}/${metadata.name}`
}

/**
 * The harness' own line to the API server it started: kept deliberately apart from the client under test, and without a
 * kubectl process for every one of some two hundred objects.
 */
export class Api {
  readonly #server: URL
  readonly #agent: Agent
  readonly #identity: Readonly<Record<string, string>>

  private constructor(server: URL, agent: Agent, identity: Readonly<Record<string, string>>) {
    this.#server = server
    this.#agent = agent
    this.#identity = identity
  }

  /** Reads a kubeconfig with embedded client certificates, as the harness writes it, or with a token, as the sandbox does. */
  static async fromKubeconfig(path: string): Promise<Api> {
    const { clusters, users } = load(await readFile(path, 'utf8')) as Kubeconfig
    const cluster = clusters[0]?.cluster
    const user = users[0]?.user
    if (cluster === undefined || user === undefined) throw new Error(`${path} has no cluster or no user`)
    const decode = (data: string) => Buffer.from(data, 'base64')
    const agent = new Agent({
      keepAlive: true,
      maxSockets: 16,
      ca: decode(cluster['certificate-authority-data']),
      ...(user.token === undefined && {
        cert: decode(user['client-certificate-data']),
        key: decode(user['client-key-data']),
      }),
    })
    const identity: Record<string, string> = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` }
    return new Api(new URL(cluster.server), agent, identity)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** @param body a string is sent as it is */
  async request(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
    accept = 'application/json',
  ): Promise<Answer> {
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    return new Promise((resolve, reject) => {
      const call = httpsRequest(
        new URL(path, this.#server),
        {
          method,
          agent: this.#agent,
          timeout: 120_000,
          headers: {
            ...this.#identity,
            accept,
            // Node sends a DELETE's body without its length otherwise
            ...(payload && { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
          },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (part: string) => {
            text += part
          })
          response.on('error', reject)
          response.on('end', () => {
            const isJson = response.headers['content-type']?.startsWith('application/json')
            resolve({ status: response.statusCode ?? 0, body: isJson && text ? JSON.parse(text) : text })
          })
        },
      )
      call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer in 120 s`)))
      call.on('error', reject)
      call.end(payload)
    })
  }

  /**
   * Calls back with each line of an answer that does not end (a watch) until the returned function is called.
   * @param ended called when it ends all the same
   */
  async stream(path: string, take: (line: string) => void, ended: () => void = () => undefined): Promise<() => void> {
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, headers: this.#identity }
      const call = httpsRequest(new URL(path, this.#server), options, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => {
          const lines = (text + part).split('\n')
          text = lines.pop() ?? ''
          for (const line of lines) take(line)
        })
        response.on('error', () => undefined)
        response.once('close', ended)
        resolve(() => {
          response.off('close', ended)
          call.destroy()
        })
      })
      call.on('error', reject)
      call.end()
    })
  }

  /** Server-side apply of one object; throws with the server's message when it is refused. */
  async apply(object: Manifest): Promise<void> {
    const path = `${pathOf(object)}?fieldManager=test-control-plane&force=true`
    const answer = await this.request('PATCH', path, object, 'application/apply-patch+yaml')
    if (answer.status >= 300) throw new Error(`apply ${object.kind} ${object.metadata.name}: ${messageOf(answer)}`)
  }

  /** Applies objects in the order an empty cluster needs: namespaces and definitions first, the rest together. */
  async applyAll(objects: readonly Manifest[]): Promise<void> {
    const isFirst = ({ kind }: Manifest) => kind === 'Namespace' || kind === 'CustomResourceDefinition'
    await Promise.all(objects.filter(isFirst).map((object) => this.apply(object)))
    await Promise.all(objects.filter((object) => !isFirst(object)).map((object) => this.apply(object)))
  }

  async exists(object: Manifest): Promise<boolean> {
    const answer = await this.request('GET', pathOf(object))
    if (answer.status !== 200 && answer.status !== 404) throw new Error(messageOf(answer))
    return answer.status === 200
  }

  /** Deletes one object; one that is not there is fine. */
  async delete(object: Manifest): Promise<void> {
    const answer = await this.request('DELETE', pathOf(object), { propagationPolicy: 'Background' })
    if (answer.status >= 300 && answer.status !== 404) {
      throw new Error(`delete ${object.kind} ${object.metadata.name}: ${messageOf(answer)}`)
    }
  }
}

/** The server's own words about an answer that is not a success. */
export function messageOf({ status, body }: Answer): string {
  const message = (body as { message?: unknown } | null)?.message
  return `${status} ${typeof message === 'string' ? message : String(body).slice(0, 300)}`
}
