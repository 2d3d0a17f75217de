"""The deploy role may do what the pipeline and CloudFormation do for one stage, and no more."""

import json
import re
from collections.abc import Iterator

import pytest

from tests.ci import calls, handlers
from tests.ci.actions import HERE, RESOURCES, Need, is_known, kinds, needs
from tests.ci.policies import BOUNDARY, CONTEXT, PARAMETERS, PROVIDER, TEMPLATE, Filled, grants
from tests.model_directory import REPOSITORY
from tests.templates.evaluated import Evaluated
from tests.templates.translated import of_type, statements, template, translated

ROLE, DELETER = Filled(), Filled(AllowDelete="true")
PROMOTER = Filled(Stage="prod", PromotesFrom="dev")
# What nothing in the code or in the schemas tells.
BESIDE = {
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
    (
        "cloudformation:CreateChangeSet",
        "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31",
    ),
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
    (
        "iam:CreateServiceLinkedRole",
        "arn:aws:iam::123456789012:role/aws-service-role/ops.apigateway.amazonaws.com"
        "/AWSServiceRoleForAPIGateway",
    ),
}
# What -d with -i STAGE reads of the other stage: its stacks, its records, its images.
PROMOTION = {
    "cloudformation:DescribeStacks",
    "s3:GetObject",
    "s3:ListBucket",
    "ecr:DescribeImages",
    *calls.DOCKER_PULL,
}
MAX_INLINE_CHARACTERS = 10240  # of a role, without spaces: IAM's quota
MAX_MANAGED_CHARACTERS = 6144


def made_by(some: set[calls.Call]) -> set[Need]:
    """What calls of the pipeline need."""
    return {need for call in some for action in calls.actions_of(call) for need in needs(action)}


def needed() -> set[Need]:
    """All that -r, -p, -d and -t need."""
    docker = {need for action in calls.DOCKER_PUSH | calls.DOCKER_PULL for need in needs(action)}
    made = made_by(calls.calls() - calls.DELETING - calls.CHECKING)
    return made | docker | handlers.deploying() | BESIDE


def needed_to_delete() -> set[Need]:
    """What -x needs beside that."""
    return (made_by(calls.calls() & calls.DELETING) | handlers.deleting()) - needed()


def lacks(role: Filled, some: set[Need]) -> list[Need]:
    """What a role is not allowed."""
    held = role.grants()
    return sorted(need for need in some if not any(grant.allows(*need) for grant in held))


def unused(role: Filled, some: set[Need]) -> list[str]:
    """What a role is allowed that nothing needs."""
    return sorted(
        f"{grant.action} on {grant.resource}"
        for grant in role.grants()
        if not any(grant.covers(*need) for need in some)
    )


def test_the_role_is_allowed_all_that_a_deploy_needs() -> None:
    assert lacks(ROLE, needed()) == []


def test_the_role_is_allowed_nothing_that_a_deploy_does_not_need() -> None:
    assert unused(ROLE, needed()) == []


def test_the_role_that_may_delete_is_allowed_all_that_it_needs_and_no_more() -> None:
    assert lacks(DELETER, needed() | needed_to_delete()) == []
    assert unused(DELETER, needed() | needed_to_delete()) == []


def test_the_role_that_may_not_delete_can_delete_nothing_of_a_stage() -> None:
    assert lacks(ROLE, needed_to_delete()) == sorted(needed_to_delete())
    deleted = {action for action, _ in needed_to_delete()}
    assert {"cloudformation:DeleteStack", "lambda:DeleteFunction", "s3:DeleteBucket"} <= deleted
    assert {"ecr:DeleteRepository", "s3:DeleteObjectVersion", "logs:DeleteLogGroup"} <= deleted


def of_prod(some: set[Need]) -> set[Need]:
    """The same of the stage prod."""
    return {
        (action, re.sub(r"-dev\b|/dev$", lambda found: found[0][:-3] + "prod", resource))
        for action, resource in some
    }


def test_the_role_that_promotes_reads_the_other_stage_and_changes_nothing_of_it() -> None:
    reads = {need for action in PROMOTION for need in needs(action)}
    assert lacks(PROMOTER, reads | of_prod(needed())) == []
    assert unused(PROMOTER, reads | of_prod(needed())) == []
    assert lacks(Filled(Stage="prod"), reads) == sorted(reads)


