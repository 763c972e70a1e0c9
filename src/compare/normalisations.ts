/**
 * The published list of differences between v1's and v2's pods that are the operators' own machinery. A difference that none of these
 * names is never folded away.
 */
export interface Normalisation {
  readonly code: string
  readonly why: string
  /** which side the value is on when the other side lacks it; `both` when both have one and they differ */
  readonly side: 'v1' | 'v2' | 'both'
  readonly path: RegExp
  /** v1's value where it has one, else v2's; any when absent */
  readonly value?: RegExp
}

export const normalisations: readonly Normalisation[] = [
  {
    code: 'operator-labels',
    why: 'labels Training Operator puts on its pods',
    side: 'v1',
    path: /^labels\.training\.kubeflow\.org\/(operator-name|job-name|replica-type|replica-index|job-role)$/,
  },
  {
    code: 'operator-labels',
    why: 'labels JobSet and Job put on their pods',
    side: 'v2',
    path: /^((labels|annotations)\.(jobset\.sigs\.k8s\.io|batch\.kubernetes\.io)\/.+|labels\.(job-name|controller-uid))$/,
  },
  {
    code: 'init-pytorch',
    why: "v1's init container that waits for the master's name; v2 publishes the names of pods that are not ready",
    side: 'v1',
    path: /^initContainers\[init-pytorch\]\./,
  },
  {
    code: 'default-port',
    why: 'the port Training Operator declares on the container that trains; a declaration opens nothing',
    side: 'v1',
    path: /^containers\[main\]\.ports\[\d+\/TCP( #\d+)?\]$/,
    value: /^(pytorchjob|tfjob|xgboostjob|jaxjob)-port$/,
  },
  {
    code: 'default-port',
    why: 'the port Training Operator declares on the container of a PaddleJob; a declaration opens nothing',
    side: 'v1',
    path: /^containers\[main\]\.ports\[36543\/TCP( #\d+)?\]$/,
    value: /^master$/,
  },
  {
    code: 'port-name',
    why: "a name for a port that had none: Trainer keeps only the last of a container's unnamed ports",
    side: 'both',
    path: /^(containers|initContainers)\[[^\]]+\]\.ports\[\d+\/\w+( #\d+)?\]$/,
    value: /^\(unnamed\)$/,
  },
  {
    code: 'completion-index',
    why: 'an env variable the Job controller adds',
    side: 'v2',
    path: /^(containers|initContainers)\[[^\]]+\]\.env\.JOB_COMPLETION_INDEX$/,
  },
  {
    code: 'helper-variable',
    why: "the env variables that v2's host names and indices are made from, so that a runtime names no job",
    side: 'v2',
    path: /^containers\[[^\]]+\]\.env\.(KUBECTL_MIGRATE_)?(JOBSET_NAME|REPLICA_INDEX)$/,
  },
]

/** What may explain a difference at a path: of few paths it is asked again and again. */
const ofPath = new Map<string, readonly Normalisation[]>()
/** The same by the path of a map and the name of its member, so that no path is put together for each question. */
const ofMember = new Map<string, Map<string, readonly Normalisation[]>>()
const mostPaths = 5000

/** Why a difference between v1's value and v2's, absent on a side that has none, is harmless; undefined where it is not. */
export function causeOf(path: string, v1: string | undefined, v2: string | undefined): Normalisation | undefined {
  return causeAmong(candidates(path), v1, v2)
}

/** The same for the member `name` of a map at `path`, so for `path.name`. */
export function causeOfMember(
  path: string,
  name: string,
  v1: string | undefined,
  v2: string | undefined,
): Normalisation | undefined {
  let members = ofMember.get(path)
  if (members === undefined || members.size >= mostPaths) {
    if (ofMember.size >= mostPaths) ofMember.clear()
    members = new Map()
    ofMember.set(path, members)
  }
  let found = members.get(name)
  if (found === undefined) {
    found = candidates(`${path}.${name}`)
    members.set(name, found)
  }
  return causeAmong(found, v1, v2)
}

function causeAmong(
  among: readonly Normalisation[],
  v1: string | undefined,
  v2: string | undefined,
): Normalisation | undefined {
  if (among.length === 0) return undefined
  const side = v2 === undefined ? 'v1' : v1 === undefined ? 'v2' : 'both'
  const value = v1 ?? v2 ?? ''
  return among.find((candidate) => candidate.side === side && (candidate.value?.test(value) ?? true))
}

function candidates(path: string): readonly Normalisation[] {
  const known = ofPath.get(path)
  if (known !== undefined) return known
  const found = normalisations.filter((candidate) => candidate.path.test(path))
  if (ofPath.size >= mostPaths) ofPath.clear()
  ofPath.set(path, found)
  return found
}
