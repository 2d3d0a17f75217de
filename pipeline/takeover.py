"""How a release becomes live: at once, or published first, asked, and only then.

A stack that keeps its alias (`LiveVersion`) has published a version that nobody reaches. So an
interrupted deploy leaves the old version live, and the same command goes on where it ended.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.candidate import Events, check_candidate
from pipeline.cloud.invoke import Callee
from pipeline.cloud.record import Record
from pipeline.cloud.recorded import recorded
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import Stack, deploy_stack, has_key, key_of, read_stack
from pipeline.cloud.template import template_with
from pipeline.cloud.versions import live
from pipeline.commands import note, say
from pipeline.errors import StackError
from pipeline.options import PREVIOUS
from pipeline.target import Target

KEY = "VersionKey"
AT_ONCE, CHECKED = "at-once", "checked"
DEFAULT_DEPLOYMENT = {"dev": AT_ONCE, "stage": CHECKED, "prod": CHECKED}
MOVES = {"LiveVersion": "", "LiveRelease": "", "LiveImageUri": ""}  # the alias goes to the newest


def take_over(
    target: Target, stack: Stack, record: Record, parameters: Mapping[str, str], releases: Releases
) -> bool:
    """Make a release live, as its `DEPLOYMENT` says; whether it was not live already.

    Args:
        target: where.
        stack: what is there now, settled.
        record: of the release.
        parameters: of the template.
        releases: of the target, and a folder of this run.

    Raises:
        PipelineError: it is not live: it cannot be deployed, answers wrongly, or its alarms rang.
    """
    template = template_with(record.variables, stack.name)
    upload = f"{releases.bucket}/{releases.prefix}/templates"
    if target.options.release == PREVIOUS:  # what is live may be broken: nothing waits for it
        parameters = {**parameters, "Deployment": AT_ONCE}
    how = parameters["Deployment"] or DEFAULT_DEPLOYMENT[target.options.stage]
    if how == AT_ONCE or _is_moved(stack, key_of(template, parameters)):
        return deploy_stack(stack, template, parameters, KEY, MOVES, upload)
    kept = _kept(stack)
    if not kept:
        note("nothing is live yet: the first version takes over at once")
        return deploy_stack(stack, template, parameters, KEY, MOVES, upload)
    deploy_stack(stack, template, parameters, KEY, kept, upload)
    published = read_stack(stack.name)
    function, version = published.outputs["FunctionName"], published.outputs["NewestVersion"]
    asked = _recorded(record, parameters, releases)
    check_candidate(record, asked, Callee(function, version, releases.scratch))
    say(f"Take over: requests go over to version {version} ({how})")
    return deploy_stack(_same(published), template, parameters, KEY, MOVES, upload)


def _recorded(record: Record, parameters: Mapping[str, str], releases: Releases) -> Events:
    """Fetch the requests that clients sent, where the release wants to be compared by them."""
    if parameters["RecordedRequests"] == "0":
        return {}
    return recorded(parameters["RecordTo"], record.settings["API_PATH"], releases.scratch)


def _same(published: Stack) -> Stack:
    """Read the stack again: what was asked must be what goes live, not what another run put there.

    Raises:
        StackError: another run changed it meanwhile.
    """
    now = read_stack(published.name)
    if now.is_moving or now.parameters.get(KEY) != published.parameters.get(KEY):
        raise StackError(
            f"another run changed the stack {now.name} while version"
            f" {published.outputs['NewestVersion']} was asked: nothing went live. Run the same"
            " command again"
        )
    return now


def _is_moved(stack: Stack, key: str) -> bool:
    """Tell whether the alias runs what has this hash already."""
    return has_key(stack, KEY, key) and not stack.parameters.get("LiveVersion")


def _kept(stack: Stack) -> dict[str, str]:
    """Give the parameters by which the alias stays where it is; none where there is no alias."""
    function = stack.outputs.get("FunctionName")
    alias = live(function) if function else None
    if alias is None:
        return {}
    return {
        "LiveVersion": str(alias.version),
        "LiveRelease": stack.outputs["Release"],
        "LiveImageUri": stack.outputs["ImageUri"],
    }
