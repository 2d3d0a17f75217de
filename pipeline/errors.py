"""What ends a step: a message that says what is wrong and what to do next.

PipelineError
├── AwsError           the AWS CLI failed
├── CandidateError     a new version answers otherwise than it must
├── ContentError       images or objects could not be deleted
├── ContentTypeError   the API would spoil a content type that the model takes
├── ContextError       a model directory cannot become a build context
├── DockerError        Docker's client failed
├── DockerfileError    there is no such Dockerfile
├── EmulatorError      there is no Runtime Interface Emulator
├── FunctionError      a function in a container does not answer
│   └── OutOfMemory    it needs more memory than it has
├── GivenError         a model's file cannot be served
├── GoldenError        a golden request cannot be used, or was answered otherwise
├── ImageError         an image cannot be built, or Lambda would refuse it
├── LoopError          an app cannot run on this machine
│   └── Ended          its process ended
│       └── TooSlow    it was ended, since it took longer than TIMEOUT
├── PipError           there is no pip, or it failed
├── ReleaseError       a release record is missing or cannot be used
├── SettingsError      a name or a setting cannot be used
└── StackError         a stack cannot be deployed or deleted
"""


class PipelineError(Exception):
    """The base class; the step ends with its message and status 1."""


class AwsError(PipelineError):
    """The AWS CLI failed; with its message, and the way out where it is known."""


class CandidateError(PipelineError):
    """A new version answers otherwise than it must; the alias did not move."""


class ContentError(PipelineError):
    """Images of a repository or objects of a bucket could not be deleted."""


class ContentTypeError(PipelineError):
    """The template's content types cannot be read, or lack one that the model takes."""


class ContextError(PipelineError):
    """A model directory cannot become a build context."""


class DockerError(PipelineError):
    """Docker's client failed; the message is its own."""


class DockerfileError(PipelineError):
    """There is no such Dockerfile in the model directory."""


class EmulatorError(PipelineError):
    """There is no Runtime Interface Emulator to be had."""


class FunctionError(PipelineError):
    """A function in a container does not answer."""


class OutOfMemory(FunctionError):
    """The function needs more memory than it has."""


class GivenError(PipelineError):
    """A model's file is none that can be served; the message says what it is, and the way out."""


class GoldenError(PipelineError):
    """A golden request cannot be used, or was answered with something else."""


class ImageError(PipelineError):
    """An image cannot be built, or is one that Lambda would refuse."""


class LoopError(PipelineError):
    """An app cannot run on this machine, outside of its image."""


class Ended(LoopError):
    """An app's process ended."""


class TooSlow(Ended):
    """An app's process was ended, since it took longer than TIMEOUT."""


class PipError(PipelineError):
    """There is no pip, or it failed."""


class ReleaseError(PipelineError):
    """A release record is missing, or cannot be used."""


class SettingsError(PipelineError, ValueError):
    """A name or a setting cannot be used; the message names it and its rule."""


class StackError(PipelineError):
    """A stack cannot be deployed or deleted."""
