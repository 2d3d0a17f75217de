"""How many threads an engine takes: one for each vCPU that comes with the function's memory."""

import os

# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MIB_PER_VCPU = 1769


def vcpus() -> int:
    """Count the vCPUs that come with the memory: more threads would only wait for each other.

    Returns:
        at least 1; 1 where AWS_LAMBDA_FUNCTION_MEMORY_SIZE is not set.
    """
    memory_mib = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MIB_PER_VCPU))
    return max(1, round(memory_mib / MIB_PER_VCPU))


def set_openmp_threads(threads: int) -> None:
    """Tell OpenMP, before a library loads it, how many threads to have and how they wait.

    Without it OpenMP has a thread for each core that it sees, and threads that wait use up the CPU
    time that Lambda grants in slices.
    """
    os.environ["OMP_NUM_THREADS"] = str(threads)
    os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
