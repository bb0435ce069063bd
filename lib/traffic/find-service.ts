import { meshExportTo } from '../fleet/control-plane';
import { isExportedTo } from '../fleet/visibility';
import type { Service } from './model';
import type { PlaneView } from './world';

/** The service of a host that a client in a namespace may use; its own namespace's first. */
export function findService(view: PlaneView, namespace: string, host: string): Service | undefined {
  const defaults = meshExportTo(view.plane, 'defaultServiceExportTo');
  const visible = (view.services.get(host) ?? []).filter(service =>
    isExportedTo(service.exportTo, service.namespace, namespace, defaults),
  );
  return visible.find(service => service.namespace === namespace) ?? visible[0];
}