def strangers() -> Iterator[Need]:
    """The same actions on what belongs to another model, stage, account or region."""
    other = {"my-model": "my-model-two", "-dev": "-prod", "123456789012": "210987654321"}
    for action, resource in needed() | needed_to_delete():
        for mine, theirs in {**other, "eu-west-1": "us-east-1"}.items():
            changed = resource.replace(mine, theirs)
            if changed != resource:
                yield action, changed


def test_the_role_is_allowed_nothing_on_what_belongs_to_another_model_or_stage() -> None:
    some = set(strangers())
    assert len(some) > 300
    assert lacks(DELETER, some) == sorted(some)


def test_only_actions_without_resources_are_allowed_on_all() -> None:
    for grant in [*DELETER.grants(), *PROMOTER.grants()]:
        assert "*" not in grant.action and is_known(grant.action), grant
        assert grant.resource != "*" or kinds(grant.action) == [], grant


@pytest.mark.parametrize(
    ("action", "key"),
    [
        ("iam:CreateRole", "iam:PermissionsBoundary"),
        ("iam:PutRolePolicy", "iam:PermissionsBoundary"),
        ("iam:PutRolePermissionsBoundary", "iam:PermissionsBoundary"),
        ("iam:PassRole", "iam:PassedToService"),
        ("kms:CreateGrant", "kms:ViaService"),
    ],
)
def test_what_could_be_misused_needs_its_condition(action: str, key: str) -> None:
    (resource,) = RESOURCES[action.partition(":")[0]]
    held = [grant for grant in DELETER.grants() if grant.covers(action, resource)]
    assert any(grant.allows(action, resource) for grant in held)
    for wrong in ({}, {**CONTEXT, key: "another"}):
        assert not any(grant.allows(action, resource, wrong) for grant in held)


def test_the_role_can_change_neither_itself_nor_the_boundary() -> None:
    role = "arn:aws:iam::123456789012:role/ci-my-model-dev-DeployRole-1A2B3C4D5E6F"
    of_iam = [grant for grant in DELETER.grants() if grant.action.startswith("iam:")]
    for target in (role, BOUNDARY, PROVIDER):
        assert not any(grant.covers(grant.action, target) for grant in of_iam)


def test_the_boundary_allows_what_the_functions_role_may_do_and_no_more() -> None:
    more = {"RecordTo": "bucket/recorded/models", "RecordedRequests": "10"}
    most = Evaluated(**more, ModelUri="s3://bucket/p/models/m", ModelSha256="0" * 64)
    role = most.resources()["Role"]["Properties"]
    filled = Filled()
    held = {
        (action, statement["Resource"] == "*")
        for policy in role["Policies"]
        for statement in statements(policy["PolicyDocument"])
        for action in statement["Action"]
    }
    document = filled.resources["FunctionBoundary"]["Properties"]["PolicyDocument"]
    bounded = {(grant.action, grant.resource == "*") for grant in grants(document)}
    assert bounded == held
    stream = f"arn:aws:logs:{HERE}:log-group:/aws/lambda/my-model-dev:log-stream:one"
    assert any(grant.allows("logs:PutLogEvents", stream) for grant in grants(document))


def test_the_functions_role_takes_the_boundary_that_the_deployer_must_give() -> None:
    role = of_type(translated(), "AWS::IAM::Role")["Role"]
    taken = {"Fn::If": ["HasPermissionsBoundary", {"Ref": "PermissionsBoundary"}]}
    assert role["PermissionsBoundary"]["Fn::If"][:2] == taken["Fn::If"]
    assert role["PermissionsBoundary"]["Fn::If"][2] == {"Ref": "AWS::NoValue"}


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        ("token.actions.githubusercontent.com", PARAMETERS["Subject"]),
        ("gitlab.com", "project_path:team/models:ref_type:branch:ref:main"),
    ],
)
def test_only_the_one_subject_may_take_the_role(issuer: str, subject: str) -> None:
    trust = Filled(Issuer=issuer, Subject=subject).trust()
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    equal = {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": subject}
    assert trust["Condition"] == {"StringEquals": equal}


def test_the_provider_is_made_unless_the_account_has_one() -> None:
    made, named = Filled(), Filled(ProviderArn="arn:aws:iam::123456789012:oidc-provider/theirs")
    assert made.trust()["Principal"] == {"Federated": PROVIDER}
    assert made.resources["Provider"]["Properties"]["Url"] == f"https://{PROVIDER.split('/')[1]}"
    assert named.trust()["Principal"] == {"Federated": named.values["ProviderArn"]}
    assert "Provider" not in named.resources


@pytest.mark.parametrize(
    ("subject", "is_taken"),
    [
        ("repo:octocat/models:environment:dev", True),
        ("repo:octocat@123/models@456:environment:prod", True),
        ("repo:octocat/models:ref:refs/heads/main", True),
        ("project_path:group/sub/models:ref_type:branch:ref:main", True),
        ("repo:octocat/models:*", False),
        ("repo:octocat/*:environment:dev", False),
        ("repo:octocat/models:pull_request", False),
        ("repo:octocat/models:ref:refs/heads/*", False),
        ("project_path:group/models:ref_type:tag:ref:v1", False),
    ],
)
def test_a_subject_is_one_environment_or_branch(subject: str, is_taken: bool) -> None:
    pattern = template(TEMPLATE)["Parameters"]["Subject"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, subject)) == is_taken


