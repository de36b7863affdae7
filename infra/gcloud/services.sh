# shellcheck shell=bash disable=SC2034,SC2154
# Part of deploy.sh: how a service is deployed.

# Deploys a service: its name, image, the settings that join it to the rest, those that are choices, the operator's own,
# and flags of its size. What exists keeps its size and choices, and every setting made by hand.
deploy_service() {
  local name=$1 image=$2 env=$3 choices=$4 own=$5 sizes=()
  shift 5
  if fresh gcloud run services describe "$PREFIX$name" --region="$REGION"; then
    env="$env|$choices"
    # shellcheck disable=SC2054 # a probe is one word with commas
    sizes=("$@" --no-allow-unauthenticated --execution-environment=gen2 --cpu=2
      --min-instances=0 --max-instances=10 --cpu-boost --cpu-throttling --labels="app=${PREFIX}imagetx"
      --startup-probe=httpGet.path=/readyz,httpGet.port=8080,periodSeconds=1,failureThreshold=30
      --liveness-probe=httpGet.path=/healthz,httpGet.port=8080,periodSeconds=10,failureThreshold=3,timeoutSeconds=5)
  fi
  gcloud run deploy "$PREFIX$name" --region="$REGION" --image="$image" --service-account="$(account "$name")" \
    --update-env-vars="^|^$env${own:+|$own}" ${sizes[@]+"${sizes[@]}"}
}

# Lets an account call a service.
allow() {
  gcloud run services add-iam-policy-binding "$PREFIX$1" --region="$REGION" --member="$2" --role=roles/run.invoker
}
