"""What a bare machine needs: a Docker daemon, a base image, the certificates that it trusts."""
