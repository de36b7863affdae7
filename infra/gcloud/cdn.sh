# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: the destination bucket behind Cloud CDN, with a managed or an own certificate.

step "CDN"
exists gcloud compute addresses describe "${PREFIX}imagetx-cdn" --global ||
  gcloud compute addresses create "${PREFIX}imagetx-cdn" --global
CDN_IP=$(gcloud compute addresses describe "${PREFIX}imagetx-cdn" --format='value(address)' --global)
CDN_URL=https://${CDN_HOST:-$CDN_IP}
echo "A record of ${CDN_DOMAINS:-$CDN_HOST}: $CDN_IP"

exists gcloud compute security-policies describe "${PREFIX}imagetx-edge" ||
  gcloud compute security-policies create "${PREFIX}imagetx-edge" --type=CLOUD_ARMOR_EDGE

if fresh gcloud compute backend-buckets describe "${PREFIX}imagetx-dst"; then
  exists gcloud compute backend-buckets describe "${PREFIX}imagetx-dst" ||
    gcloud compute backend-buckets create "${PREFIX}imagetx-dst" --gcs-bucket-name="$DST" --enable-cdn --negative-caching
  # 404 for 10 s only: a URL that is requested before its conversion is done must not stay missing.
  gcloud compute backend-buckets update "${PREFIX}imagetx-dst" --gcs-bucket-name="$DST" --enable-cdn \
    --cache-mode=CACHE_ALL_STATIC --client-ttl=3600 --default-ttl=10 --max-ttl=86400 \
    --serve-while-stale=86400 --request-coalescing --signed-url-cache-max-age=0 \
    --negative-caching-policy=404=10 --cache-key-query-string-whitelist=v \
    --custom-response-header='X-Cache-Status: {cdn_cache_status}' --edge-security-policy="${PREFIX}imagetx-edge"
fi

exists gcloud compute url-maps describe "${PREFIX}imagetx-cdn" --global ||
  gcloud compute url-maps create "${PREFIX}imagetx-cdn" --global --default-backend-bucket="${PREFIX}imagetx-dst"
if fresh gcloud compute url-maps describe "${PREFIX}imagetx-redirect" --global; then
  redirect=$(mktemp)
  sed "s/PREFIX-/$PREFIX/" "$here/redirect.yaml" >"$redirect"
  gcloud compute url-maps import "${PREFIX}imagetx-redirect" --global --source="$redirect" --quiet
  rm "$redirect"
fi

if [ -n "$CDN_DOMAINS" ]; then
  # A managed certificate cannot be changed: another list of names is another certificate.
  certificate=${PREFIX}imagetx-$(printf %s "$CDN_DOMAINS" | sha256sum | cut -c1-8)
  source=(--domains="$CDN_DOMAINS")
else
  certificate=${PREFIX}imagetx-own-$(sha256sum <"$CDN_CERTIFICATE" | cut -c1-8)
  source=(--certificate="$CDN_CERTIFICATE" --private-key="$CDN_PRIVATE_KEY")
fi
another=false
if ! exists gcloud compute ssl-certificates describe "$certificate" --global; then
  gcloud compute ssl-certificates create "$certificate" --global "${source[@]}"
  another=true
fi

exists gcloud compute ssl-policies describe "${PREFIX}imagetx-modern" ||
  gcloud compute ssl-policies create "${PREFIX}imagetx-modern" --profile=MODERN --min-tls-version=1.2

if fresh gcloud compute target-https-proxies describe "${PREFIX}imagetx-https" --global; then
  verb=create
  if exists gcloud compute target-https-proxies describe "${PREFIX}imagetx-https" --global; then verb=update; fi
  gcloud compute target-https-proxies "$verb" "${PREFIX}imagetx-https" --global --url-map="${PREFIX}imagetx-cdn" \
    --ssl-certificates="$certificate" --ssl-policy="${PREFIX}imagetx-modern" --quic-override=ENABLE
elif [ "$another" = true ]; then
  gcloud compute target-https-proxies update "${PREFIX}imagetx-https" --global --ssl-certificates="$certificate"
fi
exists gcloud compute target-http-proxies describe "${PREFIX}imagetx-http" --global ||
  gcloud compute target-http-proxies create "${PREFIX}imagetx-http" --global --url-map="${PREFIX}imagetx-redirect"

exists gcloud compute forwarding-rules describe "${PREFIX}imagetx-https" --global ||
  gcloud compute forwarding-rules create "${PREFIX}imagetx-https" --global --load-balancing-scheme=EXTERNAL_MANAGED \
    --address="${PREFIX}imagetx-cdn" --ports=443 --target-https-proxy="${PREFIX}imagetx-https"
exists gcloud compute forwarding-rules describe "${PREFIX}imagetx-http" --global ||
  gcloud compute forwarding-rules create "${PREFIX}imagetx-http" --global --load-balancing-scheme=EXTERNAL_MANAGED \
    --address="${PREFIX}imagetx-cdn" --ports=80 --target-http-proxy="${PREFIX}imagetx-http"
