import type { Construct } from 'constructs';
import type { LocalityPolicy } from '../mesh/locality';
import { MeshNamespace } from '../mesh/namespace';
import { MeshService } from '../mesh/service';
import type { Placement, ServiceRef } from '../mesh/service-props';

/** Where each version of Bookinfo's services runs. */
export interface BookinfoProps {
  readonly productpage: { readonly v1: Placement };
  readonly details: { readonly v1: Placement };
  readonly reviews: Readonly<Partial<Record<'v1' | 'v2' | 'v3', Placement>>>;
  readonly ratings: { readonly v1: Placement };
  /**
   * Tag of the images.
   *
   * @default '1.20.3'
   */
  readonly tag?: string;
  /**
   * How requests to each service choose between localities.
   *
   * @default - spread
   */
  readonly locality?: LocalityPolicy;
}

/** Bookinfo's services, to route to. */
export interface BookinfoServices {
  readonly productpage: MeshService;
  readonly details: MeshService;
  readonly reviews: MeshService;
  readonly ratings: MeshService;
}

const HUB = 'docker.io/istio';

/**
 * Istio's demo application: productpage calls details, reviews and ratings; reviews v2 and v3 call ratings.
 *
 * @see https://github.com/istio/istio/blob/release-1.31/samples/bookinfo/platform/kube/bookinfo.yaml
 */
export class Bookinfo extends MeshNamespace implements BookinfoServices {
  readonly productpage: MeshService;
  readonly details: MeshService;
  readonly reviews: MeshService;
  readonly ratings: MeshService;

  constructor(scope: Construct, id: string, props: BookinfoProps) {
    super(scope, id);
    this.productpage = this.service('productpage', props.productpage, props, {
      // Its /api/v1/products/<id>/ratings asks ratings itself.
      calls: ['details', 'ratings', 'reviews'],
    });
    this.details = this.service('details', props.details, props);
    this.ratings = this.service('ratings', props.ratings, props);
    this.reviews = this.service('reviews', props.reviews, props, {
      calls: ['ratings'],
      env: { LOG_DIR: '/tmp/logs' },
      scratch: { tmp: '/tmp', 'wlp-output': '/opt/ibm/wlp/output' },
    });
  }

  private service(
    name: string,
    placements: Readonly<Partial<Record<string, Placement>>>,
    { tag = '1.20.3', locality }: BookinfoProps,
    rest: {
      calls?: readonly ServiceRef[];
      env?: Record<string, string>;
      scratch?: Record<string, string>;
    } = {},
  ): MeshService {
    const versions = Object.entries(placements).flatMap(([version, placement]) =>
      placement === undefined
        ? []
        : [
            [
              version,
              { image: `${HUB}/examples-bookinfo-${name}-${version}:${tag}`, placement, env: rest.env },
            ] as const,
          ],
    );
    return new MeshService(this, name, {
      ports: [{ name: 'http', port: 9080 }],
      versions: Object.fromEntries(versions),
      calls: rest.calls,
      locality,
      serviceAccount: `bookinfo-${name}`,
      scratch: rest.scratch,
      // The images were never made for a read-only root: Liberty and Ruby write beside their volumes.
      writableRootFilesystem: true,
    });
  }
}
