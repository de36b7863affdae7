# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: Imaginary's API under /img behind the same load balancer. Every URL must be signed.

step "On-the-fly service"
has_cdn || { echo "ONTHEFLY=true needs the load balancer: set CDN_DOMAINS or CDN_CERTIFICATE" >&2; exit 2; }

secret=${PREFIX}imagetx-signature-key
if ! exists gcloud secrets describe "$secret"; then
  gcloud secrets create "$secret" --replication-policy=automatic --labels="app=${PREFIX}imagetx"
  openssl rand -hex 32 | tr -d '\n' | gcloud secrets versions add "$secret" --data-file=-
fi
gcloud secrets add-iam-policy-binding "$secret" \
  --member="serviceAccount:$(account onthefly)" --role=roles/secretmanager.secretAccessor
# A number, not `latest`: which key a revision has is then written down. Run this again after adding a version.
version=$(gcloud secrets versions list "$secret" --filter=state=ENABLED --sort-by=~createTime --limit=1 --format='value(name.basename())')

deploy_service onthefly "$IMAGE" "$DOORS_ENV|MOUNT=gs://$SRC$(if has_results; then echo "|RESULTS=gs://$RESULTS"; fi)" \
  "$CHOICES|DOORS=onthefly|REQUIRE_AUTH=true|ENABLE_URL_SIGNATURE=true|PATH_PREFIX=/img|HTTP_CACHE_TTL=86400" "$ONTHEFLY_ENV" \
  --ingress=internal-and-cloud-load-balancing --memory=2Gi --concurrency=8 --timeout=60s \
  --update-secrets="URL_SIGNATURE_KEY=$secret:${version:-1}"
# The load balancer sends no identity: ingress and the signature keep others out.
allow onthefly allUsers

name=${PREFIX}imagetx-onthefly
exists gcloud compute network-endpoint-groups describe "$name" --region="$REGION" ||
  gcloud compute network-endpoint-groups create "$name" --region="$REGION" \
    --network-endpoint-type=serverless --cloud-run-service="${PREFIX}onthefly"
if [ "$REQUESTS_PER_MINUTE" != 0 ] && ! exists gcloud compute security-policies describe "$name"; then
  # Checked after the cache: only what the service would have to convert counts.
  gcloud compute security-policies create "$name" --type=CLOUD_ARMOR
  gcloud compute security-policies rules create 1000 --security-policy="$name" --src-ip-ranges='*' --action=throttle \
    --rate-limit-threshold-count="$REQUESTS_PER_MINUTE" --rate-limit-threshold-interval-sec=60 \
    --conform-action=allow --exceed-action=deny-429 --enforce-on-key=ip
fi
if fresh gcloud compute backend-services describe "$name" --global; then
  exists gcloud compute backend-services describe "$name" --global ||
    gcloud compute backend-services create "$name" --global --load-balancing-scheme=EXTERNAL_MANAGED --protocol=HTTPS
  # The service says what may be kept and for how long. Parameters are in the query: it is part of the key.
  gcloud compute backend-services update "$name" --global --enable-cdn --cache-mode=USE_ORIGIN_HEADERS \
    --no-negative-caching --request-coalescing --serve-while-stale=86400 \
    --custom-response-header='X-Cache-Status: {cdn_cache_status}' --edge-security-policy="${PREFIX}imagetx-edge" \
    --security-policy="$([ "$REQUESTS_PER_MINUTE" = 0 ] || echo "$name")" \
    --cache-key-include-host --no-cache-key-include-protocol --cache-key-include-query-string \
    --enable-logging --logging-sample-rate=0.01
fi
if [ -z "$(gcloud compute backend-services describe "$name" --format='value(backends[].group)' --global)" ]; then
  gcloud compute backend-services add-backend "$name" --global \
    --network-endpoint-group="$name" --network-endpoint-group-region="$REGION"
fi
if [ -z "$(gcloud compute url-maps describe "${PREFIX}imagetx-cdn" --format='value(pathMatchers[].name)' --global)" ]; then
  gcloud compute url-maps add-path-matcher "${PREFIX}imagetx-cdn" --global --path-matcher-name=doors --new-hosts='*' \
    --default-backend-bucket="${PREFIX}imagetx-dst" --backend-service-path-rules="/img=$name,/img/*=$name"
fi
