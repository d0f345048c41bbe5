"""The functions of step 3 as tests call them: frames and rules in, nothing else known unless said."""

from salesplan import rep_allocation as ra


def allocate(reps, split, history, *, rules, **known):
    return ra.allocate(ra.ground_of(ra.Given(reps, split, history, **known), rules))


def by_base(reps, split, history, *, rules, **known):
    return ra.by_base(ra.ground_of(ra.Given(reps, split, history, **known), rules))


def by_over_assignment(reps, split, history, *, rules, **known):
    return ra.by_over_assignment(ra.ground_of(ra.Given(reps, split, history, **known), rules))
