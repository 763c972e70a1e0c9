import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { node, sources } from './folders.ts'

/**
 * Has the processes recorded in a folder's state killed, and the folder removed, when this process ends, however it ends; see
 * supervisor.ts. Neither the supervisor nor the pipe to it keeps this process alive. Returns the function that lets go of the
 * pipe earlier.
 */
export function supervise(folder: string): () => void {
  const child = spawn(node, [join(sources, 'supervisor.ts'), folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  child.unref()
  const pipe = child.stdin as Socket
  pipe.unref()
  return () => pipe.end()
}
