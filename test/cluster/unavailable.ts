/**
 * The test control plane cannot be had on this machine. Cluster tests are then reported as skipped with this reason,
 * and fail instead where CI=true.
 */
export class ControlPlaneUnavailable extends Error {
  override readonly name = 'ControlPlaneUnavailable'
}
