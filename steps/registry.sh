# shellcheck shell=bash
# -r: the ECR repository and the S3 bucket.

deploy_registry() {
  say "Registry: stack $TEMPLATE_REGISTRY-$STAGE"
  deploy_stack "$TEMPLATE_REGISTRY-$STAGE" "$HERE/registry.yaml" "Project=$REGISTRY_PROJECT" "Stage=$STAGE"
}

find_registry() {
  read_registry
  [ -n "$REPOSITORY_URI" ] || die "stage $STAGE has no registry (stack $TEMPLATE_REGISTRY-$STAGE). Create it: $(step -r)"
}

# Sets what the registry's stack puts out; to nothing where it has no outputs.
read_registry() {
  local outputs
  outputs=$(stack_outputs "$TEMPLATE_REGISTRY-$STAGE")
  REPOSITORY_URI=$(output "$outputs" RepositoryUri)
  REPOSITORY=$(output "$outputs" RepositoryName)
  BUCKET=$(output "$outputs" BucketName)
  RELEASES=s3://$BUCKET/$PREFIX_LAMBDA/releases
}
