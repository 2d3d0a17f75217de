"""-x: everything goes."""

from __future__ import annotations

import shutil
from functools import partial

from pipeline.cloud import content
from pipeline.cloud.aws import both
from pipeline.cloud.recorded import FOLDER as RECORDED
from pipeline.cloud.registry import Registry, registry_of
from pipeline.cloud.stacks import delete_stack, settled_stack
from pipeline.commands import capture, confirm, note, say
from pipeline.model_object import FOLDER as MODELS
from pipeline.options import Options
from pipeline.target import Target, target_of


def run(options: Options) -> None:
    """Delete the stacks of a stage, after asking; data only where that was answered with yes.

    Raises:
        PipelineError: the answer is no, or something cannot be deleted.
    """
    target = target_of(options)
    names = (target.names.registry_stack, target.names.function_stack)
    registry_stack, function_stack = both(
        partial(settled_stack, names[0], target.registry_marks()),
        partial(settled_stack, names[1], target.function_marks()),
    )
    if not (registry_stack.is_there or function_stack.is_there):
        note(f"nothing to delete: there are no stacks {names[1]} and {names[0]}")
        return
    registry = registry_of(registry_stack)
    held = content.count(registry.repository, registry.bucket)
    confirm(options.yes, _question(target, held), "nothing was deleted")
    gone = []
    if function_stack.is_there:
        delete_stack(function_stack.name)
        gone.append(f"the stack {function_stack.name}")
    if registry_stack.is_there:
        gone += _delete_registry(target, registry, held)
    if options.yes:
        gone += _remove_local_images(registry)
    if gone:
        note(f"deleted: {', '.join(gone)}")


def _question(target: Target, held: str) -> str:
    names, keep = target.names, "keep " if held else ""
    holds = f", which holds {held}" if held else ""
    return (
        f"Delete the function of stage {target.options.stage} (stack {names.function_stack}) and"
        f" {keep}the registry ({names.registry_stack}){holds}?"
    )


def _delete_registry(target: Target, registry: Registry, held: str) -> list[str]:
    """Delete the registry with the last model that has releases in it; data only with -y.

    Returns:
        what was deleted, in words.
    """
    if held and not target.options.yes:
        again = target.options.command("-x -y")
        say(f"Kept: the registry, which holds {held}. Delete it too: {again}")
        return []
    prefix = target.names.prefix
    others = content.others(registry.bucket, prefix)
    if others:
        for part in (f"{prefix}/releases/", f"{prefix}/{MODELS}/", f"{RECORDED}/{prefix}/"):
            content.empty(registry.repository, registry.bucket, part)
        say(f"Kept: the registry, where other models have releases: {', '.join(others)}")
        return ["this model's images and releases"]
    if held:
        content.empty(registry.repository, registry.bucket)
    delete_stack(target.names.registry_stack)
    return [*([held] if held else []), f"the stack {target.names.registry_stack}"]


def _remove_local_images(registry: Registry) -> list[str]:
    """Remove this machine's copies of images that are no longer in the repository."""
    if not registry.repository_uri or not shutil.which("docker"):
        return []
    named = ("--filter", "dangling=false", "--filter", f"reference={registry.repository_uri}")
    listed = capture(("docker", "images", *named, "--format", "{{.Repository}}:{{.Tag}}")).stdout
    images = [name for name in listed.split() if not name.endswith(":<none>")]
    if not images:
        return []
    removed = capture(("docker", "rmi", *images))  # it would list every layer
    if removed.returncode:
        note(removed.stderr.strip())
        return []
    return [f"{len(images)} {'copies' if len(images) > 1 else 'copy'} in Docker"]
