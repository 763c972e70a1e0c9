import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Build, program } from './build.ts'
import { type Component, temporaryFolderOf } from './components.ts'
import { identify, isAlive } from './process-identity.ts'
import { readState, type State, writeState } from './state.ts'

/** The processes of one control plane: recorded as they start, watched while others are waited for. */
export class Crew {
  readonly #folder: string
  readonly #build: Build
  #state: State
  #ended: { readonly name: string; readonly how: string } | undefined

  constructor(folder: string, built: Build, state: State) {
    this.#folder = folder
    this.#build = built
    this.#state = state
  }

  /** Starts processes in sessions of their own, each writing `logs/<name>.log`. */
  async launch(components: readonly Component[]): Promise<void> {
    const folder = this.#folder
    for (const component of components) {
      const log = openSync(join(folder, 'logs', `${component.name}.log`), 'a')
      const child = spawn(program(this.#build, component.program), component.args, {
        cwd: folder,
        detached: true,
        stdio: ['ignore', log, log],
        // a fifth of the API server's time went into collecting a heap of 200 MB
        env: {
          GOGC: '400',
          GOMEMLIMIT: '4GiB',
          ...process.env,
          TMPDIR: temporaryFolderOf(folder),
          ...component.environment,
        },
      })
      closeSync(log)
      child.once('error', (error) => {
        this.#ended ??= { name: component.name, how: `did not start: ${error.message}` }
      })
      child.once('exit', (code, signal) => {
        this.#ended ??= { name: component.name, how: `ended with ${signal ?? `exit code ${code}`}` }
      })
      child.unref()
      const identity = child.pid === undefined ? undefined : identify(child.pid)
      if (identity === undefined) throw new Error(`${component.name} did not start`)
      const processes = [...this.#state.processes, { name: component.name, ...identity }]
      this.#state = { ...this.#state, processes }
      await writeState(folder, this.#state)
    }
  }

  /** Records that everything has been started and answers. */
  async ready(): Promise<void> {
    this.#state = { ...this.#state, ready: true }
    await writeState(this.#folder, this.#state)
  }

  /** Asks again and again until the answer is yes; throws when a process has ended, or after two minutes. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 120_000
    let last: unknown
    for (;;) {
      const obituary = await this.obituary()
      if (obituary !== undefined) throw new Error(`waiting until ${what}: ${obituary}`)
      try {
        if (await holds()) return
      } catch (error) {
        last = error
      }
      if (Date.now() > deadline) throw new Error(`not within two minutes: ${what}. Last answer: ${String(last)}`)
      await new Promise((wake) => setTimeout(wake, 150))
    }
  }

  /** The first process that ended and the end of its log, or undefined while all run, or where a test started it again. */
  async obituary(): Promise<string | undefined> {
    if (this.#ended === undefined) return undefined
    const { name, how } = this.#ended
    const state = await readState(this.#folder)
    if (state?.processes.some((process) => process.name === name && isAlive(process))) return undefined
    const log = await readFile(join(this.#folder, 'logs', `${name}.log`), 'utf8')
    return `${name} ${how}\n${log.split('\n').slice(-20).join('\n')}`
  }
}