def test_the_policies_fit_into_a_role_with_the_longest_names() -> None:
    names = {"Project": "p" * 40, "TemplateLambda": "l" * 39}
    longest = Filled(
        **names,
        TemplateRegistry=f"{'r' * 40}-registry",
        Stage="stage",
        PromotesFrom="stage",
        AllowDelete="true",
    )
    managed = [*longest.attached(), longest.resources["FunctionBoundary"]["Properties"]]
    assert len(managed) == 3
    assert sum(map(size, longest.inline())) <= MAX_INLINE_CHARACTERS
    assert max(map(size, managed)) <= MAX_MANAGED_CHARACTERS


def size(document: object) -> int:
    """The characters of a policy as IAM counts them."""
    return len(json.dumps(document, separators=(",", ":")))


def test_the_stages_and_names_are_those_of_the_other_templates() -> None:
    own, other = (template(name)["Parameters"] for name in (TEMPLATE, "template.yaml"))
    for name in ("Project", "Stage"):
        rules = {key: value for key, value in other[name].items() if key != "Description"}
        assert {key: value for key, value in own[name].items() if key != "Description"} == rules


def test_every_call_of_aws_in_the_pipeline_can_be_read() -> None:
    python = [path for path in calls.files() if path.suffix == ".py"]
    aws = REPOSITORY / "pipeline" / "cloud" / "aws.py"
    found = [line for path in python if path != aws for line in calls.unread(path.read_text())]
    assert found == []
    assert {("s3", "cp"), ("ecr", "get-login-password"), ("logs", "filter-log-events")} <= (
        calls.calls()
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('ask("sqs", "send-message", "--queue-url", url)', {("sqs", "send-message")}),
        ('command = ("s3api", "get-object", key)', {("s3api", "get-object")}),
        ('capture(("aws", "iam", "get-role"))', {("iam", "get-role")}),
        ('say("s3", "and more")', set()),
    ],
)
def test_a_call_is_found_however_it_is_written(text: str, found: set[calls.Call]) -> None:
    assert {*calls.calls_in(text, is_python=True)} == found


def test_a_call_in_bash_is_found_and_a_path_is_not() -> None:
    text = "  aws sts get-caller-identity\n  local/aws file\n  # aws s3 cp\n"
    assert {*calls.calls_in(text, is_python=False)} == {("sts", "get-caller-identity")}


def test_a_call_that_cannot_be_read_is_told() -> None:
    text = "def call(name):\n    words = made(name)\n    ask(*words)\n    ask(name, 'x')\n"
    assert [*calls.unread(f"from pipeline.cloud.aws import ask\n{text}")] == [
        "ask(*words)",
        "ask(name, 'x')",
    ]


def test_a_new_action_or_property_is_missed_in_the_role() -> None:
    assert lacks(ROLE, made_by({("ecr", "put-replication-configuration")})) != []
    function, *_ = [one for one in handlers.resources() if one["Type"] == "AWS::Lambda::Function"]
    function["Properties"]["RecursiveLoop"] = "Allow"
    missed = lacks(ROLE, {*handlers._needs(function, ("create",))})
    assert {action for action, _ in missed} == {"lambda:PutFunctionRecursionConfig"}
