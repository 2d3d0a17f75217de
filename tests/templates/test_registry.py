import json
from typing import Any

from tests.templates.translated import statements, template

REGISTRY = template("registry.yaml")
RESOURCES = REGISTRY["Resources"]


def test_lambda_alone_and_only_of_this_account_may_pull_images() -> None:
    (statement,) = statements(RESOURCES["Repository"]["Properties"]["RepositoryPolicyText"])
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert statement["Action"] == ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    functions = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*"
    assert statement["Condition"] == {"ArnLike": {"aws:SourceArn": {"Fn::Sub": functions}}}


def test_no_lifecycle_rule_can_expire_an_image_that_has_a_tag() -> None:
    text = RESOURCES["Repository"]["Properties"]["LifecyclePolicy"]["LifecyclePolicyText"]
    rules = json.loads(text["Fn::Sub"].replace("${UntaggedImageDays}", "1"))["rules"]
    assert rules
    assert {rule["selection"]["tagStatus"] for rule in rules} == {"untagged"}


def test_tags_are_immutable_and_images_are_scanned_and_encrypted() -> None:
    properties = RESOURCES["Repository"]["Properties"]
    assert properties["ImageTagMutability"] == "IMMUTABLE"
    assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert properties["EncryptionConfiguration"]["EncryptionType"] == "KMS"


def test_the_bucket_is_closed_versioned_and_encrypted() -> None:
    properties = RESOURCES["Bucket"]["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert properties["BucketEncryption"]
    assert properties["BucketName"] == {"Fn::Sub": "${Project}-${Stage}-${AWS::AccountId}"}


def test_the_bucket_refuses_requests_without_tls() -> None:
    (statement,) = statements(RESOURCES["BucketPolicy"]["Properties"]["PolicyDocument"])
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_abandoned_uploads_and_old_versions_expire() -> None:
    rules: list[dict[str, Any]] = RESOURCES["Bucket"]["Properties"]["LifecycleConfiguration"][
        "Rules"
    ]
    assert {"AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"} <= {
        key for rule in rules for key in rule
    }


def test_what_holds_data_is_not_deleted_with_a_replacement() -> None:
    for name in ("Repository", "Bucket"):
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"
        assert "EmptyOnDelete" not in RESOURCES[name]["Properties"]
