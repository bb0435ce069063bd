import type { ControlPlane } from '../fleet/control-plane';
import type { FleetView } from './view';

/**
 * The way out where a host is almost right: `reviews.bookinfo` and `reviews.bookinfo.svc` are names for
 * Kubernetes' DNS, but Istio completes only names without a dot.
 */
export function hostHint(view: FleetView, plane: ControlPlane, host: string): { fix?: string } {
  for (const full of [`${host}.svc.${plane.domain}`, `${host}.${plane.domain}`]) {
    if (view.servicesOf(full).length > 0) {
      return { fix: `Write ${full}: Istio completes only names without a dot.` };
    }
  }
  return {};
}
