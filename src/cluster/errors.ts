/** What was asked of the server, in the words of RBAC: `patch pytorchjobs.kubeflow.org nlp/bert`. */
export interface Asked {
  readonly verb: string
  /** `pytorchjobs.kubeflow.org`, `pods`; the path where no resource was asked for (`/version`) */
  readonly resource: string
  readonly namespace?: string
  readonly name?: string
}

/** A field that the API server finds fault with. */
export interface FieldError {
  /** `spec.pytorchReplicaSpecs[Master].replicas`; empty where the server names no field */
  readonly path: string
  readonly message: string
}

/**
 * Why a call to the cluster failed. `message` is always the server's own text, as sent (neutralise it before printing).
 * `sent` says whether the server may have acted on the request: false means that it certainly did not.
 */
export type ClusterErrorCause =
  /** RBAC said no */
  | ({ readonly kind: 'forbidden'; readonly group: string; readonly user?: string; readonly message: string } & Asked)
  /** admission other than a webhook said no: quota, pod security, a policy, a namespace that is being deleted */
  | ({ readonly kind: 'admission'; readonly message: string } & Asked)
  /** the object is absent; for a write, `resource` may be `namespaces` */
  | ({ readonly kind: 'notFound' } & Asked)
  /** the server does not serve this API: its CRD is not installed, or not in this version */
  | ({ readonly kind: 'apiAbsent' } & Asked)
  /** a precondition failed, or (server-side apply) other managers own the fields */
  | ({
      readonly kind: 'conflict'
      readonly message: string
      readonly owned: readonly { readonly path: string; readonly manager: string }[]
    } & Asked)
  | ({ readonly kind: 'alreadyExists' } & Asked)
  | ({ readonly kind: 'invalid'; readonly message: string; readonly fields: readonly FieldError[] } & Asked)
  | ({
      readonly kind: 'webhook'
      readonly webhook: string
      readonly outcome: 'denied' | 'unreachable'
      /** the webhook's own words when it denied, else why it could not be asked */
      readonly message: string
    } & Asked)
  /** no answer in time: `server` gave up itself, `request` and `connect` are limits of this client */
  | ({
      readonly kind: 'timeout'
      readonly by: 'server' | 'request' | 'connect'
      readonly seconds?: number
      readonly server: string
      readonly sent: boolean
    } & Asked)
  | {
      readonly kind: 'unreachable'
      readonly server: string
      /** `ECONNREFUSED`, `ENOTFOUND`, ... */
      readonly code: string
      readonly reason: string
      readonly proxy?: string
      readonly sent: boolean
    }
  | { readonly kind: 'certificate'; readonly server: string; readonly code: string; readonly reason: string }
  /** 401: no credentials, or expired ones */
  | { readonly kind: 'unauthenticated'; readonly server: string; readonly user?: string; readonly message: string }
  | {
      readonly kind: 'execPlugin'
      readonly command: string
      /** absent when it did not run or was killed */
      readonly exitCode?: number
      readonly reason: string
      /** its last words, cleaned of anything that looks like a credential */
      readonly stderr: string
      readonly installHint?: string
    }
  /** an auth-provider of the kubeconfig could not give a token */
  | { readonly kind: 'login'; readonly provider: string; readonly reason: string }
  | { readonly kind: 'noKubeconfig'; readonly tried: readonly string[] }
  | { readonly kind: 'invalidKubeconfig'; readonly path?: string; readonly message: string }
  | { readonly kind: 'unknownContext'; readonly name: string; readonly known: readonly string[] }
  | {
      readonly kind: 'unknownEntry'
      readonly entry: 'cluster' | 'user'
      readonly name: string
      readonly context?: string
      readonly known: readonly string[]
    }
  /** 410: the resourceVersion or continue token is too old, and starting again did not help */
  | ({ readonly kind: 'expired'; readonly message: string } & Asked)
  | ({ readonly kind: 'tooManyRequests'; readonly message: string; readonly retryAfterSeconds?: number } & Asked)
  /** any other refusal */
  | ({ readonly kind: 'internal'; readonly status: number; readonly message: string } & Asked)
  | { readonly kind: 'aborted' }
  /** the answer is not Kubernetes' JSON: a proxy's page, a login form, another server */
  | { readonly kind: 'protocol'; readonly server: string; readonly status: number; readonly reason: string }

/** Every failure of the cluster door, typed by its cause; src/present/errors.ts has the words. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError'
  readonly failure: ClusterErrorCause
  /** what stands after it, where whoever asked knows: `nothing was changed` */
  readonly stands?: string

  constructor(failure: ClusterErrorCause, options: { readonly cause?: unknown; readonly stands?: string } = {}) {
    const { cause, stands } = options
    super(JSON.stringify(failure), cause === undefined ? undefined : { cause })
    this.failure = failure
    if (stands !== undefined) this.stands = stands
  }
}

/** Whether an error is a ClusterError of one of these kinds; narrows `error.failure`. */
export function failedWith<K extends ClusterErrorCause['kind']>(
  error: unknown,
  ...kinds: K[]
): error is ClusterError & { readonly failure: Extract<ClusterErrorCause, { kind: K }> } {
  return error instanceof ClusterError && kinds.some((kind) => kind === error.failure.kind)
}

/** Whether a failure of reading may be over in a moment: for what is read on and on. */
export function mayPass(error: unknown): boolean {
  if (failedWith(error, 'internal')) return error.failure.status >= 500 || error.failure.status === 0
  return failedWith(error, 'unreachable', 'timeout', 'tooManyRequests', 'protocol')
}

/**
 * Whether a write that failed so may have taken effect all the same: its answer was lost or was none, or the server says that it failed
 * itself, as it does when etcd has stored something and did not answer in time.
 */
export function mayHaveActed(error: unknown): boolean {
  if (failedWith(error, 'internal')) return error.failure.status >= 500
  if (failedWith(error, 'protocol')) return true
  return failedWith(error, 'timeout', 'unreachable') && error.failure.sent
}
