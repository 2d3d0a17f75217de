"""What is on AWS, or on the local one: stacks, images, releases and the deployed API."""
