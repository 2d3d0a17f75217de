"""The control plane: ministack, patched, for the state folder that is the only argument."""

import sys
from collections.abc import Callable

from ministack import app

from local.patches import (
    ecr,
    function_images,
    function_s3,
    gateway,
    sandboxes,
    saving,
    shifting,
    stacks,
    surface,
)
from local.state import State, read

PATCHES: tuple[Callable[[State], None], ...] = (
    ecr.repository_uris,
    ecr.login_endpoint,
    ecr.list_images,
    ecr.describe_images,
    ecr.batch_get_image,
    ecr.batch_delete_image,
    ecr.put_image,
    ecr.delete_repository,
    function_images.code_sha256,
    function_images.source_images,
    function_images.source_images_of_stacks,
    sandboxes.limits,
    function_s3.reachable,
    sandboxes.one_version_each,
    sandboxes.graceful_retirement,
    sandboxes.deleted_functions,
    shifting.alias_weights,
    shifting.counted_calls,
    shifting.shifted_aliases,
    gateway.any_method,
    gateway.same_api,
    gateway.media_types,
    gateway.own_answers,
    gateway.proxy_answers,
    stacks.transform_parameters,
    stacks.mapped_conditions,
    stacks.blocked_updates,
    stacks.names_of_change_sets,
    stacks.buckets_with_objects,
    stacks.accepted_types,
    stacks.known_types,
    surface.images_only,
    surface.one_entrance,
    saving.save_after_writes,
    surface.guarded_requests,  # the last, and so the outermost
)


def main(folder: str) -> None:
    """Patch ministack and serve until SIGTERM."""
    state = read({"LOCAL_AWS_STATE": folder})
    for patch in PATCHES:
        patch(state)
    sys.argv = ["ministack"]  # it reads its arguments itself
    state.unsaved.touch()
    app.main()
    state.unsaved.unlink()


if __name__ == "__main__":
    main(sys.argv[1])
