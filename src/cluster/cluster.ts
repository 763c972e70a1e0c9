import type { KubeObject } from '../kube/object.ts'
import type { Resource } from '../kube/resources.ts'

/** kubectl's connection flags, as parsed; an absent one means what kubectl means by its absence. */
export interface ConnectionFlags {
  readonly kubeconfig?: string
  readonly context?: string
  readonly cluster?: string
  readonly user?: string
  readonly server?: string
  readonly token?: string
  readonly certificateAuthority?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly tlsServerName?: string
  readonly as?: string
  readonly asGroup?: readonly string[]
  readonly asUid?: string
  /** `KEY=VALUE` each */
  readonly asUserExtra?: readonly string[]
  readonly username?: string
  readonly password?: string
  /** kubectl's spelling: `30s`, `1m`, `0` for none */
  readonly requestTimeout?: string
  readonly disableCompression?: boolean
  readonly namespace?: string
  /** kubectl's -v: 0 none, 6 a line for each request on stderr (never headers or tokens) */
  readonly verbosity?: number
}

/** What is listed, and how much of it comes at a time. */
export interface ListOptions {
  /** absent: all namespaces */
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** objects a page, default 500; 0 asks for all at once */
  readonly pageSize?: number
  /** objects of the first page, where somebody waits for it; the next are each three times as long, up to pageSize */
  readonly firstPageSize?: number
  /** of each object its metadata and no more, where the server can leave out the rest */
  readonly metadataOnly?: boolean
  /** managedFields tell the top level of what a manager owns, and no more: a list of thousands is read in less time */
  readonly outlined?: boolean
}

/** A list, or a page of one. */
export interface ListPage<T extends KubeObject = KubeObject> {
  readonly items: T[]
  /** of the list as a whole: where a watch goes on */
  readonly resourceVersion: string
  /** objects of the pages still to come, where the server counts them: it does for lists without selectors */
  readonly remaining?: number
}

/** What a watch tells. */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** the watch had to start again from a fresh list (410 or a long disconnect): forget what is not named after this */
  | ({ readonly type: 'RESYNC' } & ListPage<T>)

/** Parameters of a container's log (core/v1 PodLogOptions); absent: the whole log of the container that runs or ran last. */
export interface LogQuery {
  readonly container: string
  /** go on with what is written, until the container stops */
  readonly follow?: boolean
  /** of the container before the last restart */
  readonly previous?: boolean
  /** each line begins with its time, RFC 3339 with nanoseconds */
  readonly timestamps?: boolean
  /** whole seconds, at least 1, by the node's clock */
  readonly sinceSeconds?: number
  /** RFC 3339; the API server passes it on in whole seconds, rounded down (kubernetes v1.36.3, pkg/registry/core/pod/strategy.go: LogLocation) */
  readonly sinceTime?: string
  readonly tailLines?: number
}

/** How much trouble is taken to get a log. */
export interface LogOptions {
  /** a node that does not answer is not asked again: for what is nice to know, and for callers who ask again themselves */
  readonly once?: boolean
}

/** How an object is written. */
export interface WriteOptions {
  /** ask the server to check and not to store */
  readonly dryRun?: boolean
  /** metadata.managedFields' owner, default `kubectl-migrate` */
  readonly fieldManager?: string
}

/** The object that is meant: with another uid or version the server refuses with `conflict`. */
export interface Preconditions {
  readonly uid?: string
  readonly resourceVersion?: string
}

/** How an object is deleted; absent members are left to the API server. */
export interface DeleteOptions extends WriteOptions {
  readonly preconditions?: Preconditions
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan'
  readonly gracePeriodSeconds?: number
}

/**
 * The one door to Kubernetes. Objects are raw JSON; every failure is a ClusterError (errors.ts) typed by its cause.
 * Reads are retried where that is safe; writes only when nothing can have been sent. All writes use fieldValidation=Strict.
 */
export interface Cluster {
  readonly context: string
  /** of -n, else of the context, else `default` */
  readonly namespace: string
  readonly server: string
  /** number of requests sent so far: tests hold verbs to few */
  readonly requests: number
  get<T extends KubeObject = KubeObject>(resource: Resource, namespace: string | undefined, name: string): Promise<T>
  /** as get, but undefined when the object (not its API) is absent */
  find<T extends KubeObject = KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
  ): Promise<T | undefined>
  pages<T extends KubeObject = KubeObject>(resource: Resource, options: ListOptions): AsyncIterable<ListPage<T>>
  /** all pages in one array: only where few objects are expected */
  list<T extends KubeObject = KubeObject>(resource: Resource, options: ListOptions): Promise<ListPage<T>>
  /** lists first when no resourceVersion is given (as RESYNC), then goes on until the signal aborts */
  watch<T extends KubeObject = KubeObject>(
    resource: Resource,
    options: ListOptions & { readonly resourceVersion?: string; readonly signal: AbortSignal },
  ): AsyncIterable<WatchEvent<T>>
  /**
   * Bytes of a container's log as they come. Resolves when the server has begun to answer; iterating throws when the connection is
   * cut, ends when the log does, and stops reading when the iteration is left or the signal aborts.
   */
  podLog(
    namespace: string,
    pod: string,
    query: LogQuery,
    signal: AbortSignal,
    options?: LogOptions,
  ): Promise<AsyncIterable<Uint8Array>>
  create<T extends KubeObject = KubeObject>(resource: Resource, object: KubeObject, options?: WriteOptions): Promise<T>
  /** server-side apply */
  apply<T extends KubeObject = KubeObject>(
    resource: Resource,
    object: KubeObject,
    options?: WriteOptions & { readonly force?: boolean },
  ): Promise<T>
  /** JSON merge patch; the preconditions go into the body's metadata */
  patch<T extends KubeObject = KubeObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    body: Record<string, unknown>,
    options?: WriteOptions & { readonly preconditions?: Preconditions },
  ): Promise<T>
  /** true when deleted or being deleted, false when it was already absent; a conflict when the preconditions fail */
  delete(resource: Resource, namespace: string | undefined, name: string, options?: DeleteOptions): Promise<boolean>
  /** GET of any path (`/version`, `/apis`, `/openapi/v3`), parsed */
  raw(path: string): Promise<unknown>
  /** lets go of sockets */
  close(): void
}
