"""The scenes of confine's own commands."""


def all_scenes():
    return []
