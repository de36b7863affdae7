# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: the destination bucket behind Cloud CDN, with a managed or an own certificate.

step "CDN"
exists gcloud compute addresses describe imagetx-cdn --global ||
  gcloud compute addresses create imagetx-cdn --global
CDN_IP=$(gcloud compute addresses describe imagetx-cdn --format='value(address)' --global)
CDN_URL=https://${CDN_HOST:-$CDN_IP}
echo "A record of ${CDN_DOMAINS:-$CDN_HOST}: $CDN_IP"

exists gcloud compute security-policies describe imagetx-edge ||
  gcloud compute security-policies create imagetx-edge --type=CLOUD_ARMOR_EDGE

exists gcloud compute backend-buckets describe imagetx-dst ||
  gcloud compute backend-buckets create imagetx-dst --gcs-bucket-name="$DST" --enable-cdn --negative-caching
# 404 for 10 s only: a URL that is requested before its conversion is done must not stay missing.
gcloud compute backend-buckets update imagetx-dst --gcs-bucket-name="$DST" --enable-cdn \
  --cache-mode=CACHE_ALL_STATIC --client-ttl=3600 --default-ttl=10 --max-ttl=86400 \
  --serve-while-stale=86400 --request-coalescing --signed-url-cache-max-age=0 \
  --negative-caching-policy=404=10 --cache-key-query-string-whitelist=v \
  --custom-response-header='X-Cache-Status: {cdn_cache_status}' --edge-security-policy=imagetx-edge

exists gcloud compute url-maps describe imagetx-cdn --global ||
  gcloud compute url-maps create imagetx-cdn --global --default-backend-bucket=imagetx-dst
gcloud compute url-maps import imagetx-redirect --global --source="$here/redirect.yaml" --quiet

if [ -n "$CDN_DOMAINS" ]; then
  # A managed certificate cannot be changed: another list of names is another certificate.
  certificate=imagetx-$(printf %s "$CDN_DOMAINS" | sha256sum | cut -c1-8)
  exists gcloud compute ssl-certificates describe "$certificate" --global ||
    gcloud compute ssl-certificates create "$certificate" --global --domains="$CDN_DOMAINS"
else
  certificate=imagetx-own-$(sha256sum <"$CDN_CERTIFICATE" | cut -c1-8)
  exists gcloud compute ssl-certificates describe "$certificate" --global ||
    gcloud compute ssl-certificates create "$certificate" --global --certificate="$CDN_CERTIFICATE" --private-key="$CDN_PRIVATE_KEY"
fi

exists gcloud compute ssl-policies describe imagetx-modern ||
  gcloud compute ssl-policies create imagetx-modern --profile=MODERN --min-tls-version=1.2

verb=create
if exists gcloud compute target-https-proxies describe imagetx-https --global; then verb=update; fi
gcloud compute target-https-proxies "$verb" imagetx-https --global --url-map=imagetx-cdn \
  --ssl-certificates="$certificate" --ssl-policy=imagetx-modern --quic-override=ENABLE
exists gcloud compute target-http-proxies describe imagetx-http --global ||
  gcloud compute target-http-proxies create imagetx-http --global --url-map=imagetx-redirect

exists gcloud compute forwarding-rules describe imagetx-https --global ||
  gcloud compute forwarding-rules create imagetx-https --global --load-balancing-scheme=EXTERNAL_MANAGED \
    --address=imagetx-cdn --ports=443 --target-https-proxy=imagetx-https
exists gcloud compute forwarding-rules describe imagetx-http --global ||
  gcloud compute forwarding-rules create imagetx-http --global --load-balancing-scheme=EXTERNAL_MANAGED \
    --address=imagetx-cdn --ports=80 --target-http-proxy=imagetx-http
