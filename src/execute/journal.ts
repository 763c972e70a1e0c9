import type { Cluster } from '../cluster/cluster.ts'
import { failedWith, mayHaveActed } from '../cluster/errors.ts'
import { exitCode } from '../exit-code.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { resources } from '../kube/resources.ts'
import type { Action } from '../migration/action.ts'
import {
  type Entry,
  type MigrationRecord,
  type MigrationState,
  manifestSecret,
  recordData,
  recordName,
  recordObject,
  storedText,
  writeText,
} from '../migration/record.ts'
import type { Handover } from '../migration/resume.ts'
import type { StepName } from '../migration/step.ts'
import { Problem } from '../problem.ts'
import type { StoredRecord } from '../read/records.ts'
import { JournalLost } from './journal-lost.ts'
import type { Lease } from './lease.ts'

/** bytes a ConfigMap and a Secret may hold are 1 MiB; what else is in them is small (kubernetes v1.36.3, pkg/apis/core/validation) */
const largest = 1_000_000
/** entries kept of a log without end; the first ones tell how it began */
const mostEntries = 1000
const attempts = 4

/** What the executor says before and after each write. */
export interface Journal {
  /** Resolves when it is stored that these writes are about to be made. */
  intend(step: StepName, back: boolean, actions: readonly Action[]): Promise<void>
  /** What the server stored; kept with the next intent, or by `flush`. */
  acted(step: StepName, back: boolean, stored: readonly KubeObject[]): void
  /** What came of a step; kept likewise. */
  ended(step: StepName, back: boolean, what: 'done' | 'failed', says: string): void
  /** Stores the results of writes that are not stored yet, and keeps the lock: again and again while something is waited for. */
  flush(): Promise<void>
}

/** Writes one migration's record, each time on the very version it wrote last. */
export class StoredJournal implements Journal {
  readonly #cluster: Cluster
  readonly #now: () => Date
  readonly #sleep: (milliseconds: number) => Promise<void>
  readonly #lease: Lease
  #record: MigrationRecord
  #resourceVersion: string | undefined
  #unstored = false

  /** @param stored absent: the record is new, and `begin` creates it */
  constructor(
    cluster: Cluster,
    record: MigrationRecord,
    stored: StoredRecord | undefined,
    lease: Lease,
    { now, sleep }: { readonly now: () => Date; readonly sleep: (milliseconds: number) => Promise<void> },
  ) {
    this.#cluster = cluster
    this.#now = now
    this.#sleep = sleep
    this.#lease = lease
    this.#record = record
    this.#resourceVersion = stored?.resourceVersion
  }

  /**
   * Stores the v1 object as it is, where one is given, beside a new record; a further run is stored with its first intent. Throws a Problem for one that is too large before anything is
   * written, and JournalLost where somebody else began the same migration.
   * @param again also where an earlier run kept it: somebody may have deleted the Secret
   */
  async begin(v1?: KubeObject, again = false): Promise<void> {
    if (v1 === undefined) return
    const secret = manifestSecret(this.#record, v1)
    refuseTooLarge(secret)
    const kept = this.#record.entries.some(({ step, what }) => step === manifest.id && what === 'acted')
    const create: Action = { verb: 'create', resource: resources.secrets, object: secret }
    if (kept && !again) return
    await this.intend(manifest, false, [create])
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#cluster.create(resources.secrets, secret)
        break
      } catch (error) {
        // its name carries uid and attempt, and it is never changed: an earlier try made it
        if (failedWith(error, 'alreadyExists')) break
        const sent = mayHaveActed(error)
        if (!sent || attempt === attempts) throw error
        await this.#sleep(1000)
      }
    }
    this.acted(manifest, false, [])
  }

  async intend(step: StepName, back: boolean, actions: readonly Action[]): Promise<void> {
    if (actions.length === 0) return
    await this.#lease.keep()
    this.#add({ step: step.id, what: 'intent', writes: actions.map(writeText) }, back)
    await this.#store()
  }

  acted(step: StepName, back: boolean, stored: readonly KubeObject[]): void {
    this.#add({ step: step.id, what: 'acted', writes: stored.map(storedText) }, back)
    this.#unstored = true
  }

  ended(step: StepName, back: boolean, what: 'done' | 'failed', says: string): void {
    this.#add({ step: step.id, what, says }, back)
  }

  async flush(): Promise<void> {
    await this.#lease.keep()
    if (this.#unstored) await this.#store()
  }

  /** What logs told of the training; kept with the next intent. */
  keep(handover: Handover): void {
    this.#record = { ...this.#record, handover }
  }

  /** Stores where the migration has come to. */
  async close(state: MigrationState): Promise<void> {
    this.#record = { ...this.#record, state }
    await this.#store()
  }

  get record(): MigrationRecord {
    return this.#record
  }

  /** Lets the lock go; nothing is written afterwards. */
  async release(): Promise<void> {
    await this.#lease.release()
  }

  #add(entry: Omit<Entry, 'at' | 'run' | 'back'>, back: boolean): void {
    const { entries, runs } = this.#record
    const at = this.#now().toISOString()
    const kept = entries.length < mostEntries ? entries : [...entries.slice(0, 50), ...entries.slice(100)]
    const added: Entry = { at, run: runs.length - 1, ...(back && { back }), ...entry }
    this.#record = { ...this.#record, entries: [...kept, added] }
  }

  /** One write whose answer was lost is found again by its content; anything else that changed the record ends the run. */
  async #store(): Promise<void> {
    const record = this.#record
    let uncertain = false
    for (let attempt = 1; ; attempt++) {
      try {
        this.#resourceVersion = await this.#write(record)
        this.#unstored = false
        return
      } catch (error) {
        if (failedWith(error, 'conflict', 'alreadyExists', 'notFound')) {
          if (uncertain && (await this.#isStored(record))) return
          throw new JournalLost(`somebody else changed the record of this migration, ConfigMap ${recordName(record)}`)
        }
        const sent = mayHaveActed(error)
        uncertain ||= sent
        if (!sent || attempt === attempts) throw error
        await this.#sleep(1000)
      }
    }
  }

  async #write(record: MigrationRecord): Promise<string> {
    const stored =
      this.#resourceVersion === undefined
        ? await this.#cluster.create(resources.configMaps, recordObject(record))
        : await this.#cluster.patch(
            resources.configMaps,
            record.namespace,
            recordName(record),
            { data: recordData(record) },
            { preconditions: { resourceVersion: this.#resourceVersion } },
          )
    return stored.metadata.resourceVersion ?? ''
  }

  async #isStored(record: MigrationRecord): Promise<boolean> {
    const found = await this.#cluster.find(resources.configMaps, record.namespace, recordName(record))
    const data = found?.['data']
    // the API server returns the keys in an order of its own
    const same = Object.entries(recordData(record)).every(([key, text]) => isRecord(data) && data[key] === text)
    if (!same) return false
    this.#resourceVersion = found?.metadata.resourceVersion
    this.#unstored = false
    return true
  }
}

const manifest: StepName = { id: 'manifest', title: 'manifest' }

function refuseTooLarge(secret: KubeObject): void {
  const size = JSON.stringify(secret).length
  if (size <= largest) return
  const { namespace, name } = secret.metadata
  throw new Problem({
    code: 'manifest-too-large',
    what: `the v1 job has ${size} bytes, and a Secret cannot keep it`,
    where: `Secret ${namespace}/${name}`,
    why: 'without its manifest there would be no way back once v1 is deleted; nothing was changed',
    next: ['move large literals of its env and args into a ConfigMap, then run this again'],
    exit: exitCode.no,
  })
}
