/**
 * Ends a control plane with its owner, however that ends: `node supervisor.ts FOLDER`, its standard input a pipe of which only
 * the owner holds the other end. The pipe closes when the owner lets go of it or dies, by SIGKILL too; then every recorded
 * process is killed and the folder removed. It runs in a session of its own, so that Ctrl-C on a terminal does not reach it.
 */
import { discard } from './state.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: supervisor.ts FOLDER')
process.stdin.resume()
process.stdin.once('close', () => {
  void discard(folder)
})
