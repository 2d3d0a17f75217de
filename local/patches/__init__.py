"""What ministack 1.5.33 lacks of AWS, or must not do, from outside.

Each patch is a function that takes the local AWS's state and replaces a few of ministack's own.
Its docstring says what AWS does; a test that begins with its name fails without it.
"""
