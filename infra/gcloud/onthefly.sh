# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: Imaginary's API under /img behind the same load balancer. Every URL must be signed.

step "On-the-fly service"
has_cdn || { echo "ONTHEFLY=true needs the load balancer: set CDN_DOMAINS or CDN_CERTIFICATE" >&2; exit 2; }

if ! exists gcloud secrets describe imagetx-signature-key; then
  gcloud secrets create imagetx-signature-key --replication-policy=automatic --labels=app=imagetx
  openssl rand -hex 32 | tr -d '\n' | gcloud secrets versions add imagetx-signature-key --data-file=-
fi
gcloud secrets add-iam-policy-binding imagetx-signature-key \
  --member="serviceAccount:$(account onthefly)" --role=roles/secretmanager.secretAccessor

gcloud run deploy onthefly --region="$REGION" --image="$IMAGE" \
  --service-account="$(account onthefly)" --ingress=internal-and-cloud-load-balancing --no-allow-unauthenticated \
  --execution-environment=gen2 --cpu=2 --memory=2Gi --concurrency=8 --timeout=60s \
  --min-instances=0 --max-instances=10 --cpu-boost --cpu-throttling --labels=app=imagetx \
  --startup-probe=httpGet.path=/readyz,httpGet.port=8080,periodSeconds=1,failureThreshold=30 \
  --liveness-probe=httpGet.path=/healthz,httpGet.port=8080,periodSeconds=10,failureThreshold=3,timeoutSeconds=5 \
  --set-env-vars="$COMMON_ENV,DOORS=onthefly,REQUIRE_AUTH=true,ENABLE_URL_SIGNATURE=true,PATH_PREFIX=/img,HTTP_CACHE_TTL=86400,MOUNT=gs://$SRC" \
  --set-secrets=URL_SIGNATURE_KEY=imagetx-signature-key:latest
# The load balancer sends no identity: ingress and the signature keep others out.
gcloud run services add-iam-policy-binding onthefly --region="$REGION" --member=allUsers --role=roles/run.invoker

exists gcloud compute network-endpoint-groups describe imagetx-onthefly --region="$REGION" ||
  gcloud compute network-endpoint-groups create imagetx-onthefly --region="$REGION" \
    --network-endpoint-type=serverless --cloud-run-service=onthefly
exists gcloud compute backend-services describe imagetx-onthefly --global ||
  gcloud compute backend-services create imagetx-onthefly --global --load-balancing-scheme=EXTERNAL_MANAGED --protocol=HTTPS
# The service says what may be kept and for how long. Parameters are in the query: it is part of the key.
gcloud compute backend-services update imagetx-onthefly --global --enable-cdn --cache-mode=USE_ORIGIN_HEADERS \
  --no-negative-caching --request-coalescing --serve-while-stale=86400 \
  --custom-response-header='X-Cache-Status: {cdn_cache_status}' --edge-security-policy=imagetx-edge \
  --cache-key-include-host --no-cache-key-include-protocol --cache-key-include-query-string \
  --enable-logging --logging-sample-rate=0.01
if [ -z "$(gcloud compute backend-services describe imagetx-onthefly --format='value(backends[].group)' --global)" ]; then
  gcloud compute backend-services add-backend imagetx-onthefly --global \
    --network-endpoint-group=imagetx-onthefly --network-endpoint-group-region="$REGION"
fi
if [ -z "$(gcloud compute url-maps describe imagetx-cdn --format='value(pathMatchers[].name)' --global)" ]; then
  gcloud compute url-maps add-path-matcher imagetx-cdn --global --path-matcher-name=doors --new-hosts='*' \
    --default-backend-bucket=imagetx-dst --backend-service-path-rules='/img=imagetx-onthefly,/img/*=imagetx-onthefly'
fi
